"""From the name of a template and values to the bytes of a document.

The same input gives the same bytes: no clock, no network, no fonts but those that come with typst, no files but our
templates. Texts are data to a template, never markup.
"""

from __future__ import annotations

import json
import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import typst
from babel import Locale, UnknownLocaleError

from hourledger.core.errors import Invalid
from hourledger.documents.shown import shown

_TEMPLATES = resources.files("hourledger.documents").joinpath("templates")


class Format(StrEnum):
    """PNG: one picture of the first page, to look at."""

    PDF = "pdf"
    PNG = "png"


def render(template_name: str, values: Any, language: str, form: Format = Format.PDF) -> bytes:
    """The document that the template makes of ``values`` (a mapping or a dataclass) in a language such as nl or de-AT.

    The region decides how numbers and days are written, the language which words are used.

    Raises:
        Invalid LANGUAGE_UNKNOWN: names the languages there are.
    """
    words, locale = _words(template_name), _locale(language)
    if locale is None or locale.language not in words:
        raise Invalid(
            f"There is no {template_name.replace('_', ' ')} in {language!r}. Choose {', '.join(words)}, with or "
            "without a region, such as en-GB.",
            code="LANGUAGE_UNKNOWN",
            field="language",
        )
    given = {"language": locale.language, "words": words[locale.language], "values": shown(values, locale)}
    made: Any = typst.compile(  # several pages as pictures are a list
        _TEMPLATES.joinpath(f"{template_name}.typ").read_bytes(),
        format=form.value,
        sys_inputs={"given": json.dumps(given, ensure_ascii=False)},
        ignore_system_fonts=True,
        timestamp=0,
    )
    found: bytes = made[0] if isinstance(made, list) else made
    return found


def languages(template_name: str) -> list[str]:
    """Those that the template has words in."""
    return list(_words(template_name))


@cache
def _words(template_name: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(
        _TEMPLATES.joinpath(f"{template_name}.toml").read_text(encoding="utf-8")
    )
    return found


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return None

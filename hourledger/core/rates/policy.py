"""A rate policy: for each cost type and revenue type, the steps by which a rate is looked for.

A step names a table of rates (``level``) and whose rate in it is wanted (``subject``). The first step whose table has a
row of that subject on that day wins; an explicit 0.00 is a row. A step may carry a condition (``when``: a fact that
must be known) and may end the search (``stop = true``) when its condition holds. See
docs/decisions/0007-rate-policy-as-data.md.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from hourledger.core.errors import Invalid
from hourledger.core.work import CostType, RateKind, RevenueType


class Level(StrEnum):
    """Where a rate is kept. The names are those of project-finances §1.14; TASK is the amount on the task itself."""

    ASSIGNMENT = "ASSIGNMENT"
    PROJECT_PERSON = "PROJECT_PERSON"
    PROJECT_ROLE = "PROJECT_ROLE"
    COMPANY_ROLE = "COMPANY_ROLE"
    PERSON = "PERSON"
    ROLE = "ROLE"
    TASK = "TASK"


class Subject(StrEnum):
    """Whose rate is asked for."""

    OWNER = "owner"
    OWNER_PRIMARY_ROLE = "owner.primary_role"
    OWNER_ASSIGNMENT = "owner.assignment"
    OWNER_ASSIGNMENT_ROLE = "owner.assignment_role"
    CHOSEN_ROLE = "chosen_role"
    TASK_ROLE = "task.role"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Step:
    """One place to look. ``stop`` without a level ends the search with no rate when ``when`` is known."""

    level: Level | None
    subject: Subject | None
    when: Subject | None = None
    unless: Subject | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """``version`` is stored with every valuation; ``steps`` by kind and type (no entry: hours have no rate)."""

    version: str
    steps: dict[tuple[RateKind, str], tuple[Step, ...]]


def load_policy(text: str) -> Policy:
    """A policy from TOML.

    Raises:
        Invalid POLICY_INVALID: not TOML, an unknown level, subject, type or key; names the table and the step.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"The rate policy is not valid TOML: {error}.", code="POLICY_INVALID") from None
    version = document.pop("version", None)
    if not isinstance(version, str) or not version:
        raise Invalid('The rate policy needs a line such as version = "workfront-1".', code="POLICY_INVALID")
    steps: dict[tuple[RateKind, str], tuple[Step, ...]] = {}
    for kind_name, kind, types in (("cost", RateKind.COST, CostType), ("billing", RateKind.BILLING, RevenueType)):
        table = document.pop(kind_name, {})
        if not isinstance(table, dict):
            raise Invalid(f"{kind_name} must be a table of types.", code="POLICY_INVALID")
        for type_name, listed in table.items():
            where = f"{kind_name}.{type_name}"
            if type_name not in {member.value for member in types}:
                raise Invalid(f"{where}: {type_name} is not a {kind_name} type.", code="POLICY_INVALID")
            if not isinstance(listed, list):
                raise Invalid(f"{where} must be a list of steps.", code="POLICY_INVALID")
            steps[kind, type_name] = tuple(_step(where, number, raw) for number, raw in enumerate(listed, start=1))
    if document:
        raise Invalid(f"The rate policy has unknown tables: {', '.join(sorted(document))}.", code="POLICY_INVALID")
    return Policy(version, steps)


@cache
def shipped_policy(name: str) -> Policy:
    """A policy that ships with the product, by file name without ``.toml``."""
    file = resources.files("hourledger.core.rates").joinpath("policies", f"{name}.toml")
    if not file.is_file():
        raise Invalid(f"There is no shipped rate policy {name!r}.", code="POLICY_UNKNOWN")
    return load_policy(file.read_text(encoding="utf-8"))


_KEYS = {"level", "subject", "when", "unless", "stop"}


def _step(where: str, number: int, raw: Any) -> Step:
    at = f"{where}, step {number}"
    if not isinstance(raw, dict):
        raise Invalid(f"{at}: a step is a table such as {{ level, subject }}.", code="POLICY_INVALID")
    if unknown := raw.keys() - _KEYS:
        raise Invalid(f"{at}: unknown keys {', '.join(sorted(unknown))}.", code="POLICY_INVALID")
    try:
        step = Step(
            level=Level(raw["level"]) if "level" in raw else None,
            subject=Subject(raw["subject"]) if "subject" in raw else None,
            when=Subject(raw["when"]) if "when" in raw else None,
            unless=Subject(raw["unless"]) if "unless" in raw else None,
            stop=raw.get("stop", False),
        )
    except ValueError as error:
        raise Invalid(f"{at}: {error}.", code="POLICY_INVALID") from None
    if not isinstance(step.stop, bool):
        raise Invalid(f"{at}: stop is true or false.", code="POLICY_INVALID")
    if step.stop and (step.level is not None or step.subject is not None):
        raise Invalid(f"{at}: a step either looks somewhere or stops, not both.", code="POLICY_INVALID")
    if not step.stop and (step.level is None or step.subject is None):
        raise Invalid(f"{at}: a step needs a level and a subject.", code="POLICY_INVALID")
    return step

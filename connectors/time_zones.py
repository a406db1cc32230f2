"""The time zone in a connector's settings."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/Amsterdam") from None
    return name


TimeZone = Annotated[str, AfterValidator(_known)]
"""An IANA name such as Europe/Amsterdam."""

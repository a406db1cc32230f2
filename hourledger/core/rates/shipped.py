"""The rate policies that ship with the product."""

from __future__ import annotations

from functools import cache
from importlib import resources

from hourledger.core.errors import Invalid
from hourledger.core.rates.policy import Policy
from hourledger.core.rates.policy_file import load_policy

SHIPPED = ("workfront-1", "price-lists-1", "fall-through-1", "most-specific-1")
"""The policies that ship with the product, by version."""


@cache
def shipped_policy(version: str) -> Policy:
    """A policy that ships with the product.

    Raises:
        Invalid POLICY_UNKNOWN: names those that do.
    """
    if version not in SHIPPED:
        raise Invalid(
            f"There is no rate policy {version!r}. Those that ship are {', '.join(SHIPPED)}.",
            code="POLICY_UNKNOWN",
            field="version",
        )
    return load_policy(shipped_policy_text(version))


def shipped_policy_text(version: str) -> str:
    """The file of a shipped policy, to read and to start an own one from."""
    return resources.files("hourledger.core.rates").joinpath("policies", f"{version}.toml").read_text(encoding="utf-8")

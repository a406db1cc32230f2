"""Which rate policy an organisation rates by: one that ships, or one of its own."""

from __future__ import annotations

from functools import lru_cache

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.rates import SHIPPED, Policy, load_policy, shipped_policy, shipped_policy_text
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all, find_one
from models.tables import OrganisationRow, RatePolicyRow

_CONTENT_MAX = 100_000


async def policy_of(unit: UnitOfWork) -> Policy:
    """The policy in use."""
    return await policy_of_version(unit, unit.organisation.rate_policy)


async def policy_of_version(unit: UnitOfWork, version: str) -> Policy:
    """A policy by the version that valuations name.

    Raises:
        Invalid POLICY_UNKNOWN: neither shipped nor this organisation's.
    """
    return shipped_policy(version) if version in SHIPPED else _loaded(await policy_text(unit, version))


async def policy_text(unit: UnitOfWork, version: str) -> str:
    """The file of a policy. Raises Invalid POLICY_UNKNOWN, naming those there are."""
    if version in SHIPPED:
        return shipped_policy_text(version)
    row = await find_one(unit.session, RatePolicyRow, unit.organisation_id, version=version)
    if row is None:
        raise Invalid(
            f"There is no rate policy {version!r}. There are {', '.join(await policy_versions(unit))}.",
            code="POLICY_UNKNOWN",
            field="version",
        )
    return row.content


async def policy_versions(unit: UnitOfWork) -> list[str]:
    """Those that ship, then the organisation's own, oldest first."""
    own = await find_all(unit.session, RatePolicyRow, unit.organisation_id)
    return [*SHIPPED, *(row.version for row in own)]


async def add_rate_policy(unit: UnitOfWork, content: str) -> str:
    """Keep a policy of the organisation's own; returns its version. It is not used yet (``use_rate_policy``).

    A version is kept for good, because valuations name it: the same content again changes nothing.

    Raises:
        Invalid POLICY_INVALID: cannot be resolved, says the line; POLICY_VERSION_TAKEN: other content has the version.
    """
    unit.require(Permission.ADMINISTER)
    if len(content) > _CONTENT_MAX:
        raise Invalid(f"A rate policy has at most {_CONTENT_MAX} characters.", code="POLICY_INVALID", field="content")
    version = load_policy(content).version
    known = await policy_text(unit, version) if version in await policy_versions(unit) else None
    if known == content:
        return version
    if known is not None:
        raise Invalid(
            f"The version {version!r} is taken, and what it says never changes. Give yours another version.",
            code="POLICY_VERSION_TAKEN",
            field="content",
        )
    row = RatePolicyRow(
        organisation_id=unit.organisation_id,
        version=version,
        content=content,
        recorded_at=unit.now,
        recorded_by=unit.principal.subject,
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.audit("add", "rate_policy", row.id, after={"version": version})
    return version


async def use_rate_policy(unit: UnitOfWork, version: str, *, reason: str = "") -> None:
    """Rate by this policy from now on. What is rated keeps its value until it is recalculated.

    Raises:
        Invalid POLICY_UNKNOWN: names those there are.
    """
    unit.require(Permission.ADMINISTER)
    await policy_of_version(unit, version)
    row = await unit.session.get(OrganisationRow, unit.organisation_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Missing("The organisation is gone.", code="ORGANISATION_UNKNOWN")
    before, row.rate_policy = row.rate_policy, version
    unit.session.add(row)
    unit.audit("use", "rate_policy", row.id, reason=reason, before={"version": before}, after={"version": version})
    unit.emit("RATE_POLICY_CHANGED", version=version)


@lru_cache(maxsize=64)
def _loaded(content: str) -> Policy:
    """By content, which never changes under a version."""
    return load_policy(content)

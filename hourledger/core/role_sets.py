"""Role sets: which job roles a person has from a day on, in which shares, one of them primary (project-finances §1.6).

::

    before    [A ..............)[B ...............
    set C           [C
    after     [A ...)[C ........)[B ...............     a set holds until the next one begins
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hourledger.core.errors import Invalid
from hourledger.core.periods import Period

_WHOLE = Decimal(100)
_DECIMALS_MAX = 2


@dataclass(frozen=True, slots=True)
class RoleShare:
    """A role with its share of the person's time, 0 to 100 percent."""

    role_id: int
    share_percent: Decimal
    is_primary: bool


@dataclass(frozen=True, slots=True)
class RoleSet:
    """The roles of one person during a period, the primary one first."""

    period: Period
    roles: tuple[RoleShare, ...]


def require_role_set(roles: Sequence[RoleShare]) -> None:
    """A set that may be stored: distinct roles, one primary, shares of at most two decimals that sum to 100.

    Raises:
        Invalid SHARE_INVALID, SHARES_NOT_100, ROLES_NOT_DISTINCT, PRIMARY_ROLE_COUNT.
    Source: project-finances §1.6.
    """
    for one in roles:
        _require_share(one.share_percent)
    if len({one.role_id for one in roles}) < len(roles):
        raise Invalid(
            "A role stands in the set twice: give it once, with the whole share.",
            code="ROLES_NOT_DISTINCT",
            field="roles",
        )
    if (primaries := sum(one.is_primary for one in roles)) != 1:
        raise Invalid(
            f"{primaries} roles are marked as primary: mark exactly one. Its rates apply where no role is named.",
            code="PRIMARY_ROLE_COUNT",
            field="isPrimary",
        )
    if (total := sum((one.share_percent for one in roles), Decimal(0))) != _WHOLE:
        raise Invalid(
            f"The shares sum to {total}, not to 100. Change them so that they do.",
            code="SHARES_NOT_100",
            field="sharePercent",
        )


def _require_share(share: Decimal) -> None:
    exponent = share.normalize().as_tuple().exponent if share.is_finite() else None
    if not isinstance(exponent, int) or not 0 <= share <= _WHOLE or exponent < -_DECIMALS_MAX:
        raise Invalid(
            f"{share} is not a share: give 0 to 100 percent with at most two decimals.",
            code="SHARE_INVALID",
            field="sharePercent",
        )


def days_of_set(existing: Iterable[Period], valid_from: date | None) -> Period:
    """From its day (None: always was) up to where the next set begins, or the roles that are there end."""
    bounds = {bound for one in existing for bound in (one.valid_from, one.valid_until) if bound is not None}
    later = [bound for bound in bounds if valid_from is None or bound > valid_from]
    return Period(valid_from, min(later, default=None))


def role_sets(held: Sequence[tuple[Period, RoleShare]]) -> list[RoleSet]:
    """What is held when, as one set after the other, oldest first; days without any role are in none."""
    starts: list[date | None] = [None]
    starts += sorted({bound for one, _ in held for bound in (one.valid_from, one.valid_until) if bound is not None})
    sets = []
    for start, until in zip(starts, [*starts[1:], None], strict=True):
        period = Period(start, until)
        roles = [role for days, role in held if days.overlaps(period)]
        if roles:
            sets.append(RoleSet(period, tuple(sorted(roles, key=lambda one: (not one.is_primary, one.role_id)))))
    return sets

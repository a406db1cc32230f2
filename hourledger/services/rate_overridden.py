"""A project's billing rate of a role was saved: what its unbilled hours earn by it follows at once (§4.1 row 11, C-28).

It is the only rate that does. Changes on every other level wait until somebody recalculates (row 4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from hourledger.columns import Int, RatedHours
from hourledger.core.periods import Period
from hourledger.core.pricing import PricedDays, changed_days
from hourledger.core.rates import Found, Level, Policy, Reason, Step
from hourledger.core.recalculation import RecalculationScope
from hourledger.core.work import RateKind
from hourledger.services.rate_policies import policy_of
from hourledger.services.rate_scopes import RateScope
from hourledger.services.recalculate_projects import rate_again
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.rating_columns import Origin, billing_origins, scopes_of_lines


@dataclass(frozen=True, slots=True)
class Overridden:
    """The days on which a project's billing rate of a role is another than before."""

    project_id: int
    scope_id: int
    days: tuple[Period, ...]


async def overridden(
    unit: UnitOfWork,
    scope: RateScope,
    scope_id: int,
    before: Sequence[PricedDays],
    after: Sequence[PricedDays],
) -> Overridden | None:
    """What of a scope has changed; None: nothing, or it is no project's billing rate of a role."""
    if scope.level is not Level.PROJECT_ROLE or scope.kind is not RateKind.BILLING or scope.project_id is None:
        return None
    reach_outward = scope.level in (await policy_of(unit)).stretched
    days = changed_days(before, after, reach_outward=reach_outward)
    return Overridden(scope.project_id, scope_id, tuple(days)) if days else None


async def rate_overridden(unit: UnitOfWork, changes: Iterable[Overridden | None]) -> None:
    """Rate the revenue of the unbilled hours on those days again that these rates are about; their cost stays.

    An hour is one of them if it earns what it does by such a rate (a line that is gone, too), or would now, its present
    rate coming from the same step of the search or a later one. All others keep theirs, whatever has changed meanwhile.

    Raises:
        Missing EXCHANGE_RATE_MISSING: the new rate cannot be converted on some day. Transient ENTRIES_CHANGED.
    Source: project-finances §4.1 row 11 and its engine rule, C-28.
    """
    by_project: dict[int, dict[int, list[Period]]] = defaultdict(lambda: defaultdict(list))
    for one in changes:
        if one is not None:
            by_project[one.project_id][one.scope_id] += one.days
    for project_id, days in sorted(by_project.items()):
        hours = _OverriddenHours(days, await scopes_of_lines(unit.session, [*days]))
        scope = RecalculationScope(project_ids=(project_id,), days=_all_of(days))
        (done,) = await rate_again(unit, [project_id], scope, revenue_of=hours, cause="RATE_OVERRIDDEN")
        if done.changed:
            after = {"changed": done.changed, "revenue_delta_minor": done.revenue_delta_minor, "scopes": sorted(days)}
            unit.audit("rate_overridden", "project_hours", project_id, after=after)


@dataclass(frozen=True)
class _OverriddenHours:
    """``days``: by scope. ``scope_of``: by line that is or was in one of these scopes."""

    days: Mapping[int, Sequence[Period]]
    scope_of: Mapping[int, int]

    async def choose(
        self, unit: UnitOfWork, policy: Policy, days: Int, reasons_before: Int, rated: RatedHours
    ) -> npt.NDArray[np.bool_]:
        origins = await billing_origins(unit.session, np.unique(reasons_before).tolist())
        known: dict[tuple[int, int, str], list[Period]] = {}
        chosen = np.zeros(len(days), dtype=bool)
        of_each = zip(reasons_before.tolist(), rated.reason.tolist(), rated.billing_type.tolist(), strict=True)
        for at, case in enumerate(of_each):
            if case not in known:
                before, now, type_name = case
                steps = policy.steps_for(RateKind.BILLING, type_name)
                known[case] = self._days(policy, steps, origins.get(before), rated.reasons[now])
            if known[case]:
                day = date.fromordinal(int(days[at]))
                chosen[at] = any(day in period for period in known[case])
        return chosen

    def _days(self, policy: Policy, steps: Sequence[Step], origin: Origin | None, now: Reason) -> list[Period]:
        """The days on which hours with this origin, for which this is found now, are rated again."""
        found: list[Period] = []
        if origin is not None and (scope := self._scope_of(origin.line_id)) is not None:
            found += self.days[scope]
        if not isinstance(now.revenue, Found) or (scope := self._scope_of(now.revenue.line_id)) is None:
            return found
        if origin is None or _place(policy, steps, origin) >= now.revenue.step:
            found += self.days[scope]
        return found

    def _scope_of(self, line_id: int | None) -> int | None:
        return None if line_id is None else self.scope_of.get(line_id)


def _place(policy: Policy, steps: Sequence[Step], origin: Origin) -> int:
    """The number of the step that found a rate; without a rate after all steps.

    Of another policy, or of a side that was kept: the last step of that level; 0: the policy has none.
    """
    if origin.level is None:
        return len(steps) + 1
    if origin.step is not None and origin.policy_version == policy.version:
        return origin.step
    return max((number for number, step in enumerate(steps, 1) if step.level is origin.level), default=0)


def _all_of(days: Mapping[int, Sequence[Period]]) -> Period:
    """The shortest period with all of them in it."""
    periods = [one for of_scope in days.values() for one in of_scope]
    starts, ends = [one.valid_from for one in periods], [one.valid_until for one in periods]
    return Period(
        None if None in starts else min(day for day in starts if day),
        None if None in ends else max(day for day in ends if day),
    )

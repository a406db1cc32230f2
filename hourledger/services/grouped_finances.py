"""The finances of projects by role and person, month, customer or whatever one likes to see them by.

One engine with the totals: planned days of the plan, the stored value of hours, the fixed amounts and expenses that
``stored_sums`` adds up. So every grouping sums to what the projects' own finances say, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from hourledger.core.errors import Invalid, Missing
from hourledger.core.finances import (
    Cells,
    FactPlace,
    FinanceGroup,
    FinancePart,
    GroupFigures,
    Grouping,
    Measure,
    RoleBudget,
    group_cells,
    require_groupings,
    spread_fixed,
)
from hourledger.core.money import currency_exponent, require_currency
from hourledger.services.measures import priced_budgets
from hourledger.services.plan_figures import PlanShares, plan_shares
from hourledger.services.portfolio_finances import conversion_factors
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import grouped_finances as rows
from models.queries.grouped_finances import HourSums, OtherSums
from models.queries.measures import MeasuredProject, measured_projects

FACTS_MAX = 200_000
"""Sums of hours, and of billed lines, that one request may need; and groups it may come to."""
_BY_DAY = {Grouping.WEEK, Grouping.MONTH}


@dataclass(frozen=True, slots=True)
class GroupedFinances:
    """A selection of projects, or one, grouped. ``whole``: all of it.

    ``on``: the day whose exchange rates it is converted by; None: nothing was converted.
    """

    currency: str
    on: date | None
    whole: FinanceGroup

    @property
    def figures(self) -> GroupFigures:
        return self.whole.figures

    @property
    def groups(self) -> tuple[FinanceGroup, ...]:
        return self.whole.groups


async def grouped_finances(
    unit: UnitOfWork,
    project_ids: Sequence[int],
    by: Sequence[Grouping],
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    currency: str | None = None,
    on: date | None = None,
) -> GroupedFinances:
    """In ``currency`` (None: that of the books) by the organisation's exchange rates of ``on`` (None: today).

    Only the days from ``first_day`` to ``last_day`` count, both included; None: all. Each amount of a project is
    converted once and handed out to its groups, so that all days sum to what ``portfolio_finances`` says.

    Raises:
        Missing PROJECT_UNKNOWN, EXCHANGE_RATE_MISSING; Invalid GROUPING_INVALID, DAYS_INVALID, UNKNOWN_CURRENCY,
            QUERY_TOO_LARGE.
    Source: project-finances §7.7, §8.13, §8.14, §10 P18; decision 0012.
    """
    shown_in = require_currency(currency or unit.base_currency)
    day = on or unit.today
    found = await _cells(unit, project_ids, by, first_day, last_day)
    if missing := set(project_ids) - found.keys():
        raise Missing(f"There is no project {min(missing)}.", code="PROJECT_UNKNOWN", field="projectIds")
    factors = await conversion_factors(
        unit, {project_id: one.project.currency for project_id, one in found.items()}, shown_in, day
    )
    converted = [
        one.cells.converted(factors[project_id] * _minor_units(shown_in) / _minor_units(one.project.currency))
        for project_id, one in found.items()
    ]
    if len(set().union(*converted)) > FACTS_MAX:
        raise _too_large()
    return GroupedFinances(shown_in, day, group_cells(converted, by, shown_in))


async def utilisation(
    unit: UnitOfWork,
    project_ids: Sequence[int],
    by: Sequence[Grouping],
    *,
    first_day: date | None = None,
    last_day: date | None = None,
) -> dict[int, GroupedFinances]:
    """Each project by itself, in its own currency; unknown ones are absent. Raises as ``grouped_finances``."""
    found = await _cells(unit, project_ids, by, first_day, last_day)
    grouped = {}
    for project_id, one in found.items():
        currency = one.project.currency
        grouped[project_id] = GroupedFinances(currency, None, group_cells([one.cells.found], by, currency))
    return grouped


def _minor_units(currency: str) -> int:
    """In a major unit."""
    return int(10 ** currency_exponent(currency))


@dataclass
class _Gathering:
    """The facts of one project on their way into its cells; only those of the days asked for get there."""

    project: MeasuredProject
    cells: Cells
    first_day: date
    last_day: date
    fixed: dict[tuple[int, bool], OtherSums] = field(default_factory=dict)

    def place(self, part: FinancePart, **more: int | date | None) -> FactPlace:
        return FactPlace(part, self.project.id, self.project.company_id, **more)  # type: ignore[arg-type]

    def is_asked_for(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def take_plan(self, plan: PlanShares) -> None:
        worked: dict[int, list[tuple[FactPlace, int]]] = defaultdict(list)
        for share in plan.shares:
            for one in share.days:
                place = self.place(
                    FinancePart.TASK_HOURS, day=one.day, role_id=share.role_id, person_id=share.person_id
                )
                worked[share.task_id].append((place, one.seconds))
                if self.is_asked_for(one.day):
                    known = {
                        Measure.PLANNED_SECONDS: one.seconds,
                        Measure.PLANNED_LABOR: one.cost_minor or 0,
                        Measure.PLANNED_HOURLY_REVENUE: one.revenue_minor or 0,
                    }
                    is_known = one.cost_minor is not None and one.revenue_minor is not None
                    self.cells.add(place, known, None if is_known else plan.problem)
        self._spread(
            {task_id: [(place, seconds, self.is_asked_for(place.day)) for place, seconds in several if place.day]
             for task_id, several in worked.items()},
            is_planned=True,
        )  # fmt: skip

    def take_hours(self, hours: Sequence[HourSums]) -> None:
        worked: dict[int, list[tuple[FactPlace, int, bool]]] = defaultdict(list)
        for one in hours:
            place = self.place(
                one.part, day=one.day, role_id=one.role_id, person_id=one.person_id, hour_type_id=one.hour_type_id
            )
            if one.task_id is not None:
                worked[one.task_id].append((place, one.seconds, one.is_asked_for))
            if one.is_asked_for:
                self.cells.add(
                    place,
                    {
                        Measure.ACTUAL_SECONDS: one.seconds,
                        Measure.ACTUAL_LABOR: one.cost_minor,
                        Measure.ACTUAL_HOURLY_REVENUE: one.revenue_minor,
                    },
                )
        self._spread(worked, is_planned=False)

    def take_other(self, one: OtherSums) -> None:
        """Before plan and hours: they spread the fixed amounts that are noted here."""
        if one.task_id is not None:
            self.fixed[one.task_id, one.is_planned] = one
        if self.is_asked_for(one.day):
            side = "PLANNED" if one.is_planned else "ACTUAL"
            self.cells.add(
                self.place(one.part, day=one.day),
                {
                    Measure(f"{side}_EXPENSE"): one.expense_minor,
                    Measure(f"{side}_FIXED_COST"): one.fixed_cost_minor,
                    Measure(f"{side}_FIXED_REVENUE"): one.fixed_revenue_minor,
                },
            )

    def take_budgets(self, priced: Sequence[RoleBudget]) -> None:
        for one, budget in zip(self.project.role_budgets, priced, strict=True):
            if self.is_asked_for(one.first_day):
                self.cells.add(
                    self.place(FinancePart.TASK_HOURS, day=one.first_day, role_id=one.role_id),
                    {Measure.BUDGETED_SECONDS: one.seconds, Measure.BUDGETED_LABOR: budget.cost.minor},
                )

    def _spread(self, worked: Mapping[int, Sequence[tuple[FactPlace, int, bool]]], *, is_planned: bool) -> None:
        """The fixed amounts of this side; what nobody has hours for stays where the amount is."""
        share = Measure.PLANNED_FIXED_SHARE if is_planned else Measure.ACTUAL_FIXED_SHARE
        for (task_id, side), fixed in self.fixed.items():
            if side is not is_planned:
                continue
            hours = worked.get(task_id, ())
            parts = spread_fixed(fixed.fixed_revenue_minor, [(place, seconds) for place, seconds, _ in hours])
            for (place, _, is_asked_for), part in zip(hours if parts else (), parts, strict=True):
                if is_asked_for and part:
                    self.cells.add(place, {share: part})
            if not parts and self.is_asked_for(fixed.day):
                self.cells.add(self.place(fixed.part, day=fixed.day), {share: fixed.fixed_revenue_minor})


async def _cells(
    unit: UnitOfWork, project_ids: Sequence[int], by: Sequence[Grouping], first_day: date | None, last_day: date | None
) -> dict[int, _Gathering]:
    """By project, in the order asked for; unknown ones are absent."""
    require_groupings(by)
    first, last = first_day or date.min, last_day or date.max
    if last < first:
        raise Invalid(f"{last} is before {first}. Exchange them or move one.", code="DAYS_INVALID", field="lastDay")
    session, owner = unit.session, unit.organisation_id
    projects = await measured_projects(session, owner, project_ids)
    ids = [one for one in dict.fromkeys(project_ids) if one in projects]
    found = {one: _Gathering(projects[one], Cells(by), first, last) for one in ids}
    for other in await rows.other_sums(session, owner, ids, today=unit.today, zone=unit.organisation.time_zone):
        found[other.project_id].take_other(other)
    for project_id, plan in (await plan_shares(unit, ids)).items():
        found[project_id].take_plan(plan)
    hours = await rows.hour_sums(
        session,
        owner,
        ids,
        first_day=first,
        last_day=last,
        by_hour_type=Grouping.HOUR_TYPE in by,
        by_day=not _BY_DAY.isdisjoint(by),
        limit=FACTS_MAX + 1,
    )
    billed = await rows.billed_sums(session, owner, ids, first_day=first, last_day=last, limit=FACTS_MAX + 1)
    if max(len(hours), len(billed)) > FACTS_MAX:
        raise _too_large()
    worked: dict[int, list[HourSums]] = defaultdict(list)
    for one in hours:
        worked[one.project_id].append(one)
    budgets = await priced_budgets(unit, projects)
    for project_id, gathering in found.items():
        gathering.take_hours(worked[project_id])
        gathering.take_budgets(budgets[project_id])
    for bill in billed:
        place = FactPlace(
            bill.part, bill.project_id, bill.company_id, bill.day, bill.role_id, bill.person_id, bill.hour_type_id
        )
        found[bill.project_id].cells.add(place, {Measure.BILLED: bill.billed_minor})
    return found


def _too_large() -> Invalid:
    return Invalid(
        f"This would come to more than {FACTS_MAX} sums. Choose fewer projects, fewer days or a coarser grouping.",
        code="QUERY_TOO_LARGE",
        field="by",
    )

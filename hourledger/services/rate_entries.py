"""Rate time entries: resolve their rates, apply caps, append what changed. Every path that values time ends here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hourledger.core.rates import cap_revenue, reason_of
from hourledger.services.freeze_rates import freeze_for
from hourledger.services.frozen_side import keep_frozen_side
from hourledger.services.rater import Rater, load_rater
from hourledger.services.unit_of_work import UnitOfWork
from models.queries import rating
from models.queries.rating import EntryFacts
from models.queries.valuations import NewValuation, append_valuations
from models.queries.work_locks import keep_work_locks
from models.tables import ValuationCause


@dataclass(frozen=True, slots=True)
class RatingResult:
    """How many entries got a new valuation, kept theirs, are frozen; deltas in minor units by project."""

    changed: int
    unchanged: int
    frozen: int
    cost_delta: dict[int, int]
    revenue_delta: dict[int, int]


async def rate_entries(
    unit: UnitOfWork,
    entry_ids: Sequence[int],
    cause: ValuationCause,
    *,
    run_id: int | None = None,
    moved_from: int | None = None,
) -> RatingResult:
    """Value these entries by the rates in force on their dates; append a valuation for each that changes.

    Entries of a billing record that is confirmed or posted keep their value (C-01), and those that a work lock holds
    keep what it freezes. Where a task has a cap, its other entries are capped anew as well, by the rates they have.
    ``moved_from``: the project they were on, with cause MOVED.

    Raises:
        Missing EXCHANGE_RATE_MISSING: nothing is rated then.
    """
    await keep_work_locks(unit.session, unit.organisation_id)
    await rating.lock_capped_tasks_of(unit.session, unit.organisation_id, entry_ids)
    facts = await rating.lock_facts(unit.session, unit.organisation_id, entry_ids)
    frozen = [one for one in facts if one.is_frozen]
    open_facts = [one for one in facts if not one.is_frozen]
    await freeze_for(unit, open_facts)
    rater = await load_rater(unit, open_facts)
    drafts = {one.id: keep_frozen_side(draft_valuation(rater, one, cause), one) for one in open_facts}
    by_id = {one.id: one for one in open_facts}
    await _apply_caps(unit, drafts, by_id)
    changed = [draft for entry_id, draft in drafts.items() if _differs(by_id[entry_id], draft)]
    await append_valuations(
        unit.session, unit.organisation_id, changed, at=unit.now, run_id=run_id, moved_from=moved_from
    )
    return RatingResult(len(changed), len(open_facts) - len(changed), len(frozen), *_deltas(changed, by_id))


async def recap_task(unit: UnitOfWork, task_id: int) -> None:
    """Hand out a task's cap anew among its entries, at the rates they have; nothing happens without a cap.

    Nothing is locked then, either: who holds one entry and waits for all of a task's locks others out.
    """
    if not await rating.has_cap(unit.session, task_id):
        return
    await rating.lock_tasks(unit.session, [task_id])
    entries = await rating.lock_facts_of_tasks(unit.session, unit.organisation_id, [task_id])
    by_id = {one.id: one for one in entries if one.cap_minor is not None and not one.is_frozen_revenue}
    drafts: dict[int, NewValuation] = {}
    await _apply_caps(unit, drafts, dict(by_id))
    await append_valuations(unit.session, unit.organisation_id, list(drafts.values()), at=unit.now, run_id=None)


async def append_capped(
    unit: UnitOfWork, valuations: Sequence[NewValuation], *, run_id: int
) -> dict[int, RatingResult]:
    """Append valuations of hours on tasks with a cap, handing out each cap anew among all hours of its task.

    Hours that only get another share get a valuation as well, by the rates they have. By project what changed. The
    caller holds the work locks and the tasks.
    """
    facts = await rating.lock_facts(unit.session, unit.organisation_id, [one.time_entry_id for one in valuations])
    by_id = {one.id: one for one in facts}
    drafts = {one.time_entry_id: one for one in valuations}
    await _apply_caps(unit, drafts, by_id)
    await append_valuations(unit.session, unit.organisation_id, list(drafts.values()), at=unit.now, run_id=run_id)
    of_project: dict[int, list[NewValuation]] = defaultdict(list)
    for entry_id, draft in drafts.items():
        project_id = by_id[entry_id].project_id
        assert project_id is not None
        of_project[project_id].append(draft)
    return {one: RatingResult(len(changed), 0, 0, *_deltas(changed, by_id)) for one, changed in of_project.items()}


def draft_valuation(rater: Rater, facts: EntryFacts, cause: ValuationCause) -> NewValuation:
    """The valuation of one entry, before any cap of its task."""
    rated = rater.rate(facts)
    return NewValuation(
        time_entry_id=facts.id,
        work_date=facts.work_date,
        seconds=facts.seconds,
        currency=facts.currency,
        cost_minor=rated.cost.amount.minor,
        revenue_minor=rated.revenue.amount.minor,
        uncapped_revenue_minor=rated.revenue.amount.minor,
        reason=reason_of(rated, facts.currency, facts.work_date, rater.exchange[facts.project_id]),
        cause=cause,
    )


def _deltas(changed: Sequence[NewValuation], by_id: dict[int, EntryFacts]) -> tuple[dict[int, int], dict[int, int]]:
    """By project how much cost and revenue grew."""
    cost: dict[int, int] = defaultdict(int)
    revenue: dict[int, int] = defaultdict(int)
    for draft in changed:
        before = by_id[draft.time_entry_id]
        if before.project_id is None:
            continue
        cost[before.project_id] += draft.cost_minor - before.cost_minor
        revenue[before.project_id] += draft.revenue_minor - before.revenue_minor
    return dict(cost), dict(revenue)


async def _apply_caps(unit: UnitOfWork, drafts: dict[int, NewValuation], by_id: dict[int, EntryFacts]) -> None:
    """Hand out each capped task's revenue in date order; adds drafts for entries that the cap moves (C-05, CT-R4).

    The caller holds the locks of the tasks.
    """
    task_ids = {one.task_id for one in by_id.values() if one.cap_minor is not None and one.task_id is not None}
    if not task_ids:
        return
    by_task: dict[int | None, list[EntryFacts]] = defaultdict(list)
    for one in await rating.lock_facts_of_tasks(unit.session, unit.organisation_id, sorted(task_ids)):
        by_task[one.task_id].append(one)
    for entries in by_task.values():
        frozen = sum(one.revenue_minor for one in entries if one.is_frozen_revenue)
        free = [one for one in entries if not one.is_frozen_revenue]
        uncapped = [
            drafts[one.id].uncapped_revenue_minor if one.id in drafts else one.uncapped_revenue_minor for one in free
        ]
        for one, revenue in zip(free, cap_revenue(uncapped, entries[0].cap_minor or 0, frozen), strict=True):
            if one.id in drafts:
                drafts[one.id] = replace(drafts[one.id], revenue_minor=revenue)
            elif one.revenue_minor != revenue:
                by_id[one.id] = one
                drafts[one.id] = _moved_by_cap(one, revenue)


def _moved_by_cap(facts: EntryFacts, revenue: int) -> NewValuation:
    """Another share of the cap, at the rates that were found when the entry was rated."""
    assert facts.reason_id is not None
    return NewValuation(
        time_entry_id=facts.id,
        work_date=facts.work_date,
        seconds=facts.seconds,
        currency=facts.currency,
        cost_minor=facts.cost_minor,
        revenue_minor=revenue,
        uncapped_revenue_minor=facts.uncapped_revenue_minor,
        reason=facts.reason_id,
        cause=ValuationCause.CAP_MOVED,
        rated_at=facts.rated_at,
    )


def _differs(before: EntryFacts, draft: NewValuation) -> bool:
    if before.valuation_id is None or isinstance(draft.reason, int):
        return True
    if draft.cause in (ValuationCause.EDITED, ValuationCause.MOVED):
        return True
    return (
        before.cost_minor != draft.cost_minor
        or before.revenue_minor != draft.revenue_minor
        or before.uncapped_revenue_minor != draft.uncapped_revenue_minor
        or before.cost_rate_line_id != draft.reason.cost.line_id
        or before.revenue_rate_line_id != draft.reason.revenue.line_id
    )

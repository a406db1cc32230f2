"""Recalculate Finance: rate again what has not been billed, by the rates that are in force on the work dates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hourledger.columns import NONE, Int
from hourledger.core.access import Permission
from hourledger.core.errors import HourledgerError, Transient
from hourledger.core.recalculation import RecalculationScope
from hourledger.services.company_rates import refresh_company_rates
from hourledger.services.project_finances import emit_finances_changed
from hourledger.services.rate_columns import Part, RatedSlice, RevenueOf, parts_of, rate_part
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.billed_costs import book_billed_costs
from models.queries.rated_stage import RatedColumns, store_rated
from models.queries.rating import lock_capped_tasks_of_projects
from models.queries.recalculation import ProjectToRate, projects_to_rate
from models.queries.valuations import store_reasons
from models.queries.work_locks import keep_work_locks
from models.tables import ProjectOutcome

WHOLE_PROJECTS = RecalculationScope()
_READ_AGAIN_MAX = 5


@dataclass(frozen=True, slots=True)
class ProjectRecalculated:
    """What came of one project (None: general time): all of it or, for any other outcome than DONE, nothing.

    Deltas are in minor units of ``currency``. ``code`` and ``message`` say why not. ``digest``: see the table.
    """

    project_id: int | None
    outcome: ProjectOutcome
    currency: str | None = None
    entries: int = 0
    changed: int = 0
    unchanged: int = 0
    frozen: int = 0
    cost_delta_minor: int = 0
    revenue_delta_minor: int = 0
    code: str = ""
    message: str = ""
    digest: str = ""


@dataclass
class _Tally:
    """What has been found of one project so far."""

    done: ProjectRecalculated
    sha: hashlib._Hash = field(default_factory=hashlib.sha256)


async def recalculate(
    unit: UnitOfWork,
    project_ids: Sequence[int | None],
    scope: RecalculationScope = WHOLE_PROJECTS,
    *,
    run_id: int | None = None,
    cause: str = "RECALCULATED",
    look: Callable[[RatedSlice], None] | None = None,
) -> list[ProjectRecalculated]:
    """Rate what is in scope on these projects (None: general time) again; an outcome for each, in order.

    What is billed keeps its value; where the scope includes billed cost, its revenue (project-finances §4.3).

    ``look`` is shown everything that is rated. Of several projects those that cannot be rated are FAILED, the others
    DONE.

    Raises:
        what keeps a project from being rated (EXCHANGE_RATE_MISSING) where something of it may have been stored
        already, and always for one project alone. Roll back, and rate them one by one.
        Transient ENTRIES_CHANGED: others edited or billed again and again. Roll back and try later.
    """
    await keep_work_locks(unit.session, unit.organisation_id)
    known = await projects_to_rate(unit.session, unit.organisation_id, [one for one in project_ids if one is not None])
    for one in known.values():
        if one.company_rates_override:
            await refresh_company_rates(unit, one.id)
    return await rate_again(unit, project_ids, scope, run_id=run_id, cause=cause, look=look)


async def rate_again(
    unit: UnitOfWork,
    project_ids: Sequence[int | None],
    scope: RecalculationScope,
    *,
    revenue_of: RevenueOf | None = None,
    run_id: int | None = None,
    cause: str = "RECALCULATED",
    look: Callable[[RatedSlice], None] | None = None,
) -> list[ProjectRecalculated]:
    """Likewise, by the rates that are there: those of customers are not taken anew.

    ``revenue_of``: only the revenue, and only of hours that it chooses.
    """
    await keep_work_locks(unit.session, unit.organisation_id)
    known = await projects_to_rate(unit.session, unit.organisation_id, [one for one in project_ids if one is not None])
    tallies = {one: _Tally(_begun(one, known)) for one in dict.fromkeys(project_ids)}
    await lock_capped_tasks_of_projects(unit.session, list(known))
    there = [one for one in tallies if one is None or one in known]
    parts = await parts_of(unit, there, scope, revenue_of)
    leaves_nothing = _that_leave_nothing(there, known) if len(there) > 1 and len(parts) == 1 else set()
    for part in parts:
        found = await _rate_and_store(unit, part, run_id, leaves_nothing)
        if found is None:
            continue
        if look is not None:
            look(found)
        _count(found, tallies, unit.base_currency)
    done = [_finished(one) for one in tallies.values()]
    await _tell(unit, done, cause, run_id)
    return done


def require_rights(unit: UnitOfWork) -> None:
    """All three edit permissions (§9.4)."""
    for permission in (Permission.EDIT_COST_RATES, Permission.EDIT_BILLING_RATES, Permission.EDIT_GENERAL_FINANCE):
        unit.require(permission)


def failed(project_id: int | None, error: HourledgerError) -> ProjectRecalculated:
    """The outcome of a project whose recalculation raised."""
    return ProjectRecalculated(project_id, ProjectOutcome.FAILED, code=error.code, message=error.message)


def _begun(project_id: int | None, known: dict[int, ProjectToRate]) -> ProjectRecalculated:
    if project_id is None:
        return ProjectRecalculated(None, ProjectOutcome.DONE)
    if project_id not in known:
        return ProjectRecalculated(
            project_id, ProjectOutcome.MISSING, code="PROJECT_UNKNOWN", message="There is no such project."
        )
    return ProjectRecalculated(project_id, ProjectOutcome.DONE, currency=known[project_id].currency)


def _count(found: RatedSlice, tallies: dict[int | None, _Tally], base_currency: str) -> None:
    """Add a slice to what is known of its projects."""
    stored = found.stored
    order = np.argsort(stored.hours.project, kind="stable")
    projects, begins = np.unique(stored.hours.project[order], return_index=True)
    for project, at in zip(projects.tolist(), np.split(order, begins[1:]), strict=True):
        tally = tallies[None if project == NONE else project]
        if problem := found.problems.get(project):
            tally.done = failed(tally.done.project_id, problem)
            continue
        changed = at[found.changes[at]]
        changed = changed[np.argsort(stored.id[changed])]
        before = tally.done
        entries = int(stored.in_scope[at].sum())
        frozen = int((stored.in_scope & stored.is_frozen)[at].sum())
        rated_anew = int((found.changes & ~found.moved)[at].sum())
        tally.done = replace(
            before,
            currency=before.currency or base_currency,
            entries=before.entries + entries,
            changed=before.changed + len(changed),
            unchanged=before.unchanged + entries - frozen - rated_anew,
            frozen=before.frozen + frozen,
            cost_delta_minor=before.cost_delta_minor + _grown(found.cost, stored.cost, changed),
            revenue_delta_minor=before.revenue_delta_minor + _grown(found.revenue, stored.revenue, changed),
        )
        _digest(found, changed, tally)


def _that_leave_nothing(project_ids: Sequence[int | None], known: dict[int, ProjectToRate]) -> set[int]:
    """Projects of which nothing is written before it is known that all of their hours can be rated."""
    return {
        NONE if one is None else one
        for one in project_ids
        if one is None or not (known[one].company_rates_override or known[one].preserve_billing_rates)
    }


async def _rate_and_store(
    unit: UnitOfWork, part: Part, run_id: int | None, leaves_nothing: set[int]
) -> RatedSlice | None:
    """Whoever edits or bills some of these hours at the same moment goes first, and they are read again.

    Raises the problem of a project unless it ``leaves_nothing``, and so can just be left out.
    """
    for attempt in range(1, _READ_AGAIN_MAX + 1):
        try:
            async with unit.session.begin_nested():
                found = await rate_part(unit, part)
                if found is not None:
                    if stuck := found.problems.keys() - leaves_nothing:
                        raise found.problems[min(stuck)]
                    await _store(unit, found, run_id)
                return found
        except Transient as error:
            if error.code != "ENTRIES_CHANGED" or attempt == _READ_AGAIN_MAX:
                raise
    raise AssertionError("the last attempt returns or raises")


def _digest(found: RatedSlice, changed: Int, tally: _Tally) -> None:
    """Entries, the valuations they have, the values they get and why."""
    stored = found.stored
    for column in (stored.id, stored.valuation, found.cost, found.revenue, found.uncapped):
        tally.sha.update(np.ascontiguousarray(column[changed]).astype("<i8").tobytes())
    rated = changed[~found.moved[changed]]
    for place in found.reason[rated].tolist():
        tally.sha.update(found.reasons[place].digest.encode())


def _grown(after: Int, before: Int, at: Int) -> int:
    return int((after[at] - before[at]).sum())


def _finished(tally: _Tally) -> ProjectRecalculated:
    done = tally.done
    if done.outcome is not ProjectOutcome.DONE:
        return done
    outcome = ProjectOutcome.DONE if done.entries or done.changed else ProjectOutcome.SKIPPED
    return replace(done, outcome=outcome, digest=tally.sha.hexdigest())


async def _store(unit: UnitOfWork, found: RatedSlice, run_id: int | None) -> None:
    stored = found.stored
    wanted = found.changes
    if found.problems:
        wanted = wanted & ~np.isin(stored.hours.project, np.array(list(found.problems), dtype=np.int64))
    at = np.flatnonzero(wanted)
    at = at[np.lexsort((stored.id[at], stored.hours.day[at]))]
    anew = at[~found.moved[at]]
    places = np.unique(found.reason[anew])
    ids = await store_reasons(unit.session, unit.organisation_id, [found.reasons[one] for one in places.tolist()])
    of_place = np.zeros(len(found.reasons) + 1, dtype=np.int64)
    of_place[places] = [ids[found.reasons[one]] for one in places.tolist()]
    reason = stored.reason.copy()
    reason[anew] = of_place[found.reason[anew]]
    await store_rated(
        unit.session,
        unit.organisation_id,
        RatedColumns(
            entry=stored.id[at],
            row_version=stored.row_version[at],
            day=stored.hours.day[at],
            seconds=stored.hours.seconds[at],
            currency=found.currency[at].astype("S3"),
            cost=found.cost[at],
            revenue=found.revenue[at],
            uncapped=found.uncapped[at],
            reason=reason[at],
            moved_from=np.where(found.moved, stored.valuation, NONE)[at],
            is_billed=stored.is_billed[at],
        ),
        at=unit.now,
        run_id=run_id,
    )
    await book_billed_costs(
        unit.session,
        unit.organisation_id,
        stored.id[at][stored.is_billed[at]].tolist(),
        run_id=run_id,
        by=unit.principal.subject,
        at=unit.now,
        on=unit.today,
    )


async def _tell(unit: UnitOfWork, done: Iterable[ProjectRecalculated], cause: str, run_id: int | None) -> None:
    """An event for each project of which something changed."""
    changed = {one.project_id: one for one in done if one.changed and one.project_id is not None}
    await emit_finances_changed(
        unit,
        list(changed),
        cause=cause,
        run_id=run_id,
        of_project={
            project_id: {
                "changed": one.changed,
                "cost_delta_minor": one.cost_delta_minor,
                "revenue_delta_minor": one.revenue_delta_minor,
            }
            for project_id, one in changed.items()
        },
    )

"""What rating reads about hours: the facts that decide their rates, locked or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from hourledger.core.work import CostType, RevenueType
from models.database import Session
from models.queries.assignee_rows import ASSIGNEE_ROWS, IS_BILLABLE
from models.queries.work_locks import FROZEN


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """All that rating one time entry needs to know, and what it is worth now. No task, or an issue: no types either.

    Without a project (general hours) the currency is that of the books.

    ``assignment``: the person's own one on the task; ``first_assignment``: the task's primary one, with the primary
    role of the person it names. ``task_role``: only where no person is assigned, the role the task is open for;
    ``role_on_task``: the one of the person's roles that it is open for; ``role_assignment``: where that role is said.
    ``is_frozen_cost``, ``is_frozen_revenue``: a billing record or a work lock keeps the amount that is stored.
    """

    id: int
    organisation_id: int
    work_date: date
    seconds: int
    is_frozen_cost: bool
    is_frozen_revenue: bool
    person_id: int
    cost_override_allowed: bool
    project_id: int | None
    company_id: int | None
    currency: str
    hour_type_id: int
    task_id: int | None
    is_issue: bool
    preserves_billing_rates: bool
    cost_type: CostType | None
    revenue_type: RevenueType | None
    cost_rate_scaled: int | None
    billing_rate_scaled: int | None
    cap_minor: int | None
    chosen_role_id: int | None
    primary_role_id: int | None
    assignment_id: int | None
    assignment_role_id: int | None
    assignment_billing_role_id: int | None
    project_billing_role_id: int | None
    role_on_task_id: int | None
    task_role_id: int | None
    role_assignment_id: int | None
    first_assignment_id: int | None
    first_assignment_role_id: int | None
    first_assignee_primary_role_id: int | None
    counts_as_revenue: bool
    valuation_id: int | None
    cost_minor: int
    revenue_minor: int
    uncapped_revenue_minor: int
    reason_id: int | None
    rated_at: datetime | None
    cost_rate_line_id: int | None
    revenue_rate_line_id: int | None

    @property
    def is_frozen(self) -> bool:
        """Whether nothing about its value can change."""
        return self.is_frozen_cost and self.is_frozen_revenue


_FACTS = f"""
    SELECT e.id, e.organisation_id, e.work_date, e.seconds, e.is_locked OR frozen.cost AS is_frozen_cost,
           e.is_locked OR frozen.revenue AS is_frozen_revenue, e.person_id,
           o.cost_rate_override_allowed AS cost_override_allowed,
           e.project_id, p.company_id, coalesce(p.currency, g.base_currency) AS currency, e.hour_type_id, e.task_id,
           coalesce(t.is_issue, false) AS is_issue,
           coalesce(p.preserve_billing_rates, false) AS preserves_billing_rates,
           t.cost_type, t.revenue_type, t.cost_rate_scaled, t.billing_rate_scaled,
           CASE WHEN t.revenue_type LIKE '%\\_CAP' THEN t.billing_amount_minor END AS cap_minor,
           e.role_id AS chosen_role_id, main.role_id AS primary_role_id,
           own.id AS assignment_id, own.role_id AS assignment_role_id,
           own.billing_role_id AS assignment_billing_role_id, billed_as.role_id AS project_billing_role_id,
           fitting.role_id AS role_on_task_id, open_role.role_id AS task_role_id,
           coalesce(fitting.id, open_role.id) AS role_assignment_id,
           first.id AS first_assignment_id, first.role_id AS first_assignment_role_id,
           first_main.role_id AS first_assignee_primary_role_id,
           h.counts_as_revenue AND {IS_BILLABLE} AS counts_as_revenue,
           e.valuation_id, e.cost_minor, e.revenue_minor, e.uncapped_revenue_minor, e.reason_id, v.rated_at,
           w.cost_rate_line_id, w.revenue_rate_line_id
    FROM {{entries}} e
    JOIN organisation g ON g.id = e.organisation_id
    JOIN person o ON o.id = e.person_id
    LEFT JOIN project p ON p.id = e.project_id
    JOIN hour_type h ON h.id = e.hour_type_id
    LEFT JOIN task t ON t.id = e.task_id
    LEFT JOIN valuation v ON v.id = e.valuation_id
    LEFT JOIN rating_reason w ON w.id = e.reason_id
    LEFT JOIN LATERAL (
        SELECT role_id FROM person_role r
        WHERE r.person_id = e.person_id AND r.is_primary AND daterange(r.valid_from, r.valid_until) @> e.work_date
        LIMIT 1
    ) main ON true
    {ASSIGNEE_ROWS}
    LEFT JOIN LATERAL (
        SELECT role_id FROM project_billing_role b
        WHERE b.project_id = e.project_id AND b.person_id = e.person_id
          AND daterange(b.valid_from, b.valid_until) @> e.work_date
        LIMIT 1
    ) billed_as ON true
    LEFT JOIN LATERAL (
        SELECT id, person_id, role_id FROM assignment a
        WHERE a.task_id = e.task_id ORDER BY a.is_primary DESC, a.id LIMIT 1
    ) first ON true
    LEFT JOIN LATERAL (
        SELECT role_id FROM person_role r
        WHERE r.person_id = first.person_id AND r.is_primary AND daterange(r.valid_from, r.valid_until) @> e.work_date
        LIMIT 1
    ) first_main ON true
    {FROZEN}
    WHERE e.organisation_id = :organisation AND e.deleted_at IS NULL AND {{which}}
    ORDER BY e.work_date, e.id
"""


def _facts(row: Any) -> EntryFacts:
    values = dict(row)
    if values["is_issue"]:
        values["cost_type"] = values["revenue_type"] = None
    elif values["task_id"] is not None:
        values["cost_type"] = CostType(values["cost_type"])
        values["revenue_type"] = RevenueType(values["revenue_type"])
    return EntryFacts(**values)


async def lock_facts(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> list[EntryFacts]:
    """The facts of these entries in (work date, id) order, their rows locked until the transaction ends."""
    return await _lock_and_read(session, "e.id = ANY(:ids)", organisation_id, entry_ids)


async def lock_facts_of_tasks(session: Session, organisation_id: int, task_ids: Sequence[int]) -> list[EntryFacts]:
    """The facts of all entries of these tasks, likewise locked; for caps, which a whole task shares."""
    return await _lock_and_read(session, "e.task_id = ANY(:ids)", organisation_id, task_ids)


async def _lock_and_read(session: Session, which: str, organisation_id: int, ids: Sequence[int]) -> list[EntryFacts]:
    """Two statements: one that waited for a lock would join the new entry with the valuation, role and so on of old."""
    values = {"organisation": organisation_id, "ids": list(ids)}
    await session.execute(
        text(
            "SELECT e.id FROM time_entry e WHERE e.organisation_id = :organisation AND e.deleted_at IS NULL "
            f"AND {which} ORDER BY e.work_date, e.id FOR UPDATE"
        ),
        values,
    )
    rows = await session.execute(text(_FACTS.format(entries="time_entry", which=which)), values)
    return [_facts(row) for row in rows.mappings()]


async def lock_tasks(session: Session, task_ids: Sequence[int]) -> None:
    """One at a time per task: of two who log at once on a capped task, the second sees what the first has used.

    Always before the task's entries: whoever holds the entries and waits for the task waits for ever.
    """
    await session.execute(
        text("SELECT id FROM task WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE"), {"ids": list(task_ids)}
    )


async def lock_capped_tasks(session: Session, task_ids: Sequence[int]) -> None:
    """Likewise, for those of these tasks that have a cap: before hours are added to them."""
    await session.execute(
        text("SELECT id FROM task WHERE id = ANY(:ids) AND revenue_type LIKE '%\\_CAP' ORDER BY id FOR NO KEY UPDATE"),
        {"ids": list(task_ids)},
    )


async def lock_capped_tasks_of(session: Session, organisation_id: int, entry_ids: Sequence[int]) -> None:
    """Likewise, for the tasks with a cap that these entries belong to."""
    rows = await session.execute(
        text("""
            SELECT DISTINCT e.task_id FROM time_entry e JOIN task t ON t.id = e.task_id
            WHERE e.organisation_id = :organisation AND e.id = ANY(:ids) AND t.revenue_type LIKE '%\\_CAP'
        """),
        {"organisation": organisation_id, "ids": list(entry_ids)},
    )
    if task_ids := [row.task_id for row in rows]:
        await lock_tasks(session, task_ids)


async def lock_capped_tasks_of_projects(session: Session, project_ids: Sequence[int]) -> None:
    """Likewise, for all tasks with a cap on these projects."""
    rows = await session.execute(
        text(
            "SELECT id FROM task WHERE project_id = ANY(cast(:ids AS bigint[])) AND revenue_type LIKE '%\\_CAP' "
            "ORDER BY id FOR NO KEY UPDATE"
        ),
        {"ids": list(project_ids)},
    )
    rows.close()


async def has_cap(session: Session, task_id: int) -> bool:
    """Whether the hours of a task share a cap."""
    rows = await session.execute(
        text("SELECT FROM task WHERE id = :id AND revenue_type LIKE '%\\_CAP'"), {"id": task_id}
    )
    return rows.first() is not None


async def facts_of_entry(session: Session, organisation_id: int, entry_id: int) -> EntryFacts | None:
    """The facts of one entry, unlocked, for explaining."""
    rows = await session.execute(
        text(_FACTS.format(entries="time_entry", which="e.id = :id")), {"organisation": organisation_id, "id": entry_id}
    )
    row = rows.mappings().first()
    return _facts(row) if row else None


_SUPPOSED = """(
    SELECT w.number AS id, cast(:organisation AS bigint) AS organisation_id, w.person_id, w.project_id, w.task_id,
           w.role_id, h.id AS hour_type_id, w.work_date, 3600::bigint AS seconds, false AS is_locked,
           NULL::timestamptz AS deleted_at, NULL::bigint AS valuation_id, NULL::bigint AS reason_id,
           0::bigint AS cost_minor, 0::bigint AS revenue_minor, 0::bigint AS uncapped_revenue_minor
    FROM unnest(cast(:persons AS bigint[]), cast(:projects AS bigint[]), cast(:tasks AS bigint[]),
                cast(:roles AS bigint[]), cast(:days AS date[])) WITH ORDINALITY
         AS w(person_id, project_id, task_id, role_id, work_date, number)
    JOIN LATERAL (
        SELECT id FROM hour_type
        WHERE organisation_id = :organisation AND coalesce(id = cast(:hour_type AS bigint), counts_as_revenue)
        ORDER BY is_built_in DESC, id LIMIT 1
    ) h ON true
)"""


@dataclass(frozen=True, slots=True)
class SupposedHour:
    """An hour that nobody has logged."""

    person_id: int
    project_id: int | None
    task_id: int | None
    on: date
    role_id: int | None = None


async def facts_of_supposed_hours(
    session: Session, organisation_id: int, hours: Sequence[SupposedHour], *, hour_type_id: int | None = None
) -> list[EntryFacts]:
    """The facts of one hour each, as if it had been logged; their id is the place in ``hours``, from 1.

    ``hour_type_id``: None for a kind that may earn.
    """
    rows = await session.execute(
        text(_FACTS.format(entries=_SUPPOSED, which="true")),
        {
            "organisation": organisation_id,
            "persons": [one.person_id for one in hours],
            "projects": [one.project_id for one in hours],
            "tasks": [one.task_id for one in hours],
            "roles": [one.role_id for one in hours],
            "days": [one.on for one in hours],
            "hour_type": hour_type_id,
        },
    )
    return [_facts(row) for row in rows.mappings()]

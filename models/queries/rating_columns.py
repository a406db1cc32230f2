"""What rating in columns reads: hours as arrays, and the tasks, projects and people they are on and by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import text

from hourledger.columns import Hours, Int, Work
from hourledger.columns.work import Assigned, BilledAs, HeldRole, ProjectTerms, TaskTerms
from hourledger.core.rates import Level
from hourledger.core.work import CostType, RevenueType
from models.database import Session
from models.queries.packed import read_packed
from models.queries.work_locks import FROZEN, has_work_locks

_COLUMNS = {
    "id": ("e.id", "int8"),
    "project": ("coalesce(e.project_id, -1)", "int8"),
    "task": ("coalesce(e.task_id, -1)", "int8"),
    "person": ("e.person_id", "int8"),
    "chosen_role": ("coalesce(e.role_id, -1)", "int8"),
    "hour_type": ("e.hour_type_id", "int8"),
    "day": ("e.work_date", "date"),
    "seconds": ("e.seconds", "int8"),
    "is_billed": ("e.is_locked", "bool"),
    "row_version": ("e.row_version", "int8"),
    "valuation": ("coalesce(e.valuation_id, -1)", "int8"),
    "cost": ("e.cost_minor", "int8"),
    "revenue": ("e.revenue_minor", "int8"),
    "uncapped": ("e.uncapped_revenue_minor", "int8"),
    "reason": ("coalesce(e.reason_id, -1)", "int8"),
}


@dataclass(frozen=True)
class StoredHours:
    """Hours and what they are worth now, in the order of (task, day, id); -1 where there is none.

    ``is_frozen_cost``, ``is_frozen_revenue``: a billing record, a work lock or whoever asked keeps the amount.
    """

    hours: Hours
    id: Int
    row_version: Int
    is_billed: npt.NDArray[np.bool_]
    is_frozen_cost: npt.NDArray[np.bool_]
    is_frozen_revenue: npt.NDArray[np.bool_]
    in_scope: npt.NDArray[np.bool_]
    valuation: Int
    cost: Int
    revenue: Int
    uncapped: Int
    reason: Int

    @property
    def is_frozen(self) -> npt.NDArray[np.bool_]:
        """Whether nothing about their value can change."""
        return np.asarray(self.is_frozen_cost & self.is_frozen_revenue, dtype=bool)

    def __len__(self) -> int:
        return len(self.id)


async def read_hours(
    session: Session,
    organisation_id: int,
    which: str,
    values: Mapping[str, Any],
    *,
    in_scope: str = "true",
    moves_billed_cost: bool = False,
    keeps_cost: bool = False,
) -> StoredHours:
    """The live hours that a condition on ``time_entry e`` chooses, and which of them another one chooses.

    ``moves_billed_cost``: billing records keep only revenue. ``keeps_cost``: what has been rated keeps its cost.
    """
    cost, revenue = ["false" if moves_billed_cost else "e.is_locked"], ["e.is_locked"]
    if keeps_cost:
        cost.append("e.valuation_id IS NOT NULL")
    frozen = ""
    if await has_work_locks(session, organisation_id):
        frozen = FROZEN
        cost.append("frozen.cost")
        revenue.append("frozen.revenue")
    columns = {
        **_COLUMNS,
        "in_scope": (f"coalesce(({in_scope}), false)", "bool"),
        "is_frozen_cost": (f"({' OR '.join(cost)})", "bool"),
        "is_frozen_revenue": (f"({' OR '.join(revenue)})", "bool"),
    }
    source = f"time_entry e {frozen} WHERE e.organisation_id = :organisation AND e.deleted_at IS NULL AND {which}"
    found = await read_packed(session, columns, source, {"organisation": organisation_id, **values})
    found = found[np.lexsort((found["id"], found["day"], found["task"]))]
    whose = ("project", "task", "person", "chosen_role", "hour_type", "day", "seconds")
    column = {name: np.ascontiguousarray(found[name]) for name in columns}
    return StoredHours(
        Hours(**{name: column[name] for name in whose}),
        **{name: one for name, one in column.items() if name not in whose},
    )


async def lines_of_reasons(session: Session, reason_ids: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    """By reason the stored lines of cost and revenue; None: no rate, or an amount written on the task."""
    rows = await session.execute(
        text("SELECT id, cost_rate_line_id, revenue_rate_line_id FROM rating_reason WHERE id = ANY(:ids)"),
        {"ids": list(reason_ids)},
    )
    return {row.id: (row.cost_rate_line_id, row.revenue_rate_line_id) for row in rows}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a billing rate was found: the stored line, its level (None: no rate was found), and by which step.

    ``step``: in the search of the policy; None where a side was kept as it was.
    """

    line_id: int | None
    level: Level | None
    step: int | None
    policy_version: str


async def billing_origins(session: Session, reason_ids: Sequence[int]) -> dict[int, Origin]:
    """By reason."""
    rows = await session.execute(
        text("""
            SELECT w.id, w.revenue_rate_line_id, coalesce(s.level, w.provenance #>> '{revenue,level}') AS level,
                   cast(w.provenance #>> '{revenue,step}' AS int) AS step, w.provenance ->> 'policy' AS policy
            FROM rating_reason w
            LEFT JOIN rate_line l ON l.id = w.revenue_rate_line_id LEFT JOIN rate_scope s ON s.id = l.scope_id
            WHERE w.id = ANY(:ids)
        """),
        {"ids": list(reason_ids)},
    )
    return {
        row.id: Origin(row.revenue_rate_line_id, Level(row.level) if row.level else None, row.step, row.policy)
        for row in rows
    }


async def scopes_of_lines(session: Session, scope_ids: Sequence[int]) -> dict[int, int]:
    """By line the scope it is or was in, of these scopes."""
    rows = await session.execute(
        text("SELECT id, scope_id FROM rate_line WHERE scope_id = ANY(:scopes)"), {"scopes": list(scope_ids)}
    )
    return {row.id: row.scope_id for row in rows}


async def load_work(
    session: Session,
    organisation_id: int,
    base_currency: str,
    *,
    project_ids: Sequence[int],
    person_ids: Sequence[int],
) -> Work:
    """Everything about these projects, their tasks and assignments, and these people and all who are assigned there."""
    values = {"organisation": organisation_id, "projects": sorted(project_ids), "persons": sorted(person_ids)}

    async def rows(query: str, **more: Any) -> list[Any]:
        return list((await session.execute(text(query), values | more)).all())

    of_projects = "t.organisation_id = :organisation AND t.project_id = ANY(cast(:projects AS bigint[]))"
    tasks = await rows(f"""
        SELECT t.id, t.project_id, t.is_issue, t.cost_type, t.revenue_type, t.cost_rate_scaled, t.billing_rate_scaled,
               CASE WHEN t.revenue_type LIKE '%\\_CAP' THEN t.billing_amount_minor END
        FROM task t WHERE {of_projects}
    """)
    projects = await rows("""
        SELECT id, company_id, currency, preserve_billing_rates FROM project
        WHERE organisation_id = :organisation AND id = ANY(cast(:projects AS bigint[]))
    """)
    assignments = await rows(f"""
        SELECT a.id, a.task_id, a.person_id, a.role_id, a.billing_role_id, a.is_billable, a.is_primary
        FROM assignment a JOIN task t ON t.id = a.task_id WHERE {of_projects}
    """)
    everybody = sorted({*person_ids, *(row.person_id for row in assignments if row.person_id is not None)})
    roles = await rows(
        """
        SELECT person_id, role_id, is_primary, valid_from, valid_until FROM person_role
        WHERE person_id = ANY(cast(:everybody AS bigint[]))
        """,
        everybody=everybody,
    )
    billed_as = await rows("""
        SELECT project_id, person_id, role_id, valid_from, valid_until FROM project_billing_role
        WHERE project_id = ANY(cast(:projects AS bigint[])) AND person_id = ANY(cast(:persons AS bigint[]))
    """)
    allowed = await rows(
        "SELECT id FROM person WHERE id = ANY(cast(:persons AS bigint[])) AND cost_rate_override_allowed"
    )
    earning = await rows("SELECT id FROM hour_type WHERE organisation_id = :organisation AND counts_as_revenue")
    return Work(
        organisation_id=organisation_id,
        base_currency=base_currency,
        tasks=[
            TaskTerms(row[0], row[1], row[2], CostType(row[3]), RevenueType(row[4]), row[5], row[6], row[7])
            for row in tasks
        ],
        projects=[ProjectTerms(*row) for row in projects],
        assignments=[Assigned(*row) for row in assignments],
        roles=[HeldRole(*row) for row in roles],
        billed_as=[BilledAs(*row) for row in billed_as],
        cost_overrides_allowed=[row.id for row in allowed],
        earning_hour_types=[row.id for row in earning],
    )

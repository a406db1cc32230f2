"""Roll-ups: folding what was appended to them, comparing them with the rows they sum, mending what differs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from models.database import Session
from models.tables.roll_up import Figures

FIGURES = tuple(name for name in Figures.model_fields if name not in {"organisation_id", "project_id", "task_id"})
"""What is summed, as the columns are called."""
DELTAS_BEFORE_FOLDING = 200
"""So few cost a reader less than folding them costs a writer."""
_FOLDED_AT_ONCE_MAX = 20_000
_FOLD_LOCK = 0x686C_7266

_SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in FIGURES)
_NAMES = ", ".join(FIGURES)

KEPT_OF_PROJECTS = " UNION ALL ".join(
    f"SELECT organisation_id, project_id, task_id, {_NAMES} FROM {table} WHERE project_id = ANY(:ids)"
    for table in ("roll_up", "roll_up_delta")
)
"""The rows that the sums of some projects are made of: as many as they have tasks, and what is not folded yet."""

# What the roll-ups should be, from the rows; by the figures that each kind of row counts in.
_ROWS: dict[tuple[str, ...], str] = {
    ("entries", "seconds", "cost_minor", "revenue_minor"): """
        SELECT organisation_id, project_id, task_id, 1 AS entries, seconds, cost_minor, revenue_minor
        FROM time_entry WHERE deleted_at IS NULL AND project_id IS NOT NULL
    """,
    ("unbilled_minor",): """
        SELECT a.organisation_id, a.project_id, a.task_id, coalesce(e.revenue_minor, a.amount_minor) AS unbilled_minor
        FROM actual a LEFT JOIN time_entry e ON e.id = a.time_entry_id
        WHERE a.transaction_type = 'UNBILLED_SALES' AND a.adjustment_status = 'STANDS'
          AND a.billing_status IN ('CREATED', 'READY') AND a.billing_type = 'CHARGEABLE'
    """,
    ("draft_minor", "billed_minor"): """
        SELECT l.organisation_id, l.project_id, l.task_id,
               CASE WHEN r.status = 'POSTED' THEN 0
                    WHEN r.status IN ('DRAFT', 'IN_REVIEW') AND e.id IS NOT NULL THEN e.revenue_minor
                    ELSE l.amount_minor END AS draft_minor,
               CASE WHEN r.status = 'POSTED' THEN l.amount_minor ELSE 0 END AS billed_minor
        FROM billing_record_line l
        JOIN billing_record r ON r.id = l.billing_record_id AND r.status <> 'DELETED'
        LEFT JOIN billing_claim c ON c.billing_record_line_id = l.id AND c.released_at IS NULL
        LEFT JOIN actual a ON a.id = c.actual_id
        LEFT JOIN time_entry e ON e.id = a.time_entry_id
        WHERE l.billing_type = 'CHARGEABLE' AND l.project_id IS NOT NULL
    """,
    ("planned_billable_minor", "actual_billable_minor"): """
        SELECT organisation_id, project_id, task_id, planned_minor AS planned_billable_minor,
               actual_minor AS actual_billable_minor
        FROM expense WHERE is_billable AND deleted_at IS NULL
    """,
    ("planned_non_billable_minor", "actual_non_billable_minor"): """
        SELECT organisation_id, project_id, task_id, planned_minor AS planned_non_billable_minor,
               actual_minor AS actual_non_billable_minor
        FROM expense WHERE NOT is_billable AND deleted_at IS NULL
    """,
}


def _counted(select: str, counted: tuple[str, ...]) -> str:
    figures = ", ".join(name if name in counted else f"0::bigint AS {name}" for name in FIGURES)
    return f"SELECT organisation_id, project_id, task_id, {figures} FROM ({select}) counted"


_FROM_ROWS = " UNION ALL ".join(_counted(select, counted) for counted, select in _ROWS.items())
_KEPT = " UNION ALL ".join(
    f"SELECT organisation_id, project_id, task_id, {', '.join(f'-{name}' for name in FIGURES)} FROM {table}"
    for table in ("roll_up", "roll_up_delta")
)
# Rows less roll-ups, where that is not zero. One statement, so it is exact while others write.
_DIFFERENCES = f"""
    SELECT organisation_id, project_id, task_id, {_SUMS}
    FROM ({_FROM_ROWS} UNION ALL {_KEPT}) both_sides
    WHERE cast(:organisation AS bigint) IS NULL OR organisation_id = :organisation
    GROUP BY organisation_id, project_id, task_id
    HAVING {" OR ".join(f"sum({name}) <> 0" for name in FIGURES)}
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure whose roll-up is not the sum of its rows: ``rows_less_roll_up`` is missing from the roll-up."""

    organisation_id: int
    project_id: int
    task_id: int | None
    figure: str
    rows_less_roll_up: int


async def roll_up_differences(session: Session, organisation_id: int | None = None) -> list[Difference]:
    """Every roll-up that differs from the rows it sums, of one organisation or of all (None); none is expected.

    Reads every row once.
    """
    rows = await session.execute(
        text(f"{_DIFFERENCES} ORDER BY project_id, task_id NULLS FIRST"), {"organisation": organisation_id}
    )
    return [
        Difference(row["organisation_id"], row["project_id"], row["task_id"], figure, row[figure])
        for row in rows.mappings()
        for figure in FIGURES
        if row[figure]
    ]


async def rebuild_roll_ups(session: Session, organisation_id: int | None = None) -> int:
    """Append what is missing from the roll-ups, so that they are the sums of their rows. Returns how many were wrong.

    Others may go on writing: rows and roll-ups are compared as they were at one instant, and what is appended is right
    whatever came after. The caller commits.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _FOLD_LOCK})
    result = await session.execute(
        text(f"INSERT INTO roll_up_delta (organisation_id, project_id, task_id, {_NAMES}) {_DIFFERENCES}"),
        {"organisation": organisation_id},
    )
    return int(result.rowcount)


async def fold_roll_ups(session: Session, *, at_least: int = 1) -> int:
    """Add what was appended to the roll-ups, where so many wait; returns how many sums moved. The caller commits.

    Nobody waits for it: one folds at a time and another who wants to does nothing; writers append only, and readers see
    a sum either before or after. Call it in a transaction of its own.
    """
    result = await session.execute(
        text(f"""
            WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(:lock) AS is_ours),
            waiting AS MATERIALIZED (
                SELECT id FROM roll_up_delta WHERE (SELECT is_ours FROM turn) ORDER BY id LIMIT :most
            ),
            taken AS (
                DELETE FROM roll_up_delta
                WHERE (SELECT count(*) FROM waiting) >= :at_least AND id IN (SELECT id FROM waiting)
                RETURNING *
            )
            INSERT INTO roll_up AS kept (organisation_id, project_id, task_id, {_NAMES})
            SELECT organisation_id, project_id, task_id, {_SUMS} FROM taken
            GROUP BY organisation_id, project_id, task_id
            ON CONFLICT (project_id, task_id) DO UPDATE
            SET {", ".join(f"{name} = kept.{name} + excluded.{name}" for name in FIGURES)}
        """),
        {"lock": _FOLD_LOCK, "at_least": at_least, "most": _FOLDED_AT_ONCE_MAX},
    )
    return int(result.rowcount)

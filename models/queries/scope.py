"""The hours that a recalculation is about, as conditions of SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from hourledger.core.recalculation import RecalculationScope
from models.database import Session

_PARTS = {
    "project_ids": "e.project_id = ANY(cast(:project_ids AS bigint[]))",
    "company_ids": "e.project_id IN (SELECT id FROM project WHERE company_id = ANY(cast(:company_ids AS bigint[])))",
    "person_ids": "e.person_id = ANY(cast(:person_ids AS bigint[]))",
    "time_entry_ids": "e.id = ANY(cast(:time_entry_ids AS bigint[]))",
    # Whatever a search could ask for: the role chosen, those of the person, of the task's assignments and of the
    # people on them, and those that the person is billed as. On any day, so that each list is made once for all hours.
    "role_ids": """(
        e.role_id = ANY(cast(:role_ids AS bigint[]))
        OR e.person_id IN (SELECT person_id FROM person_role WHERE role_id = ANY(cast(:role_ids AS bigint[])))
        OR (e.project_id, e.person_id) IN (
            SELECT project_id, person_id FROM project_billing_role WHERE role_id = ANY(cast(:role_ids AS bigint[])))
        OR e.task_id IN (
            SELECT a.task_id FROM assignment a
            WHERE a.role_id = ANY(cast(:role_ids AS bigint[])) OR a.billing_role_id = ANY(cast(:role_ids AS bigint[]))
            UNION ALL
            SELECT a.task_id FROM assignment a JOIN person_role r ON r.person_id = a.person_id
            WHERE r.role_id = ANY(cast(:role_ids AS bigint[]))))""",
    "rate_line_ids": """e.reason_id IN (
        SELECT w.id FROM rating_reason w WHERE w.cost_rate_line_id = ANY(cast(:rate_line_ids AS bigint[]))
            OR w.revenue_rate_line_id = ANY(cast(:rate_line_ids AS bigint[])))""",
}
# A share of a cap that moved is not a rating: what was recalculated before it stays recalculated.
_ONLY_NEW = """NOT EXISTS (
    SELECT FROM valuation v WHERE v.id = e.valuation_id AND CASE v.cause WHEN 'CAP_MOVED' THEN (
        SELECT r.cause FROM valuation r WHERE r.time_entry_id = e.id AND r.cause <> 'CAP_MOVED'
        ORDER BY r.id DESC LIMIT 1) ELSE v.cause END IN ('RECALCULATED', 'UNDONE'))"""


def scope_condition(scope: RecalculationScope) -> tuple[str, dict[str, Any]]:
    """A condition on ``time_entry e`` and its values, without the organisation; ``true`` where nothing chooses."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    for name, condition in _PARTS.items():
        if ids := getattr(scope, name):
            parts.append(condition)
            values[name] = list(ids)
    for sign, name, day in ((">=", "first_day", scope.days.valid_from), ("<", "until_day", scope.days.valid_until)):
        if day is not None:
            parts.append(f"e.work_date {sign} :{name}")
            values[name] = day
    if scope.only_new:
        parts.append(_ONLY_NEW)
    return " AND ".join(parts) or "true", values


async def projects_in_scope(session: Session, organisation_id: int, scope: RecalculationScope) -> list[int | None]:
    """The projects with hours in scope, in order; None at the end: there is general time in it.

    Those that the scope names by itself come along even if they have no hours, or are not there.
    """
    if scope.is_by_project:
        return [*sorted(set(scope.project_ids))]
    condition, values = scope_condition(scope)
    rows = await session.execute(
        text(f"""
            SELECT DISTINCT e.project_id FROM time_entry e
            WHERE e.organisation_id = :organisation AND e.deleted_at IS NULL AND {condition}
            ORDER BY e.project_id NULLS LAST
        """),
        {"organisation": organisation_id, **values},
    )
    found: list[int | None] = [row.project_id for row in rows]
    projects = sorted({*scope.project_ids, *(one for one in found if one is not None)})
    return [*projects, None] if None in found else [*projects]

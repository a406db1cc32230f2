"""Which row of a task's assignments speaks for an hour: the logger's own, else one of a role that is open."""

from __future__ import annotations

ASSIGNEE_ROWS = """
    LEFT JOIN LATERAL (
        SELECT id, role_id, is_billable, billing_role_id FROM assignment a
        WHERE a.task_id = e.task_id AND a.person_id = e.person_id ORDER BY a.is_primary DESC, a.id LIMIT 1
    ) own ON true
    LEFT JOIN LATERAL (
        SELECT id, role_id, is_billable FROM assignment a
        WHERE a.task_id = e.task_id
          AND NOT EXISTS (SELECT FROM assignment n WHERE n.task_id = e.task_id AND n.person_id IS NOT NULL)
        ORDER BY a.is_primary DESC, a.id LIMIT 1
    ) open_role ON true
    LEFT JOIN LATERAL (
        SELECT a.id, a.role_id, a.is_billable FROM assignment a JOIN person_role r ON r.role_id = a.role_id
        WHERE open_role.id IS NOT NULL AND a.task_id = e.task_id AND r.person_id = e.person_id
          AND daterange(r.valid_from, r.valid_until) @> e.work_date
        ORDER BY r.is_primary DESC, a.is_primary DESC, a.id LIMIT 1
    ) fitting ON true
"""
"""``own``, ``open_role`` (only where no person is assigned: the primary row) and ``fitting`` (the row of one of the
logger's roles then) of a time entry ``e``. Source: project-finances §3.4 REC c."""

SPEAKS = "coalesce(own.id, fitting.id, open_role.id)"
"""Id of the row that speaks for the hour; NULL without assignments, and for an outsider where people are assigned."""

IS_BILLABLE = "coalesce(own.is_billable, fitting.is_billable, open_role.is_billable, true)"
"""Whether that row lets the hour earn (C-18)."""

IS_CHARGEABLE = f"(h.counts_as_revenue AND coalesce(t.revenue_type, 'USER_HOURLY') <> 'NOT_BILLABLE' AND {IS_BILLABLE})"
"""Whether hour type ``h``, task ``t`` and that row all let the hour earn (project-invoicing §2.3)."""

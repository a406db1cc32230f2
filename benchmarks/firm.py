"""A firm of any size for benchmarks: projects, people, dated rates on three levels, hours in the order of their days.

As in life: a thousand hours a project, some far more; teams of 25 of 500 people in 40 roles; 20 tasks a project, of
which 40 % bill by role, 35 % by person, 15 % at a price of their own and 10 % nothing; an eighth of the hourly ones has
a cap; rates that change on two days, with a gap; every tenth hour is billed. Everything follows from the number of an
hour, so that the same firm comes out every time.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from benchmarks.room import Room, vacuum
from hourledger.core.recalculation import RecalculationScope
from hourledger.jobs.recalculate import work_on
from hourledger.jobs.tools import Tools
from hourledger.services.recalculation_runs import request_recalculation
from models.queries.roll_ups import fold_roll_ups, rebuild_roll_ups
from models.secrets import SecretBox


@dataclass(frozen=True)
class Firm:
    """Ids of the first project and role, and how many hours there are."""

    room: Room
    projects: int
    entries: int


async def firm_of_size(room: Room, entries: int, projects: int) -> Firm:
    """Everybody at work, every hour rated by a first run and booked."""
    async with room.transactions.begin(room.principal) as unit:
        run = unit.session.execute
        bound = {"org": unit.organisation_id, "projects": projects, "entries": entries, "person": room.person}
        # In bulk, past triggers and foreign keys: what goes in fits together by construction.
        await run(text("SET LOCAL session_replication_role = replica"))
        for statement in _STATEMENTS:
            await run(text(statement), bound)
    async with room.transactions.database.session() as session:
        await rebuild_roll_ups(session)
        await session.commit()
        while await fold_roll_ups(session):
            await session.commit()
    await vacuum(room)
    await recalculate_all(room)
    async with room.transactions.begin(room.principal) as unit:
        await unit.session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in _BOOKED:
            await unit.session.execute(text(statement), {"org": unit.organisation_id})
    async with room.transactions.database.session() as session:
        await rebuild_roll_ups(session)
        await session.commit()
        while await fold_roll_ups(session):
            await session.commit()
    await vacuum(room)
    return Firm(room, projects, entries)


def tools(room: Room) -> Tools:
    """What a worker works with; no connection has secrets here."""
    return Tools(room.transactions, SecretBox([SecretStr(Fernet.generate_key().decode())]))


async def recalculate_all(room: Room, scope: RecalculationScope = RecalculationScope()) -> int:  # noqa: B008
    """A run over everything in scope, in this process; returns its id."""
    async with room.transactions.begin(room.principal) as unit:
        run_id = await request_recalculation(unit, scope, reason="benchmark")
    await work_on(tools(room), room.principal, run_id)
    return run_id


# h(n, salt): a number from 0 to 999 that looks random and is the same every time.
_HASH = "mod(abs(hashint8({} * 7919 + {})), 1000)"


def _h(what: str, salt: int) -> str:
    return _HASH.format(what, salt)


_STATEMENTS = [
    """
    INSERT INTO role (organisation_id, name, is_active, description)
    SELECT :org, 'Role ' || n, true, '' FROM generate_series(1, 40) n
    """,
    """
    INSERT INTO company (organisation_id, name, currency, is_active)
    SELECT :org, 'Customer ' || n, 'EUR', true FROM generate_series(1, 50) n
    """,
    """
    INSERT INTO person (organisation_id, name, email, is_active, cost_rate_override_allowed, filters_hour_types)
    SELECT :org, 'Person ' || n, 'person' || n || '@example.org', true, n % 2 = 0, false FROM generate_series(1, 500) n
    """,
    """
    INSERT INTO person_role (organisation_id, person_id, role_id, is_primary, share_percent)
    SELECT :org, p.id, r.first + mod(p.id, 40), true, 100
    FROM person p, (SELECT min(id) AS first FROM role WHERE organisation_id = :org AND name LIKE 'Role %') r
    WHERE p.organisation_id = :org AND p.id <> :person
    """,
    """
    INSERT INTO project (organisation_id, company_id, code, name, currency, status, fixed_cost_minor,
        fixed_revenue_minor, require_time_approval, company_rates_override, preserve_billing_rates,
        planned_benefit_minor, actual_benefit_minor, filters_hour_types, is_template)
    SELECT :org, c.first + mod(n, 50), 'P' || n, 'Project ' || n, 'EUR', 'CURRENT', 0, 0, false, false, false, 0, 0,
           false, false
    FROM generate_series(1, :projects) n,
         (SELECT min(id) AS first FROM company WHERE organisation_id = :org AND name LIKE 'Customer %') c
    """,
    f"""
    INSERT INTO task (organisation_id, project_id, name, is_issue, status, cost_type, revenue_type, billing_rate_scaled,
        billing_amount_minor, planned_seconds, percent_complete)
    SELECT :org, p.id, 'Task ' || n, false, 'IN_PROGRESS', 'USER_HOURLY',
           CASE WHEN x.kind < 350 THEN 'ROLE_HOURLY' WHEN x.kind < 400 THEN 'ROLE_HOURLY_CAP'
                WHEN x.kind < 700 THEN 'USER_HOURLY' WHEN x.kind < 750 THEN 'USER_HOURLY_CAP'
                WHEN x.kind < 900 THEN 'FIXED_HOURLY' ELSE 'NOT_BILLABLE' END,
           CASE WHEN x.kind BETWEEN 750 AND 899 THEN 900000 END,
           CASE WHEN x.kind BETWEEN 350 AND 399 OR x.kind BETWEEN 700 AND 749 THEN 200000 END, 0, 0
    FROM project p CROSS JOIN generate_series(1, 20) n
    CROSS JOIN LATERAL (SELECT {_h("(p.id * 100 + n)", 1)} AS kind) x
    WHERE p.organisation_id = :org
    """,
    # Each task has three people of the project's team, in their roles.
    """
    INSERT INTO assignment (organisation_id, task_id, person_id, role_id, is_billable, is_primary, attributes)
    SELECT :org, t.id, w.first + mod(t.project_id * 7 + mod(t.id * 3 + n, 25), 500), NULL, true, n = 0, '{}'
    FROM task t CROSS JOIN generate_series(0, 2) n,
         (SELECT min(id) AS first FROM person WHERE organisation_id = :org AND id <> :person) w
    WHERE t.organisation_id = :org
    """,
    "UPDATE assignment a SET role_id = r.role_id FROM person_role r WHERE r.person_id = a.person_id AND a.id % 4 <> 0",
    # Rates: everybody's and every role's, changing on two days; overrides of ten roles and five people a project.
    """
    INSERT INTO rate_scope (organisation_id, kind, level, person_id, attributes)
    SELECT :org, k.kind, 'PERSON', p.id, '{}' FROM person p CROSS JOIN (VALUES ('COST'), ('BILLING')) k(kind)
    WHERE p.organisation_id = :org AND p.id <> :person AND (p.id % 5 <> 0 OR k.kind = 'COST')
    """,
    """
    INSERT INTO rate_scope (organisation_id, kind, level, role_id, attributes)
    SELECT :org, k.kind, 'ROLE', r.id, '{}' FROM role r CROSS JOIN (VALUES ('COST'), ('BILLING')) k(kind)
    WHERE r.organisation_id = :org
    """,
    """
    INSERT INTO rate_scope (organisation_id, kind, level, role_id, project_id, attributes)
    SELECT :org, 'BILLING', 'PROJECT_ROLE', r.first + mod(p.id * 3 + n, 40), p.id, '{}'
    FROM project p CROSS JOIN generate_series(1, 10) n,
         (SELECT min(id) AS first FROM role WHERE organisation_id = :org AND name LIKE 'Role %') r
    WHERE p.organisation_id = :org
    """,
    """
    INSERT INTO rate_line (organisation_id, scope_id, rate_scaled, currency, unit_seconds, basis, is_locked, valid_from,
        valid_until, recorded_at, recorded_by)
    SELECT :org, s.id, 400000 + mod(s.id, 50) * 10000 + d.step * 20000, 'EUR', 3600, 'TIME', false, d.first, d.until,
           now() - interval '1 day', 'benchmark'
    FROM rate_scope s CROSS JOIN (VALUES
        (0, NULL::date, DATE '2024-07-01'), (1, DATE '2024-07-01', DATE '2025-07-01'), (2, DATE '2025-07-15', NULL)
    ) AS d(step, first, until)
    WHERE s.organisation_id = :org AND NOT EXISTS (SELECT FROM rate_line l WHERE l.scope_id = s.id)
    """,
    "ANALYZE",
    # Hours in the order of days, as they are logged: those of a project are scattered. A few projects have many.
    f"""
    INSERT INTO time_entry (organisation_id, person_id, project_id, task_id, role_id, hour_type_id, work_date, seconds,
        note, status, row_version, is_locked, logged_at, logged_by, cost_minor, revenue_minor)
    SELECT :org, a.person_id, t.project_id, t.id, NULL, h.id, DATE '2024-01-01' + (n * 1000 / :entries)::int,
           CASE WHEN n % 200 = 0 THEN -900 ELSE 900 * (1 + n % 32) END, 'An hour of work on this and that', 'APPROVED',
           1, false, now() - interval '1 day', 'benchmark', 0, 0
    FROM generate_series(cast(1 AS bigint), cast(:entries AS bigint)) n
    CROSS JOIN LATERAL (
        SELECT b.first_task + 20 * (mod(mod(n * 7919, :projects) * CASE WHEN n % 3 = 0 THEN 1 ELSE 3 END, :projects))
               + {_h("n", 2)} % 20 AS task_id
        FROM (SELECT min(id) AS first_task FROM task WHERE organisation_id = :org) b
    ) w
    JOIN task t ON t.id = w.task_id
    JOIN (
        SELECT task_id, person_id, row_number() OVER (PARTITION BY task_id ORDER BY id) - 1 AS place FROM assignment
    ) a ON a.task_id = t.id AND a.place = n % 3
    CROSS JOIN (SELECT id FROM hour_type WHERE organisation_id = :org AND name = 'Task Time') h ORDER BY n
    """,
]

_BOOKED = [
    """
    INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, task_id, company_id,
        person_id, time_entry_id, quantity, currency, amount_minor, billing_type, billing_status, adjustment_status,
        transaction_date, document_date, accounting_date, description, valuation_id, recorded_at)
    SELECT e.organisation_id, k.kind, 'TIME', e.project_id, e.task_id, p.company_id, e.person_id, e.id, e.seconds,
           'EUR', CASE k.kind WHEN 'COST' THEN e.cost_minor ELSE e.revenue_minor END, 'CHARGEABLE', 'CREATED', 'STANDS',
           e.work_date, e.work_date, e.work_date, '', e.valuation_id, now()
    FROM time_entry e JOIN project p ON p.id = e.project_id
    CROSS JOIN (VALUES ('COST'), ('UNBILLED_SALES')) AS k(kind) WHERE e.organisation_id = :org
    """,
    "UPDATE time_entry SET is_locked = true WHERE organisation_id = :org AND id % 10 = 0",
]

"""Snapshots: one state of the database to take them of, their facts in and out, and who can matter to a project."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from hourledger.core.snapshots import Fact, FactKind, as_json, from_json
from models.database import Session
from models.queries.listing.keyset import Cut
from models.queries.listing.rate_cards import ATTACHMENTS, LIVE, AttachmentView

_AT_ONCE = 5000


async def sees_one_state(session: Session) -> bool:
    """Whether all statements of this transaction see the same state of the database."""
    found = await session.execute(text("SHOW transaction_isolation"))
    return found.scalar_one() in {"repeatable read", "serializable"}


async def record_facts(session: Session, organisation_id: int, snapshot_id: int, facts: Sequence[Fact]) -> None:
    """The facts of a new snapshot, in the order given."""
    for start in range(0, len(facts), _AT_ONCE):
        some = facts[start : start + _AT_ONCE]
        await session.execute(
            text("""
                INSERT INTO snapshot_fact (organisation_id, snapshot_id, place, kind, key, label, facts)
                SELECT :organisation, :snapshot, cast(:start AS int) + n.place - 1, n.kind, n.key, n.label,
                       cast(n.facts AS jsonb)
                FROM unnest(cast(:kinds AS text[]), cast(:keys AS text[]), cast(:labels AS text[]),
                            cast(:facts AS text[])) WITH ORDINALITY AS n(kind, key, label, facts, place)
            """),
            {
                "organisation": organisation_id,
                "snapshot": snapshot_id,
                "start": start,
                "kinds": [one.kind.value for one in some],
                "keys": [one.key for one in some],
                "labels": [one.label for one in some],
                "facts": [json.dumps(as_json(one.values)) for one in some],
            },
        )


async def recorded_facts(session: Session, organisation_id: int, snapshot_id: int) -> list[Fact]:
    """All facts of a snapshot, in its order."""
    rows = await session.execute(
        text("""
            SELECT kind, key, label, facts FROM snapshot_fact
            WHERE organisation_id = :organisation AND snapshot_id = :snapshot ORDER BY place
        """),
        {"organisation": organisation_id, "snapshot": snapshot_id},
    )
    return [Fact(FactKind(row.kind), row.key, row.label, from_json(row.facts)) for row in rows]


async def delete_facts(session: Session, organisation_id: int, snapshot_id: int) -> int:
    """How many there were."""
    rows: Any = await session.execute(
        text("DELETE FROM snapshot_fact WHERE organisation_id = :organisation AND snapshot_id = :snapshot"),
        {"organisation": organisation_id, "snapshot": snapshot_id},
    )
    return int(rows.rowcount)


async def attachments_in_force(session: Session, organisation_id: int, project_id: int) -> list[AttachmentView]:
    """Of the project; of those on all projects the ones whose kind of card it has none of its own of."""
    found = await ATTACHMENTS.page(
        session,
        organisation_id,
        Cut(_AT_ONCE),
        (
            LIVE,
            """(a.project_id = :project OR a.project_id IS NULL AND NOT EXISTS (
                SELECT FROM rate_attachment o WHERE o.project_id = :project AND o.rate_card_id IS NOT NULL
                AND o.kind = a.kind AND o.retired_at IS NULL))""",
        ),
        {"project": project_id},
    )
    return list(found.rows)


async def people_and_roles(session: Session, organisation_id: int, project_id: int) -> tuple[list[int], list[int]]:
    """Whoever is assigned to, billed on or has logged on a project; and every role that they or its budgets have."""
    rows = await session.execute(
        text("""
            WITH assigned AS (
                SELECT a.person_id, a.role_id, a.billing_role_id FROM assignment a JOIN task t ON t.id = a.task_id
                WHERE t.organisation_id = :organisation AND t.project_id = :project
            ), logged AS (
                SELECT DISTINCT e.person_id, e.role_id FROM time_entry e
                WHERE e.organisation_id = :organisation AND e.project_id = :project AND e.deleted_at IS NULL
            ), billed AS (
                SELECT b.person_id, b.role_id FROM project_billing_role b
                WHERE b.organisation_id = :organisation AND b.project_id = :project
            ), people AS (
                SELECT person_id FROM assigned UNION SELECT person_id FROM logged UNION SELECT person_id FROM billed
            ), roles AS (
                SELECT role_id FROM assigned UNION SELECT billing_role_id FROM assigned UNION SELECT role_id FROM logged
                UNION SELECT role_id FROM billed
                UNION SELECT r.role_id FROM person_role r JOIN people p ON p.person_id = r.person_id
                UNION SELECT g.role_id FROM role_budget g
                      WHERE g.organisation_id = :organisation AND g.project_id = :project
            )
            SELECT ARRAY(SELECT person_id FROM people WHERE person_id IS NOT NULL ORDER BY 1) AS people,
                   ARRAY(SELECT role_id FROM roles WHERE role_id IS NOT NULL ORDER BY 1) AS roles
        """),
        {"organisation": organisation_id, "project": project_id},
    )
    found = rows.one()
    return list(found.people), list(found.roles)

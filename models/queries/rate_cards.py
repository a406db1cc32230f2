"""What rate cards need besides rows: which projects are out of date, a card as it stood, its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.pricing import Price, PricedDays
from hourledger.core.rates import RateBasis
from hourledger.core.work import RateKind
from models.database import Session


@dataclass(frozen=True, slots=True)
class OutdatedView:
    """An attachment that shows less than its card says now; ``project_id`` None: that on every project."""

    id: int
    project_id: int | None
    known_at: datetime
    changed_at: datetime | None


async def outdated_attachments(session: Session, organisation_id: int, card_id: int) -> list[OutdatedView]:
    """Live attachments of the card that are older than a change of its lines, or have other days than the card."""
    rows = await session.execute(
        text("""
            WITH line AS (
                SELECT max(greatest(l.recorded_at, l.retired_at)) AS changed_at
                FROM rate_line l JOIN rate_scope s ON s.id = l.scope_id
                WHERE s.organisation_id = :organisation AND s.rate_card_id = :card
            )
            SELECT a.id, a.project_id, a.known_at, line.changed_at
            FROM rate_attachment a JOIN rate_card c ON c.id = a.rate_card_id CROSS JOIN line
            WHERE a.organisation_id = :organisation AND a.rate_card_id = :card AND a.retired_at IS NULL
              AND (line.changed_at > a.known_at OR a.valid_from IS DISTINCT FROM c.valid_from
                   OR a.valid_until IS DISTINCT FROM c.valid_until)
            ORDER BY a.project_id
        """),
        {"organisation": organisation_id, "card": card_id},
    )
    return [OutdatedView(**row) for row in rows.mappings()]


async def is_attached_after(
    session: Session, organisation_id: int, at: datetime, *, card_id: int | None = None, company_id: int | None = None
) -> bool:
    """Whether any project has the card, or the customer's rates, as they stood at a later instant than ``at``."""
    rows = await session.execute(
        text("""
            SELECT EXISTS (
                SELECT FROM rate_attachment a WHERE a.organisation_id = :organisation AND a.known_at > :at
                AND (a.rate_card_id = cast(:card AS bigint) OR a.company_id = cast(:company AS bigint))
            ) AS found
        """),
        {"organisation": organisation_id, "at": at, "card": card_id, "company": company_id},
    )
    return bool(rows.scalar_one())


@dataclass(frozen=True, slots=True)
class VersionView:
    """An instant at which lines of a card changed: who, how many were added, how many went."""

    at: datetime
    changed_by: str | None
    added: int
    retired: int


async def card_versions(session: Session, organisation_id: int, card_id: int) -> list[VersionView]:
    """Newest first. Who only took lines away stands in the audit log alone."""
    rows = await session.execute(
        text("""
            WITH line AS (
                SELECT l.* FROM rate_line l JOIN rate_scope s ON s.id = l.scope_id
                WHERE s.organisation_id = :organisation AND s.rate_card_id = :card
            ), change AS (
                SELECT recorded_at AS at, recorded_by AS who, 1 AS added, 0 AS retired FROM line
                UNION ALL
                SELECT retired_at, NULL, 0, 1 FROM line WHERE retired_at IS NOT NULL
            )
            SELECT c.at, sum(c.added) AS added, sum(c.retired) AS retired,
                   coalesce(min(c.who), (
                       SELECT min(a.actor) FROM audit a
                       WHERE a.organisation_id = :organisation AND a.recorded_at = c.at
                         AND a.entity = 'rate_line' AND a.entity_id IN (SELECT id FROM line WHERE retired_at = c.at)
                   )) AS changed_by
            FROM change c GROUP BY c.at ORDER BY c.at DESC
        """),
        {"organisation": organisation_id, "card": card_id},
    )
    return [VersionView(**row) for row in rows.mappings()]


@dataclass(frozen=True, slots=True)
class CardScope:
    """Whose line of a card it is."""

    kind: RateKind
    role_id: int
    attributes: tuple[tuple[int, int], ...]


async def card_lines_at(
    session: Session, organisation_id: int, card_id: int, at: datetime | None
) -> dict[CardScope, list[PricedDays]]:
    """The card's ranges as they stood at an instant; None: as they are now. By role, then attributes, then days."""
    rows = await session.execute(
        text("""
            SELECT s.kind, s.role_id, s.attributes, l.rate_scaled, l.currency, l.unit_seconds, l.basis, l.is_locked,
                   l.valid_from, l.valid_until
            FROM rate_line l JOIN rate_scope s ON s.id = l.scope_id JOIN role r ON r.id = s.role_id
            WHERE s.organisation_id = :organisation AND s.rate_card_id = :card
              AND CASE WHEN cast(:at AS timestamptz) IS NULL THEN l.retired_at IS NULL
                       ELSE l.recorded_at <= :at AND (l.retired_at IS NULL OR l.retired_at > :at) END
            ORDER BY r.name, s.kind, s.id, l.valid_from NULLS FIRST
        """),
        {"organisation": organisation_id, "card": card_id, "at": at},
    )
    found: dict[CardScope, list[PricedDays]] = {}
    for row in rows:
        attributes = tuple(sorted((int(key), value) for key, value in row.attributes.items()))
        found.setdefault(CardScope(RateKind(row.kind), row.role_id, attributes), []).append(_priced(row))
    return found


def _priced(row: Any) -> PricedDays:
    rate = HourlyRate(row.rate_scaled, row.currency, row.unit_seconds)
    return PricedDays(Period(row.valid_from, row.valid_until), Price(rate, RateBasis(row.basis), row.is_locked))


async def company_rates_changed_at(session: Session, organisation_id: int, company_id: int) -> datetime | None:
    """When the rates of a customer changed last; None: it never had any."""
    rows = await session.execute(
        text("""
            SELECT max(greatest(l.recorded_at, l.retired_at)) AS changed_at
            FROM rate_line l JOIN rate_scope s ON s.id = l.scope_id
            WHERE s.organisation_id = :organisation AND s.company_id = :company
        """),
        {"organisation": organisation_id, "company": company_id},
    )
    found: datetime | None = rows.scalar_one()
    return found


async def project_lines_of_company_roles(
    session: Session, organisation_id: int, project_id: int, company_id: int
) -> list[int]:
    """Live billing lines of the project for roles that the customer has rates for, in force on any day."""
    rows = await session.execute(
        text("""
            SELECT l.id FROM rate_line l JOIN rate_scope s ON s.id = l.scope_id
            WHERE s.organisation_id = :organisation AND s.project_id = :project AND s.level = 'PROJECT_ROLE'
              AND s.kind = 'BILLING' AND l.retired_at IS NULL
              AND EXISTS (
                  SELECT FROM rate_line cl JOIN rate_scope cs ON cs.id = cl.scope_id
                  WHERE cs.organisation_id = :organisation AND cs.company_id = :company AND cs.role_id = s.role_id
                    AND cs.level = 'COMPANY_ROLE' AND cs.kind = 'BILLING' AND cl.retired_at IS NULL
              )
            ORDER BY l.id FOR UPDATE OF l
        """),
        {"organisation": organisation_id, "project": project_id, "company": company_id},
    )
    return [row.id for row in rows]


async def roles_of_project(session: Session, organisation_id: int, project_id: int, day: date) -> list[int]:
    """Roles that work on a project: assigned, billed as, primary roles of people on it, those with rates on it."""
    rows = await session.execute(
        text("""
            SELECT r.id FROM role r WHERE r.organisation_id = :organisation AND r.id IN (
                SELECT a.role_id FROM assignment a JOIN task t ON t.id = a.task_id
                WHERE t.project_id = :project AND t.deleted_at IS NULL
                UNION
                SELECT a.billing_role_id FROM assignment a JOIN task t ON t.id = a.task_id
                WHERE t.project_id = :project AND t.deleted_at IS NULL
                UNION
                SELECT b.role_id FROM project_billing_role b WHERE b.project_id = :project
                UNION
                SELECT s.role_id FROM rate_scope s WHERE s.project_id = :project
                UNION
                SELECT p.role_id FROM assignment a JOIN task t ON t.id = a.task_id
                    JOIN person_role p ON p.person_id = a.person_id AND p.is_primary
                WHERE t.project_id = :project AND t.deleted_at IS NULL
                    AND daterange(p.valid_from, p.valid_until) @> cast(:day AS date)
            ) ORDER BY r.name
        """),
        {"organisation": organisation_id, "project": project_id, "day": day},
    )
    return [row.id for row in rows]

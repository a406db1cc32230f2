"""Histories of exchange rates as they are kept, and what in an organisation depends on a currency."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import text

from hourledger.core.money import ExchangeRate
from hourledger.core.periods import Period
from models.database import Session


async def lock_exchange_rates(session: Session, organisation_id: int) -> str:
    """One change of an organisation's exchange rates at a time, until the transaction ends. Gives the base currency.

    It is read anew: whoever waited here for a change of the base must not go on with the old one.
    """
    query = text("SELECT base_currency FROM organisation WHERE id = :organisation FOR NO KEY UPDATE")
    return str((await session.execute(query, {"organisation": organisation_id})).scalar_one())


async def lock_books(session: Session, organisation_id: int) -> str:
    """Likewise, and nobody adds a row that belongs to the organisation meanwhile."""
    query = text("SELECT base_currency FROM organisation WHERE id = :organisation FOR UPDATE")
    return str((await session.execute(query, {"organisation": organisation_id})).scalar_one())


async def histories(
    session: Session, organisation_id: int, project_id: int | None, currencies: Collection[str] | None = None
) -> dict[str, list[ExchangeRate]]:
    """By currency, in order: the rates in force of the organisation, or of one project. ``currencies``: only these."""
    rows = await session.execute(
        text("""
            SELECT id, currency, rate, valid_from, valid_until, source FROM exchange_rate
            WHERE organisation_id = :organisation AND project_id IS NOT DISTINCT FROM cast(:project AS bigint)
              AND retired_at IS NULL
              AND (cast(:currencies AS text[]) IS NULL OR currency = ANY(cast(:currencies AS text[])))
            ORDER BY currency, valid_from NULLS FIRST
        """),
        {
            "organisation": organisation_id,
            "project": project_id,
            "currencies": None if currencies is None else sorted(currencies),
        },
    )
    found: dict[str, list[ExchangeRate]] = {}
    for row in rows:
        period = Period(row.valid_from, row.valid_until)
        found.setdefault(row.currency, []).append(ExchangeRate(row.currency, row.rate, period, row.id, row.source))
    return found


async def retire(session: Session, organisation_id: int, row_ids: Collection[int], *, at: datetime) -> None:
    """These rows are not in force any more; what was rated by them still names them."""
    await session.execute(
        text("UPDATE exchange_rate SET retired_at = :at WHERE organisation_id = :organisation AND id = ANY(:ids)"),
        {"at": at, "organisation": organisation_id, "ids": sorted(row_ids)},
    )


async def record(
    session: Session, organisation_id: int, project_id: int | None, rates: Sequence[ExchangeRate], *, at: datetime
) -> list[int]:
    """The ids of the new rows, in the order given; one statement however many there are."""
    rows = await session.execute(
        text("""
            INSERT INTO exchange_rate (organisation_id, project_id, currency, rate, valid_from, valid_until, source,
                                       recorded_at)
            SELECT :organisation, cast(:project AS bigint), n.currency, n.rate, n.valid_from, n.valid_until, n.source,
                   :at
            FROM unnest(cast(:currencies AS text[]), cast(:rates AS numeric[]), cast(:froms AS date[]),
                        cast(:untils AS date[]), cast(:sources AS text[])) WITH ORDINALITY
                 AS n(currency, rate, valid_from, valid_until, source, place)
            ORDER BY n.place RETURNING id
        """),
        {
            "organisation": organisation_id,
            "project": project_id,
            "at": at,
            "currencies": [one.currency for one in rates],
            "rates": [one.rate for one in rates],
            "froms": [one.period.valid_from for one in rates],
            "untils": [one.period.valid_until for one in rates],
            "sources": [one.source for one in rates],
        },
    )
    return [row.id for row in rows]


async def configured_currencies(session: Session, organisation_id: int) -> list[str]:
    """The currencies that have an exchange rate of the organisation, in the order of the alphabet."""
    rows = await session.execute(
        text("""
            SELECT DISTINCT currency FROM exchange_rate
            WHERE organisation_id = :organisation AND project_id IS NULL AND retired_at IS NULL ORDER BY currency
        """),
        {"organisation": organisation_id},
    )
    return [row.currency for row in rows]


async def users_of_currencies(session: Session, organisation_id: int) -> dict[str, list[str]]:
    """By currency, what would need its exchange rate: projects, customers, rates, prices of expenses; in words."""
    rows = await session.execute(
        text("""
            SELECT currency, 'project ' || min(code) AS used_by, count(*) AS many FROM project
            WHERE organisation_id = :organisation GROUP BY currency
            UNION ALL SELECT currency, 'customer ' || min(name), count(*) FROM company
            WHERE organisation_id = :organisation GROUP BY currency
            UNION ALL SELECT currency, 'a rate per hour', count(*) FROM rate_line
            WHERE organisation_id = :organisation AND retired_at IS NULL GROUP BY currency
            UNION ALL SELECT currency, 'expense type ' || min(name), count(*) FROM expense_type
            WHERE organisation_id = :organisation AND currency IS NOT NULL GROUP BY currency
            ORDER BY 1, 2
        """),
        {"organisation": organisation_id},
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        others = f" and {row.many - 1} more" if row.many > 1 else ""
        found.setdefault(row.currency, []).append(f"{row.used_by}{others}")
    return found


async def projects_with_own_rates(session: Session, organisation_id: int) -> list[str]:
    """Their codes."""
    rows = await session.execute(
        text("""
            SELECT DISTINCT p.code FROM exchange_rate x JOIN project p ON p.id = x.project_id
            WHERE x.organisation_id = :organisation AND x.retired_at IS NULL ORDER BY p.code
        """),
        {"organisation": organisation_id},
    )
    return [row.code for row in rows]


async def has_financial_data(session: Session, organisation_id: int) -> bool:
    """Whether work was logged, money spent, or anything billed or booked in the organisation, ever."""
    rows = await session.execute(
        text("""
            SELECT EXISTS (SELECT FROM time_entry WHERE organisation_id = :organisation)
                OR EXISTS (SELECT FROM expense WHERE organisation_id = :organisation)
                OR EXISTS (SELECT FROM actual WHERE organisation_id = :organisation)
                OR EXISTS (SELECT FROM billing_record WHERE organisation_id = :organisation)
                OR EXISTS (SELECT FROM journal_entry WHERE organisation_id = :organisation)
        """),
        {"organisation": organisation_id},
    )
    return bool(rows.scalar_one())


async def stored_money_of_project(session: Session, organisation_id: int, project_id: int) -> list[str]:
    """What is kept in minor units of the project's currency and would mean something else in another, in words.

    Deleted work counts: its actuals were reversed, but they stand in the currency they were made in.
    """
    rows = await session.execute(
        text("""
            SELECT what FROM project p CROSS JOIN LATERAL (VALUES
                ('logged time', EXISTS (SELECT FROM time_entry e WHERE e.project_id = p.id)),
                ('expenses', EXISTS (SELECT FROM expense x WHERE x.project_id = p.id)),
                ('actuals', EXISTS (SELECT FROM actual a WHERE a.project_id = p.id)),
                ('a fixed cost or revenue', p.fixed_cost_minor <> 0 OR p.fixed_revenue_minor <> 0),
                ('amounts or rates on tasks', EXISTS (
                    SELECT FROM task t WHERE t.project_id = p.id
                    AND num_nonnulls(t.cost_rate_scaled, t.billing_rate_scaled, t.billing_amount_minor) > 0)),
                ('lines of a billing record', EXISTS (
                    SELECT FROM billing_record_line l WHERE l.project_id = p.id)),
                ('billing records of its contract', EXISTS (
                    SELECT FROM contract_line l JOIN billing_record r ON r.contract_id = l.contract_id
                    WHERE l.project_id = p.id)),
                ('a contracted amount', EXISTS (
                    SELECT FROM contract_line l WHERE l.project_id = p.id AND l.contracted_minor IS NOT NULL)),
                ('a contract that was agreed in its currency', EXISTS (
                    SELECT FROM contract_line l JOIN contract c ON c.id = l.contract_id
                    WHERE l.project_id = p.id AND NOT c.is_implicit))
            ) AS found(what, is_there)
            WHERE p.organisation_id = :organisation AND p.id = :project AND is_there
        """),
        {"organisation": organisation_id, "project": project_id},
    )
    return [row.what for row in rows]


async def follow_currency(session: Session, organisation_id: int, project_id: int, currency: str) -> None:
    """The implicit contract of a project is in the project's currency."""
    await session.execute(
        text("""
            UPDATE contract c SET currency = :currency
            WHERE c.organisation_id = :organisation AND c.is_implicit
              AND EXISTS (SELECT FROM contract_line l WHERE l.contract_id = c.id AND l.project_id = :project)
        """),
        {"currency": currency, "organisation": organisation_id, "project": project_id},
    )


async def first_planned_day(session: Session, organisation_id: int, project_id: int) -> date | None:
    """The earliest day on which a task of the project begins; None: none says when. A parent's plan is theirs."""
    rows = await session.execute(
        text("""
            SELECT min(coalesce(t.planned_start, t.planned_completion)) FROM task t
            WHERE t.organisation_id = :organisation AND t.project_id = :project AND NOT t.is_issue
              AND t.deleted_at IS NULL AND NOT EXISTS (
                  SELECT FROM task below
                  WHERE below.parent_id = t.id AND NOT below.is_issue AND below.deleted_at IS NULL)
        """),
        {"organisation": organisation_id, "project": project_id},
    )
    found: date | None = rows.scalar_one()
    return found

"""Comparing what is stored with the model of chain_model.py, and with the rules of chain_rules.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from hourledger.core.access import Principal
from hourledger.core.money import ExchangeRate, ExchangeRates, HourlyRate
from hourledger.core.periods import Period
from hourledger.core.rates import (
    PROJECT_HOURS,
    Level,
    RateKey,
    RateLine,
    RateTable,
    RatingInput,
    Subject,
    rate_hours,
    shipped_policy,
)
from hourledger.core.work import CostType, RateKind, RevenueType
from hourledger.services.project_finances import project_finances
from hourledger.transactions import Transactions
from models.queries.roll_ups import roll_up_differences
from tests.conftest import MovableClock
from tests.services.chain_model import (
    EXCHANGE_BEFORE,
    EXCHANGE_FROM_15,
    EXPONENT,
    Model,
    Record,
    exchange,
    to_minor,
)
from tests.services.chain_rules import BROKEN_IF_FOUND, REACHABLE, REACHABLE_BUT_COST
from tests.support.recalculating import recalculate_project

TASKS = {
    "plain": RevenueType.USER_HOURLY,
    "capped": RevenueType.USER_HOURLY_CAP,
    "gift": RevenueType.NOT_BILLABLE,
    "fixed": RevenueType.FIXED_REVENUE,
}
GUEST_TASKS = {"guest": RevenueType.USER_HOURLY, "guest's gift": RevenueType.NOT_BILLABLE}


def day_of_june(day: int) -> date:
    return date(2026, 6, day)


@dataclass
class Watched:
    """An organisation, and what it should have come to by now."""

    transactions: Transactions
    clock: MovableClock
    principal: Principal
    person: int
    projects: dict[str, int]
    tasks: dict[tuple[str, str], int]
    guests: dict[str, int] = field(default_factory=dict)
    model: Model = field(default_factory=Model)
    posted: dict[int, list[str]] = field(default_factory=dict)

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.transactions.database.session() as session:
            found = await session.execute(text(query), {"organisation": self.principal.organisation_id, **values})
            return [tuple(row) for row in found]

    async def reachable(self, record_id: int, *, but_cost: bool = False) -> list[str]:
        """A fingerprint of every row that a posted record stands on or wrote, table by table."""
        queries = REACHABLE_BUT_COST if but_cost else REACHABLE
        return [str((await self.rows(query, record=record_id))[0][0]) for query in queries]

    async def require_postings(self, record: Record) -> None:
        """The customer's leg and the revenue legs, in both currencies, by the rate of the accounting date."""
        currency = self.model.currency(record.project)
        legs = [amount for amount in (self.model.invoiced(record), record.fixed) if amount]
        in_base = [
            to_minor(Decimal(leg).scaleb(-EXPONENT[currency]), exchange(currency, record.day), "EUR") for leg in legs
        ]
        found = await self.rows(
            "SELECT p.amount_minor, p.base_minor, p.currency, p.base_currency FROM journal_posting p "
            "JOIN journal_entry e ON e.id = p.journal_entry_id WHERE e.billing_record_id = :record "
            "ORDER BY p.line_number",
            record=record.id,
        )
        expected = [(sum(legs), sum(in_base)), *((-leg, -base) for leg, base in zip(legs, in_base, strict=True))]
        assert found == [(*amounts, currency, "EUR") for amounts in expected]

    async def require_roll_ups(self) -> None:
        """The sums that the database keeps are those of the rows, folded or not."""
        async with self.transactions.database.session() as session:
            assert await roll_up_differences(session, self.principal.organisation_id) == []

    async def look(self) -> None:
        """Every figure is the model's, and no rule is broken."""
        async with self.transactions.begin(self.principal) as unit:
            finances = await project_finances(unit, [*self.projects.values()])
        for name, project_id in self.projects.items():
            one, expected = finances[project_id], self.model.figures(name)
            found = {what: getattr(one, what) for what in expected}
            assert {what: getattr(amount, "minor", amount) for what, amount in found.items()} == expected, name
        stored = await self.rows(
            "SELECT id, cost_minor, revenue_minor, is_locked, deleted_at IS NOT NULL FROM time_entry "
            "WHERE organisation_id = :organisation ORDER BY id"
        )
        modelled = sorted(self.model.entries.values(), key=lambda one: one.id)
        assert stored == [(one.id, one.cost, one.revenue, one.is_locked, one.is_deleted) for one in modelled]
        totals = await self.rows(
            "SELECT r.id, r.status, coalesce(sum(l.amount_minor) FILTER (WHERE l.billing_type = 'CHARGEABLE'), 0)::int "
            "FROM billing_record r LEFT JOIN billing_record_line l ON l.billing_record_id = r.id "
            "WHERE r.organisation_id = :organisation AND r.status IN ('CONFIRMED', 'POSTED') "
            "GROUP BY r.id ORDER BY r.id"
        )
        final = [one for one in self.model.records.values() if one.status in {"CONFIRMED", "POSTED"}]
        assert totals == [(one.id, one.status, self.model.total(one)) for one in final]
        for rule, query in BROKEN_IF_FOUND.items():
            assert await self.rows(query) == [], rule

    async def finish(self) -> None:
        """At the end: recalculating twice, rating by hand, and what was posted is as it was."""
        for again in (False, True):
            for name, project_id in self.projects.items():
                async with self.transactions.begin(self.principal) as unit:
                    done = await recalculate_project(unit, project_id)
                assert not (again and done.changed), f"recalculating {name} again changed {done.changed}"
                self.model.recalculate(name)
        await self.look()
        await self.require_cents_of_core()
        for record_id, before in self.posted.items():
            assert await self.reachable(record_id) == before

    async def require_cents_of_core(self) -> None:
        """One entry at a time, rated by core from the model's rates: the cents the services stored."""
        table = RateTable(
            (
                RateKey(RateKind(kind), Level.PERSON, None, self.person),
                RateLine(HourlyRate.of(rate, currency), Period.inclusive(day_of_june(day), day_of_june(day))),
            )
            for kind, days in self.model.rates.items()
            for day, (rate, currency) in days.items()
        )
        rates = ExchangeRates(
            "EUR",
            [
                ExchangeRate(currency, rate, period)
                for known, period in (
                    (EXCHANGE_BEFORE, Period(None, day_of_june(15))),
                    (EXCHANGE_FROM_15, Period(day_of_june(15), None)),
                )
                for currency, rate in known.items()
            ],
        )
        stored = await self.rows(
            "SELECT e.id, v.cost_minor, v.uncapped_revenue_minor FROM time_entry e "
            "JOIN valuation v ON v.id = e.valuation_id "
            "WHERE e.organisation_id = :organisation AND e.deleted_at IS NULL AND NOT e.is_locked"
        )
        for entry_id, cost, revenue in stored:
            entry = self.model.entries[entry_id]
            facts = RatingInput(
                on=day_of_june(entry.day),
                seconds=entry.seconds,
                currency=self.model.currency(entry.project),
                cost_type=None if entry.task == "none" else CostType.USER_HOURLY,
                revenue_type=None if entry.task == "none" else (TASKS | GUEST_TASKS)[entry.task],
                subjects={Subject.OWNER: self.person, Subject.PROJECT: self.projects[entry.project]},
                untyped=PROJECT_HOURS,
            )
            rated = rate_hours(facts, shipped_policy("workfront-1"), table, rates)
            assert (rated.cost.amount.minor, rated.revenue.amount.minor) == (cost, revenue)

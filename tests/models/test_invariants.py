"""What the database itself refuses, whatever program asks: each trigger and constraint of migration 0002 bites."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import psycopg
import pytest
from psycopg import AsyncConnection

from hourledger.core.access import Principal
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.post_billing_record import post_billing_record
from hourledger.transactions import Transactions
from models.errors import _BY_CONSTRAINT, _BY_STATE
from tests.support.world import create_world, log

JUNE = date(2026, 6, 15)


@pytest.fixture
async def books(transactions: Transactions, admin: Principal, database_url: str) -> AsyncIterator[AsyncConnection]:
    """June is billed and posted, one hour of July is on a draft; a delivery of June was verified, one waits."""
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", JUNE)
        draft = ExpenseDraft(world.portal, "Travel", "Train", actual_minor=5000, paid_on=JUNE, is_billable=True)
        await add_expense(unit, draft)
        june = await create_billing_record(unit, BillingRequest([world.portal]))
        await confirm_billing_record(unit, june)
        await post_billing_record(unit, june)
        await log(unit, world, "1", date(2026, 7, 1))
        await create_billing_record(unit, BillingRequest([world.portal]))
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute(SETTING)
        yield connection


SETTING = """
    INSERT INTO connection (organisation_id, direction, connector, name, config, status)
    SELECT id, 'TARGET', 'beancount', names.name, '{}', 'ACTIVE' FROM organisation
    CROSS JOIN (VALUES ('one'), ('two'), ('three')) AS names(name);
    INSERT INTO delivery (organisation_id, connection_id, journal_entry_id, reference, payload, payload_sha256,
                          accounting_date, state, attempts)
    SELECT c.organisation_id, c.id, j.id, j.reference, '{}', 'as sent', j.accounting_date,
           CASE c.name WHEN 'one' THEN 'VERIFIED' WHEN 'two' THEN 'SENDING' ELSE 'PENDING' END, 1
    FROM connection c, journal_entry j;
    INSERT INTO delivery_attempt (organisation_id, delivery_id, step, outcome, detail)
    SELECT organisation_id, id, 'send', 'verified', '' FROM delivery;
    INSERT INTO fiscal_period (organisation_id, name, valid_from, valid_until, status)
    SELECT id, '2026', '2026-01-01', '2027-01-01', 'OPEN' FROM organisation;
"""


async def attempt(connection: AsyncConnection, statement: str) -> str:
    """What happened to a statement, deferred checks included; nothing of it is kept."""
    try:
        async with connection.transaction(force_rollback=True):
            result = await connection.execute(statement)
            touched = result.rowcount
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        if error.sqlstate and error.sqlstate.startswith("HL"):
            return error.sqlstate
        return error.diag.constraint_name or f"{error.sqlstate}: {error}"
    return "accepted" if touched else "touched no row"


async def check(connection: AsyncConnection, attempts: dict[str, tuple[str, str]]) -> None:
    """``attempts`` by what is tried: the statement, and the constraint or state by which it is refused, or accepted."""
    outcomes = {name: await attempt(connection, statement) for name, (statement, _) in attempts.items()}
    assert outcomes == {name: outcome for name, (_, outcome) in attempts.items()}


# Bob's billing rate of 100, in force without bounds, and its scope.
_LINE = """
    INSERT INTO rate_line (organisation_id, scope_id, rate_scaled, unit_seconds, basis, is_locked, currency, valid_from,
                           valid_until, recorded_by, retired_at)
    SELECT organisation_id, {scope}, 1, 3600, 'TIME', false, 'EUR', {days}, 'test', {retired}
    FROM rate_line ORDER BY id LIMIT 1
"""
_EXCHANGE = """
    INSERT INTO exchange_rate (organisation_id, project_id, currency, rate, valid_from, valid_until, source)
    SELECT organisation_id, {project}, {currency}, 2, '2026-01-01', NULL, 'test' FROM exchange_rate LIMIT 1
"""
_ROLE = """
    INSERT INTO person_role (organisation_id, person_id, role_id, is_primary, share_percent, valid_from)
    SELECT organisation_id, person_id, role_id, {primary}, 100, '2026-01-01' FROM person_role LIMIT 1
"""
_PERIOD = """
    INSERT INTO fiscal_period (organisation_id, name, valid_from, valid_until, status)
    SELECT id, 'other', {days}, 'OPEN' FROM organisation
"""


async def test_no_two_rates_of_one_scope_are_in_force_on_one_day(books: AsyncConnection) -> None:
    await books.execute("UPDATE rate_line SET valid_from = '2026-01-01', valid_until = '2026-07-01'")
    one_day, july, always = "'2026-06-30', '2026-07-01'", "'2026-07-01', NULL", "NULL, NULL"
    line = {"scope": "scope_id", "retired": "NULL"}
    overlap = "ex_rate_line_overlap"
    await check(
        books,
        {
            "the last day again": (_LINE.format(**line, days=one_day), overlap),
            "without bounds": (_LINE.format(**line, days=always), overlap),
            "from the day after": (_LINE.format(**line, days=july), "accepted"),
            "a line that is retired": (
                _LINE.format(**line | {"retired": "now()"}, days=one_day),
                "accepted",
            ),
            "of another scope": (
                "UPDATE rate_line SET retired_at = now() WHERE id = (SELECT max(id) FROM rate_line);"
                + _LINE.format(**line | {"scope": "(SELECT max(scope_id) FROM rate_line)"}, days=one_day),
                "accepted",
            ),
        },
    )


async def test_no_two_exchange_rates_of_one_currency_hold_on_one_day(books: AsyncConnection) -> None:
    overlap = "ex_exchange_rate_overlap"
    project = "(SELECT min(id) FROM project)"
    await check(
        books,
        {
            "USD again": (_EXCHANGE.format(project="NULL", currency="'USD'"), overlap),
            "another currency": (_EXCHANGE.format(project="NULL", currency="'USN'"), "accepted"),
            "of a project": (_EXCHANGE.format(project=project, currency="'USD'"), "accepted"),
            "twice of a project": (
                ";".join([_EXCHANGE.format(project=project, currency="'USD'")] * 2),
                overlap,
            ),
        },
    )


async def test_a_person_has_one_primary_role_on_a_day(books: AsyncConnection) -> None:
    await check(
        books,
        {
            "two primary roles": (_ROLE.format(primary="true"), "ex_person_role_one_primary"),
            "a further role": (_ROLE.format(primary="false"), "accepted"),
        },
    )


async def test_fiscal_periods_do_not_overlap(books: AsyncConnection) -> None:
    await check(
        books,
        {
            "its last day": (_PERIOD.format(days="'2026-12-31', '2027-02-01'"), "ex_fiscal_period_overlap"),
            "from the day after": (_PERIOD.format(days="'2027-01-01', '2027-02-01'"), "accepted"),
            "reversed": (_PERIOD.format(days="'2028-01-01', '2027-01-01'"), "ck_fiscal_period_period"),
        },
    )


FACTS = {
    "valuation": "cost_minor = 0",
    "journal_entry": "description = 'other'",
    "journal_posting": "description = 'other'",
    "audit": "actor = 'somebody else'",
    "delivery_attempt": "outcome = 'other'",
}


@pytest.mark.parametrize("table", FACTS)
async def test_facts_are_neither_edited_nor_deleted(books: AsyncConnection, table: str) -> None:
    await check(
        books,
        {
            "edited": (f"UPDATE {table} SET {FACTS[table]}", "HL001"),
            "deleted": (f"DELETE FROM {table}", "HL001"),
        },
    )


async def test_of_an_actual_only_its_state_and_description_change(books: AsyncConnection) -> None:
    edits = {
        "amount": "amount_minor = amount_minor + 1",
        "quantity": "quantity = quantity + 1",
        "currency": "currency = 'USD'",
        "day": "transaction_date = transaction_date + 1",
        "what it reverses": "reverses_id = id",
        "amount and state": "amount_minor = 0, billing_status = 'READY'",
    }
    await check(
        books,
        {
            **{name: (f"UPDATE actual SET {edit}", "HL001") for name, edit in edits.items()},
            "deleted": ("DELETE FROM actual", "HL001"),
            "billing status": ("UPDATE actual SET billing_status = 'READY'", "accepted"),
            "adjustment status": ("UPDATE actual SET adjustment_status = 'ADJUSTED'", "accepted"),
            "description": ("UPDATE actual SET description = 'other'", "accepted"),
        },
    )


_REVERSAL = """
    INSERT INTO actual (organisation_id, transaction_type, transaction_class, project_id, company_id, quantity,
        currency, amount_minor, billing_type, billing_status, adjustment_status, transaction_date, document_date,
        accounting_date, description, reverses_id)
    SELECT organisation_id, {type}, transaction_class, project_id, company_id, {quantity}, {currency}, {amount},
        billing_type, 'CANCELED', 'UNADJUSTABLE', transaction_date, document_date, accounting_date, '', id
    FROM actual WHERE transaction_type = 'UNBILLED_SALES' AND billing_status = '{of}' AND reverses_id IS NULL LIMIT 1
"""
_EXACT = {
    "type": "transaction_type",
    "quantity": "-quantity",
    "currency": "currency",
    "amount": "-amount_minor",
    "of": "ON_BILLING_RECORD",
}


async def test_i1_a_reversal_is_the_exact_opposite_and_there_is_one(books: AsyncConnection) -> None:
    await check(
        books,
        {
            "exact": (_REVERSAL.format(**_EXACT), "accepted"),
            "a cent less": (_REVERSAL.format(**_EXACT | {"amount": "-amount_minor + 1"}), "HL002"),
            "a second less": (_REVERSAL.format(**_EXACT | {"quantity": "-quantity + 1"}), "HL002"),
            "another currency": (_REVERSAL.format(**_EXACT | {"currency": "'USD'"}), "HL002"),
            "another type": (_REVERSAL.format(**_EXACT | {"type": "'BILLED_SALES'"}), "HL002"),
            "a second reversal": (_REVERSAL.format(**_EXACT | {"of": "POSTED"}), "ix_actual_reverses_id"),
        },
    )


async def test_c_01_what_is_billed_is_frozen(books: AsyncConnection) -> None:
    await check(
        books,
        {
            "hours": ("UPDATE time_entry SET seconds = 1 WHERE is_locked", "HL003"),
            "cost": ("UPDATE time_entry SET cost_minor = 1 WHERE is_locked", "HL003"),
            "unlocked again": ("UPDATE time_entry SET is_locked = false WHERE is_locked", "HL003"),
            "deleted": ("DELETE FROM time_entry WHERE is_locked", "HL003"),
            "hours that are not billed": ("UPDATE time_entry SET seconds = 1 WHERE NOT is_locked", "accepted"),
            "expense": ("UPDATE expense SET actual_minor = 1", "HL003"),
            "expense deleted": ("DELETE FROM expense", "HL003"),
        },
    )


async def test_ct_r6_a_posted_record_and_the_lines_of_a_confirmed_one_are_final(books: AsyncConnection) -> None:
    line = """
        INSERT INTO billing_record_line (organisation_id, billing_record_id, transaction_class, billing_type, quantity,
            amount_minor, description)
        SELECT organisation_id, id, 'ADDITIONAL', 'CHARGEABLE', 1, 1, '' FROM billing_record WHERE status = '{}'
    """
    of = "WHERE billing_record_id = (SELECT id FROM billing_record WHERE status = '{}')"
    await check(
        books,
        {
            "record edited": ("UPDATE billing_record SET po_number = '1' WHERE status = 'POSTED'", "HL003"),
            "record re-opened": ("UPDATE billing_record SET status = 'DRAFT' WHERE status = 'POSTED'", "HL003"),
            "record deleted": ("DELETE FROM billing_record WHERE status = 'POSTED'", "HL003"),
            "draft edited": ("UPDATE billing_record SET po_number = '1' WHERE status = 'DRAFT'", "accepted"),
            "line added": (line.format("POSTED"), "HL003"),
            "line edited": ("UPDATE billing_record_line SET amount_minor = 1 " + of.format("POSTED"), "HL003"),
            "line deleted": ("DELETE FROM billing_record_line " + of.format("POSTED"), "HL003"),
            "line added to a draft": (line.format("DRAFT"), "accepted"),
            "line of a draft edited": (
                "UPDATE billing_record_line SET amount_minor = 1 " + of.format("DRAFT"),
                "accepted",
            ),
        },
    )


_ENTRY = """
    WITH entry AS (
        INSERT INTO journal_entry (organisation_id, reference, accounting_date, description, posted_by)
        SELECT id, 'TEST-1', '2026-06-30', '', 'test' FROM organisation RETURNING id, organisation_id
    )
    INSERT INTO journal_posting (organisation_id, journal_entry_id, line_number, posting_type, account_id, currency,
                                 amount_minor, base_currency, base_minor, description)
    SELECT entry.organisation_id, entry.id, legs.number, 'INVOICED_REVENUE', (SELECT min(id) FROM account),
           legs.currency, legs.minor, 'EUR', legs.base_minor, ''
    FROM entry, (VALUES {legs}) AS legs(number, currency, minor, base_minor)
"""


async def test_i11_an_entry_balances_at_the_commit_and_takes_no_later_posting(books: AsyncConnection) -> None:
    late = """
        INSERT INTO journal_posting (organisation_id, journal_entry_id, line_number, posting_type, account_id, currency,
                                     amount_minor, base_currency, base_minor, description)
        SELECT organisation_id, journal_entry_id, 99, posting_type, account_id, currency, 0, base_currency, 0, ''
        FROM journal_posting LIMIT 1
    """
    bare = """
        INSERT INTO journal_entry (organisation_id, reference, accounting_date, description, posted_by)
        SELECT {}, '2026-06-30', '', 'test' FROM {}
    """
    legs = {
        "balanced": ("(1, 'USD', 200, 100), (2, 'USD', -200, -100)", "accepted"),
        "off by a cent": ("(1, 'USD', 200, 100), (2, 'USD', -199, -100)", "HL004"),
        "off by a cent in the books": ("(1, 'USD', 200, 100), (2, 'USD', -200, -99)", "HL004"),
        "zero only across currencies": ("(1, 'USD', 200, 100), (2, 'EUR', -200, -100)", "HL004"),
        "one leg": ("(1, 'USD', 0, 0)", "HL004"),
    }
    await check(
        books,
        {
            **{name: (_ENTRY.format(legs=values), outcome) for name, (values, outcome) in legs.items()},
            "no legs": (bare.format("id, 'TEST-1'", "organisation"), "HL004"),
            "a later posting": (late, "HL001"),
            "a reference again": (
                bare.format("organisation_id, reference", "journal_entry"),
                "uq_journal_entry_organisation_id_reference",
            ),
        },
    )


async def test_the_content_behind_a_reference_does_not_change_once_it_may_be_there(books: AsyncConnection) -> None:
    again = """
        INSERT INTO delivery (organisation_id, connection_id, journal_entry_id, reference, accounting_date, state,
                              attempts)
        SELECT organisation_id, connection_id, journal_entry_id, reference, accounting_date, 'PENDING', 0 FROM delivery
    """
    change = "UPDATE delivery SET payload_sha256 = 'other' WHERE state = '{}'"
    await check(
        books,
        {
            "verified": (change.format("VERIFIED"), "HL001"),
            "sending": (change.format("SENDING"), "HL001"),
            "not sent yet": (change.format("PENDING"), "accepted"),
            "a second delivery of a reference": (again, "uq_delivery_connection_id_reference"),
        },
    )


async def test_ct_r7_an_hour_is_on_one_billing_record(books: AsyncConnection) -> None:
    again = """
        INSERT INTO billing_claim (organisation_id, billing_record_line_id, actual_id, claimed_at, released_at)
        SELECT organisation_id, billing_record_line_id, actual_id, now(), {} FROM billing_claim
    """
    await check(
        books,
        {
            "a second live claim": (again.format("NULL"), "uq_billing_claim_actual_live"),
            "one that was released": (again.format("now()"), "accepted"),
            "a claim of nothing": ("UPDATE billing_claim SET actual_id = NULL", "ck_billing_claim_one_unit"),
        },
    )


async def test_every_rule_with_a_message_exists_in_the_database(books: AsyncConnection) -> None:
    """models.errors says these refusals in words; a renamed constraint would be told as an internal error."""
    query = """
        SELECT conname::text FROM pg_constraint UNION SELECT indexname::text FROM pg_indexes
        UNION SELECT (regexp_matches(prosrc, 'HL\\d{3}', 'g'))[1] FROM pg_proc WHERE prosrc LIKE '%HL0%'
    """
    there = {row[0] for row in await (await books.execute(query)).fetchall()}
    assert {*_BY_CONSTRAINT, *_BY_STATE} - there == set()


_FLEET = "(SELECT id FROM project WHERE code = 'FLEET')"
_EXPENSE_ON_BUILD = f"""
    INSERT INTO expense (organisation_id, project_id, task_id, expense_type_id, description, planned_minor,
                         actual_minor, is_billable, is_reimbursable, is_reimbursed, status, is_locked, entered_by)
    SELECT organisation_id, {_FLEET}, (SELECT min(task_id) FROM time_entry), expense_type_id, 'x', 0, 0, false, false,
           false, 'APPROVED', false, 'test' FROM expense LIMIT 1
"""
_SAME_NAME = """
    INSERT INTO task SELECT (t).* FROM (
        SELECT jsonb_populate_record(t, jsonb_build_object('id', 900, 'deleted_at', {deleted_at})) AS t
        FROM task t LIMIT 1
    ) again
"""


async def test_4_7_work_is_on_a_task_of_its_project_and_goes_where_that_goes(books: AsyncConnection) -> None:
    """Whoever moves a task, with whatever program: what is billed on it keeps it where it is (C-26)."""
    billed = f"UPDATE task SET project_id = {_FLEET}, name = 'x' WHERE id = (SELECT min(task_id) FROM time_entry)"
    elsewhere = f"UPDATE time_entry SET project_id = {_FLEET} WHERE NOT is_locked"
    await check(
        books,
        {
            "hours of another project": (elsewhere, "fk_time_entry_task_id_project_id"),
            "an expense on a task of another project": (_EXPENSE_ON_BUILD, "fk_expense_task_id_project_id"),
            "a task with billed hours": (billed, "HL003"),
            "two live tasks of one name": (_SAME_NAME.format(deleted_at="NULL"), "uq_task_live_name"),
            "a deleted one beside it": (_SAME_NAME.format(deleted_at="now()"), "accepted"),
        },
    )

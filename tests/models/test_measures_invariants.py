"""What the database refuses about baselines, risks and budgets; and what becomes of statuses when 0007 is undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module

import psycopg
import pytest
from psycopg import AsyncConnection

from hourledger.core.access import Principal
from hourledger.services.baselines import take_baseline
from hourledger.services.risks import RiskDraft, add_risk
from hourledger.services.role_budgets import set_role_budget
from hourledger.services.snapshots import take_snapshot
from hourledger.transactions import Transactions
from models.database import migrate, migrate_down
from tests.models.test_invariants import JUNE, check
from tests.support.world import create_world


@pytest.fixture
async def plans(transactions: Transactions, admin: Principal, database_url: str) -> AsyncIterator[AsyncConnection]:
    """The portal has two baselines, a risk and a budget."""
    world = await create_world(transactions, admin)
    async with transactions.begin(admin) as unit:
        for name in ("Start", "Later"):
            await take_baseline(unit, world.portal, name)
        await add_risk(unit, world.portal, RiskDraft("Fire"))
        await set_role_budget(unit, world.portal, world.role, JUNE, 3600)
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        yield connection


async def test_8_12_nothing_changes_a_baseline_but_which_one_is_the_default(plans: AsyncConnection) -> None:
    await check(
        plans,
        {
            "a figure": ("UPDATE baseline SET planned_cost_minor = 1", "HL001"),
            "its name": ("UPDATE baseline SET name = 'other'", "HL001"),
            "the day": ("UPDATE baseline SET taken_on = taken_on - 1", "HL001"),
            "a task's figure": ("UPDATE baseline_task SET actual_cost_minor = 1", "HL001"),
            "none is the default": ("UPDATE baseline SET is_default = false", "accepted"),
            "two defaults": ("UPDATE baseline SET is_default = true", "uq_baseline_default"),
            "taking it away": ("DELETE FROM baseline_task; DELETE FROM baseline", "accepted"),
        },
    )


async def test_1_17_nothing_changes_a_snapshot(
    plans: AsyncConnection, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin, one_state=True) as unit:
        await take_snapshot(unit, 1, "Start")
    await check(
        plans,
        {
            "a fact": ("UPDATE snapshot_fact SET facts = '{}'", "HL001"),
            "its name": ("UPDATE snapshot SET name = 'other'", "HL001"),
            "another kind": ("UPDATE snapshot_fact SET kind = 'OTHER'", "HL001"),
            "half of it": ("DELETE FROM snapshot", "fk_snapshot_fact_snapshot_id"),
            "taking it away": ("DELETE FROM snapshot_fact; DELETE FROM snapshot", "accepted"),
        },
    )


async def test_a_risk_and_a_budget_are_what_they_can_be(plans: AsyncConnection) -> None:
    await check(
        plans,
        {
            "beyond certain": ("UPDATE risk SET probability_percent = 100.01", "ck_risk_probability_percent"),
            "negative": ("UPDATE risk SET mitigation_minor = -1", "ck_risk_amounts"),
            "no hours": ("UPDATE role_budget SET seconds = 0", "ck_role_budget_seconds"),
            "a negative benefit": ("UPDATE project SET planned_benefit_minor = -1", "ck_project_planned_benefit"),
            "a method of its own": ("UPDATE project SET eac_method = 'OTHER'", "ck_project_eac_method"),
            "an alignment beyond certain": (
                "UPDATE project SET alignment_percent = 101",
                "ck_project_alignment_percent",
            ),
            "another status": ("UPDATE project SET status = 'APPROVED'", "accepted"),
        },
    )


def test_undoing_the_migration_leaves_no_status_without_a_word(empty_database_url: str) -> None:
    before = import_module("models.migrations.versions.0007_measures").down_revision
    migrate(empty_database_url, "0007")
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("""
            INSERT INTO organisation (name, base_currency, time_zone, rate_policy, settings)
            VALUES ('One', 'EUR', 'UTC', 'workfront-1', '{}')
        """)
        connection.execute("""
            INSERT INTO project (organisation_id, code, name, currency, status, fixed_cost_minor, fixed_revenue_minor,
                                 planned_benefit_minor, actual_benefit_minor, require_time_approval,
                                 company_rates_override, preserve_billing_rates)
            SELECT id, status, status, 'EUR', status, 0, 0, 0, 0, false, false, false FROM organisation
            CROSS JOIN unnest(ARRAY['IDEA', 'REQUESTED', 'APPROVED', 'REJECTED', 'ON_HOLD']) AS status
        """)
    migrate_down(empty_database_url, before)
    with psycopg.connect(empty_database_url) as connection:
        rows = connection.execute("SELECT code, status FROM project ORDER BY code").fetchall()
    assert rows == [
        ("APPROVED", "CURRENT"),
        ("IDEA", "PLANNING"),
        ("ON_HOLD", "ON_HOLD"),
        ("REJECTED", "DEAD"),
        ("REQUESTED", "PLANNING"),
    ]
    migrate(empty_database_url, "0007")
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT DISTINCT planned_benefit_minor FROM project").fetchall() == [(0,)]

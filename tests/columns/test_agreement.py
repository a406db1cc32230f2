"""Rating in columns and rating one hour give the same cents for the same reasons, on random worlds in the database."""

from __future__ import annotations

from itertools import count, islice

import numpy as np
import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Principal
from hourledger.core.rates import SHIPPED, Reason
from hourledger.core.recalculation import RecalculationScope
from hourledger.services.rate_columns import RatedSlice, parts_of, rate_part
from hourledger.services.rate_entries import draft_valuation
from hourledger.services.rate_policies import use_rate_policy
from hourledger.services.rater import load_rater
from hourledger.services.recalculate_projects import recalculate
from hourledger.services.set_up import create_organisation
from hourledger.services.unit_of_work import UnitOfWork
from hourledger.transactions import Transactions
from models.database import Database
from models.queries.rating import lock_facts
from models.tables import ProjectOutcome, ValuationCause
from tests.oracle import oracle
from tests.oracle.generate import random_world
from tests.oracle.generate_rates import CURRENCIES
from tests.oracle.test_agreement_stored import entries_that_differ
from tests.support.stored_world import StoredWorld, store

WORLDS = 12
ENTRIES_MIN = 10

# Every rate moves, so that every hour with a rate is worth something else; lines are appended, never edited.
_MOVE_RATES = (
    "UPDATE rate_line SET retired_at = now() WHERE organisation_id = :organisation AND retired_at IS NULL",
    """
    INSERT INTO rate_line (organisation_id, scope_id, rate_scaled, currency, unit_seconds, basis, is_locked, valid_from,
        valid_until, recorded_at, recorded_by)
    SELECT organisation_id, scope_id, rate_scaled + 12345, currency, unit_seconds, basis, is_locked, valid_from,
           valid_until, now(), 'test'
    FROM rate_line WHERE organisation_id = :organisation AND retired_at = now()
    """,
)


@pytest.fixture
async def books(database: Database) -> dict[str, Principal]:
    """An organisation for each base currency."""
    async with database.session() as session:
        found = {
            one.code: await create_organisation(session, one.code, base_currency=one.code, time_zone="Europe/Amsterdam")
            for one in CURRENCIES
        }
        await session.commit()
    return {code: Principal(one.id, "columns@brightwater.example", EVERYTHING) for code, one in found.items()}


async def rated(unit: UnitOfWork, project: int) -> dict[int, tuple[int, int, Reason]]:
    """By entry: cost, revenue before the cap, why; all at once."""
    found: dict[int, tuple[int, int, Reason]] = {}
    for part in await parts_of(unit, [project], RecalculationScope()):
        one = await rate_part(unit, part)
        assert isinstance(one, RatedSlice)
        assert not one.problems
        for at, entry in enumerate(one.stored.id.tolist()):
            found[entry] = (int(one.cost[at]), int(one.uncapped[at]), one.reasons[int(one.reason[at])])
    return found


async def rated_one_by_one(unit: UnitOfWork, stored: StoredWorld) -> dict[int, tuple[int, int, Reason]]:
    facts = await lock_facts(unit.session, unit.organisation_id, list(stored.entries.values()))
    rater = await load_rater(unit, facts)
    found = {}
    for one in facts:
        draft = draft_valuation(rater, one, ValuationCause.RECALCULATED)
        assert isinstance(draft.reason, Reason)
        found[one.id] = (draft.cost_minor, draft.uncapped_revenue_minor, draft.reason)
    return found


@pytest.mark.parametrize("policy", sorted(SHIPPED))
async def test_both_paths_give_the_same_cents_for_the_same_reasons(
    policy: str, transactions: Transactions, books: dict[str, Principal]
) -> None:
    busy = (seed for seed in count(1000) if len(random_world(seed).entries) >= ENTRIES_MIN)
    seen = 0
    for seed in islice(busy, WORLDS):
        world = random_world(seed)
        async with transactions.begin(books[world.base_currency], dry_run=True) as unit:
            stored = await store(unit, world)
            if policy != unit.organisation.rate_policy:
                await use_rate_policy(unit, policy)
            for moved in (False, True):
                if moved:
                    for statement in _MOVE_RATES:
                        await unit.session.execute(text(statement), {"organisation": unit.organisation_id})
                at_once, one_by_one = await rated(unit, stored.project), await rated_one_by_one(unit, stored)
                assert at_once.keys() == one_by_one.keys()
                for entry, expected in one_by_one.items():
                    assert at_once[entry] == expected, (seed, entry, at_once[entry], expected)
                seen += len(one_by_one)
    assert seen >= 2 * WORLDS * ENTRIES_MIN


async def test_ct_r10_what_was_logged_one_by_one_is_worth_the_same_at_once_and_the_oracle_agrees(
    transactions: Transactions, books: dict[str, Principal]
) -> None:
    """Caps included: recalculating right after logging changes nothing; after a change of all rates, a second one."""
    busy = (seed for seed in count(5000) if len(random_world(seed).entries) >= ENTRIES_MIN)
    for seed in islice(busy, WORLDS):
        world = random_world(seed)
        async with transactions.begin(books[world.base_currency], dry_run=True) as unit:
            stored = await store(unit, world)
            (first,) = await recalculate(unit, [stored.project])
            assert (first.outcome, first.changed) == (ProjectOutcome.DONE, 0), seed
            assert not await entries_that_differ(unit, stored, oracle.solve(world))
            for statement in _MOVE_RATES:
                await unit.session.execute(text(statement), {"organisation": unit.organisation_id})
            (second,) = await recalculate(unit, [stored.project])
            (third,) = await recalculate(unit, [stored.project])
            assert second.changed > 0
            assert (third.changed, third.cost_delta_minor, third.revenue_delta_minor) == (0, 0, 0), seed


async def test_the_parts_of_a_large_project_give_what_the_whole_gives(
    transactions: Transactions, books: dict[str, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    """I5: independent of the batch size; capped tasks stay whole."""
    for seed in islice((one for one in count(9000) if len(random_world(one).entries) >= ENTRIES_MIN), WORLDS):
        world = random_world(seed)
        async with transactions.begin(books[world.base_currency], dry_run=True) as unit:
            stored = await store(unit, world)
            for statement in _MOVE_RATES:
                await unit.session.execute(text(statement), {"organisation": unit.organisation_id})
            whole = await revenue_of(unit, stored.project, parts=1)
            with monkeypatch.context() as small:
                small.setattr("hourledger.services.rate_columns.PART_ENTRIES", 3)
                assert await revenue_of(unit, stored.project, parts=2) == whole


async def revenue_of(unit: UnitOfWork, project: int, *, parts: int) -> dict[int, int]:
    found: dict[int, int] = {}
    listed = await parts_of(unit, [project], RecalculationScope())
    assert len(listed) >= parts
    for part in listed:
        one = await rate_part(unit, part)
        if one is not None:
            assert not found.keys() & set(one.stored.id.tolist())
            found |= dict(zip(one.stored.id.tolist(), np.asarray(one.revenue).tolist(), strict=True))
    return found

"""How near recalculation comes to what the database can do at all.

    python -m benchmarks.recalculation [--entries 1000000] [--rounds 3]

The limit: a bare UPDATE of the hours that change, and a COPY of as many rows of history, on the same tables in the same
run. Prints ratios against their limits; the exit code is 1 when one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

from sqlalchemy import text

from benchmarks.firm import Firm, firm_of_size, recalculate_all, tools
from benchmarks.room import Room, fresh_room, vacuum
from hourledger.core.recalculation import RecalculationScope
from hourledger.jobs.recalculate import work_on
from hourledger.services.rate_entries import draft_valuation
from hourledger.services.rater import load_rater
from hourledger.services.recalculation_runs import WORKERS_PER_RUN, request_recalculation
from models.queries.rating import lock_facts
from models.queries.roll_ups import fold_roll_ups, roll_up_differences
from models.tables import RunKind, ValuationCause

ALL_RATIO_MAX = 2.5
NOTHING_RATIO_MAX = 0.8
ONE_ROLE_RATIO_MAX, ONE_ROLE_EXTRA_SECONDS = 8.0, 0.05
HOT_SHARE_MIN = 0.99
SAMPLE = 2_000

_HISTORY = (
    "organisation_id, time_entry_id, work_date, seconds, currency, cost_minor, revenue_minor, uncapped_revenue_minor, "
    "reason_id, cause, recorded_at, rated_at"
)


async def main(entries: int, rounds: int) -> int:
    async with fresh_room() as room:
        started = time.perf_counter()
        firm = await firm_of_size(room, entries, max(10, entries // 1000))
        print(f"made {entries:,} hours on {firm.projects:,} projects in {time.perf_counter() - started:.0f} s")
        good = [
            *await _everything(firm, rounds),
            await _nothing(firm),
            await _one_role(firm),
            await _agrees(room),
        ]
        print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    return 0 if all(good) else 1


async def _everything(firm: Firm, rounds: int) -> list[bool]:
    """All rates move; the limit and the run take turns."""
    limit: list[float] = []
    run: list[float] = []
    preview: list[float] = []
    hot: list[float] = []
    sizes: list[int] = []
    for number in range(rounds):
        await _move_rates(firm.room, "true", 10_000 if number % 2 == 0 else -10_000)
        changing = await _seconds_and_changed(firm, preview, RunKind.PREVIEW)
        limit.append(await _bare(firm.room, changing))
        before = await _updates(firm.room)
        changed = await _seconds_and_changed(firm, run, RunKind.RECALCULATION)
        assert changed == changing, (changed, changing)
        after = await _updates(firm.room)
        hot.append((after[1] - before[1]) / max(1, after[0] - before[0]))
        sizes.append(after[2])
        await _tidy(firm.room)
        print(
            f"  round {number + 1}: {changed:,} hours changed; limit {limit[-1]:.1f} s, run {run[-1]:.1f} s, preview "
            f"{preview[-1]:.1f} s; HOT {hot[-1]:.3f}; table {sizes[-1] / 2**20:,.0f} MiB"
        )
    each = median(run) / changed * 1e6
    print(f"everything changes: {each:.1f} us an hour, limit {median(limit) / changed * 1e6:.1f} us")
    return [
        _within("run : limit", median(run) / median(limit), ALL_RATIO_MAX),
        _at_least("share of HOT updates", min(hot), HOT_SHARE_MIN),
        _within("size of the table, last : first", sizes[-1] / sizes[0], 1.01),
        _within("preview : run", median(preview) / median(run), 1.2),
    ]


async def _nothing(firm: Firm) -> bool:
    """The same again: every hour is looked at, none is written."""
    taken: list[float] = []
    changed = await _seconds_and_changed(firm, taken, RunKind.RECALCULATION)
    limit = await _bare(firm.room, firm.entries)
    assert changed == 0, changed
    return _within("nothing changes : limit", taken[0] / limit, NOTHING_RATIO_MAX)


async def _one_role(firm: Firm) -> bool:
    """One role's rate from a day on."""
    room = firm.room
    async with room.transactions.database.session() as session:
        role = (await session.execute(text("SELECT min(id) + 7 FROM role WHERE name LIKE 'Role %'"))).scalar_one()
    await _move_rates(
        room, "scope_id IN (SELECT id FROM rate_scope WHERE level = 'ROLE' AND role_id = :role) "
        "AND valid_from >= DATE '2025-07-01'", 30_000, role=role,
    )  # fmt: skip
    started = time.perf_counter()
    run = await recalculate_all(room, RecalculationScope(role_ids=(role,)))
    taken = time.perf_counter() - started
    async with room.transactions.database.session() as session:
        changed = (
            await session.execute(
                text("SELECT sum(changed) FROM recalculation_project WHERE run_id = :run"), {"run": run}
            )
        ).scalar_one()
        ids = [
            row.id
            for row in await session.execute(
                text("SELECT time_entry_id AS id FROM valuation WHERE run_id = :run"), {"run": run}
            )
        ]
    bare = await _bare_update(room, "id = ANY(:ids)", {"ids": ids})
    print(f"one role's rate: {changed:,} hours changed in {taken:.2f} s, bare UPDATE of them {bare:.3f} s")
    return _within("one role : bare UPDATE", max(0.0, taken - ONE_ROLE_EXTRA_SECONDS) / bare, ONE_ROLE_RATIO_MAX)


async def _agrees(room: Room) -> bool:
    """A random sample is worth what one hour by itself would be rated at, and the roll-ups are their rows."""
    async with room.transactions.begin(room.principal, dry_run=True) as unit:
        rows = await unit.session.execute(
            text("SELECT id FROM time_entry WHERE NOT is_locked ORDER BY hashint8(id) LIMIT :sample"),
            {"sample": SAMPLE},
        )
        facts = await lock_facts(unit.session, unit.organisation_id, [row.id for row in rows])
        started = time.perf_counter()
        rater = await load_rater(unit, facts)
        wrong = 0
        for one in facts:
            draft = draft_valuation(rater, one, ValuationCause.RECALCULATED)
            wrong += (draft.cost_minor, draft.uncapped_revenue_minor) != (one.cost_minor, one.uncapped_revenue_minor)
        each = (time.perf_counter() - started) / len(facts)
    async with room.transactions.database.session() as session:
        differences = len(await roll_up_differences(session))
    print(f"of {len(facts):,} hours rated one by one ({each * 1e6:.0f} us each), {wrong} differ; "
          f"{differences} roll-ups differ")  # fmt: skip
    return not wrong and not differences


async def _seconds_and_changed(firm: Firm, into: list[float], kind: RunKind) -> int:
    room = firm.room
    async with room.transactions.begin(room.principal) as unit:
        run_id = await request_recalculation(unit, RecalculationScope(), reason="benchmark", kind=kind)
    started = time.perf_counter()
    # As a worker does it: a run of many projects is two jobs side by side.
    await asyncio.gather(*(work_on(tools(room), room.principal, run_id) for _ in range(WORKERS_PER_RUN)))
    into.append(time.perf_counter() - started)
    async with room.transactions.database.session() as session:
        rows = await session.execute(
            text("SELECT sum(changed)::bigint AS changed, "
                 "count(*) FILTER (WHERE outcome NOT IN ('DONE', 'SKIPPED')) AS bad "
                 "FROM recalculation_project WHERE run_id = :run"), {"run": run_id},
        )  # fmt: skip
        row = rows.one()
    assert not row.bad, f"{row.bad} projects failed"
    return int(row.changed)


async def _bare(room: Room, rows: int) -> float:
    """The limit: the hours updated by one statement, as many rows of history copied in; both rolled back."""
    payload = await _history(room, rows)
    seconds = await _bare_update(room, "NOT is_locked", {})

    async def copy(session: Any) -> None:
        connection = (await (await session.connection()).get_raw_connection()).driver_connection
        async with connection.cursor() as cursor, cursor.copy(f"COPY valuation ({_HISTORY}) FROM STDIN") as into:
            for chunk in payload:
                await into.write(chunk)

    return seconds + await _timed(room, copy)


async def _bare_update(room: Room, condition: str, values: dict[str, Any]) -> float:
    async def update(session: Any) -> None:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(
            text(
                "UPDATE time_entry SET cost_minor = cost_minor + 1, revenue_minor = revenue_minor + 1 "
                f"WHERE {condition}"
            ),
            values,
        )

    return await _timed(room, update)


async def _timed(room: Room, work: Callable[[Any], Awaitable[None]]) -> float:
    """Seconds of some work and its commit, then tidied up; what it wrote is taken back by a second transaction."""
    async with room.transactions.database.session() as session:
        started = time.perf_counter()
        await work(session)
        taken = time.perf_counter() - started
        await session.rollback()
    await _tidy(room)
    return taken


async def _history(room: Room, rows: int) -> list[bytes]:
    """As many rows of history as change, as COPY takes them."""
    async with room.transactions.database.session() as session:
        connection = (await (await session.connection()).get_raw_connection()).driver_connection
        assert connection is not None
        query = f"COPY (SELECT {_HISTORY} FROM valuation LIMIT {rows}) TO STDOUT"
        async with connection.cursor() as cursor, cursor.copy(query) as out:
            return [bytes(chunk) async for chunk in out]


async def _move_rates(room: Room, condition: str, by: int, **values: Any) -> None:
    async with room.transactions.begin(room.principal) as unit:
        await unit.session.execute(text("SET LOCAL session_replication_role = replica"))
        await unit.session.execute(
            text(f"UPDATE rate_line SET rate_scaled = rate_scaled + :by WHERE {condition}"), {"by": by, **values}
        )


async def _updates(room: Room) -> tuple[int, int, int]:
    """Rows of hours updated so far, those within their page, and the table's size."""
    async with room.transactions.database.session() as session:
        await session.execute(text("SELECT pg_stat_clear_snapshot()"))
        row = (
            await session.execute(
                text("SELECT n_tup_upd, n_tup_hot_upd, pg_relation_size('time_entry') AS size "
                     "FROM pg_stat_user_tables WHERE relname = 'time_entry'")
            )
        ).one()  # fmt: skip
    return int(row.n_tup_upd), int(row.n_tup_hot_upd), int(row.size)


async def _tidy(room: Room) -> None:
    async with room.transactions.database.session() as session:
        while await fold_roll_ups(session):
            await session.commit()
    await vacuum(room)
    engine = room.transactions.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("CHECKPOINT"))


def _within(what: str, ratio: float, limit: float) -> bool:
    print(f"  {what} = {ratio:.2f}   (limit {limit:.2f}) {'ok' if ratio <= limit else 'MISSED'}")
    return ratio <= limit


def _at_least(what: str, found: float, least: float) -> bool:
    print(f"  {what} = {found:.3f}   (at least {least:.2f}) {'ok' if found >= least else 'MISSED'}")
    return found >= least


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    sys.exit(asyncio.run(main(chosen.entries, chosen.rounds)))

"""Does the time to answer a project's finances grow with its entries? What does keeping the roll-ups cost in bulk?

    python -m benchmarks.project_finances

Prints ratios against their limits; the exit code is 1 when one is missed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from statistics import median
from typing import Any

from sqlalchemy import text

from benchmarks.room import REVENUE_MINOR, Room, fresh_room, project_of_size, rate, vacuum
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.services.measures import project_measures
from hourledger.services.project_finances import project_finances
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.roll_ups import fold_roll_ups, roll_up_differences

SIZES = (1_000, 10_000, 100_000)
READS = 60
READ_RATIO_MAX = 1.5
ROUNDS = 3
BULK_RATIO_MAX = 1.5
Read = Callable[[UnitOfWork, Sequence[int]], Coroutine[Any, Any, Any]]
_TRIGGER = "ALTER TABLE time_entry {} TRIGGER time_entry_update_is_summed"


async def main() -> int:
    async with fresh_room() as room:
        projects = {}
        for size in SIZES:
            started = time.perf_counter()
            projects[size] = await project_of_size(room, size)
            print(f"made a project with {size:>7,} entries in {time.perf_counter() - started:5.1f} s")
        async with room.transactions.begin(room.principal) as unit:
            await create_billing_record(unit, BillingRequest([projects[SIZES[0]]]))
        await _fold(room)
        await vacuum(room)
        reading = [await _measure_reading(room, projects, read) for read in (project_finances, project_measures)]
        rating = await _measure_rating(room, projects[SIZES[-1]])
        async with room.transactions.database.session() as session:
            differences = await roll_up_differences(session)
        print(f"\nroll-ups that differ from their rows: {len(differences)} (limit 0)")
    return 0 if all(reading) and rating and not differences else 1


async def _measure_reading(room: Room, projects: dict[int, int], read: Read) -> bool:
    """What is told after every change, or what the API answers, of one project at a time; the sizes take turns."""
    seconds: dict[int, list[float]] = {size: [] for size in projects}
    async with room.transactions.begin(room.principal, dry_run=True) as unit:
        for _ in range(READS):
            for size, project in projects.items():
                started = time.perf_counter()
                await read(unit, [project])
                seconds[size].append(time.perf_counter() - started)
    print(f"\n{read.__name__}, median of {READS}")
    for size, taken in seconds.items():
        print(f"  {size:>7,} entries   {median(taken) * 1000:6.2f} ms")
    smallest, largest = min(projects), max(projects)
    ratio = median(seconds[largest]) / median(seconds[smallest])
    return _within(f"{largest:,} : {smallest:,} entries", ratio, READ_RATIO_MAX)


async def _measure_rating(room: Room, project: int) -> bool:
    """One statement that appends a valuation to every entry, with the triggers on hours and without, taking turns."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for round_number in range(ROUNDS):
        for with_triggers in (round_number % 2 == 0, round_number % 2 != 0):
            async with room.transactions.begin(room.principal, dry_run=True) as unit:
                if not with_triggers:
                    await unit.session.execute(text(_TRIGGER.format("DISABLE")))
                seconds[with_triggers].append(
                    await rate(unit, "project_id = :which", project, revenue_minor=REVENUE_MINOR + 100)
                )
            await vacuum(room)
    print(f"\nre-rating {SIZES[-1]:,} entries in one statement, median of {ROUNDS}")
    for with_triggers, name in ((False, "without roll-ups"), (True, "with roll-ups")):
        each = median(seconds[with_triggers]) / SIZES[-1]
        print(f"  {name:<17} {median(seconds[with_triggers]):6.2f} s   {each * 1e6:5.1f} us each")
    return _within("with : without", median(seconds[True]) / median(seconds[False]), BULK_RATIO_MAX)


async def _fold(room: Room) -> None:
    async with room.transactions.database.session() as session:
        await fold_roll_ups(session)
        await session.commit()


def _within(what: str, ratio: float, limit: float) -> bool:
    print(f"  {what} = {ratio:.2f}   (limit {limit:.2f}) {'ok' if ratio <= limit else 'MISSED'}")
    return ratio <= limit


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

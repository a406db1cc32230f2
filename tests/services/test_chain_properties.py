"""Whatever is done in whatever order, the figures are those of a small model, and the invariants hold.

Each example is a list of operations, refused ones too, in an organisation of its own. The model is chain_model.py.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.database import Database
from tests.conftest import MovableClock
from tests.services.chain_walk import OPERATIONS, Walk, begin_walk

Step = tuple[str, int]
STEPS_BETWEEN_LOOKS = 8
OFTEN = [
    *OPERATIONS,
    *["log"] * 6,
    *["log on guest"] * 3,
    *["move guest"] * 2,
    *["bill"] * 2,
    *["confirm"] * 3,
    *["post"] * 3,
    "edit",
    "recalculate",
    "set rate",
]


def walks(*, steps_min: int, steps_max: int) -> st.SearchStrategy[list[Step]]:
    """What to do, and a seed for everything that has to be chosen along the way."""
    step = st.tuples(st.sampled_from(OFTEN), st.integers(0, 2**32 - 1))
    return st.lists(step, min_size=steps_min, max_size=steps_max)


async def take(walk: Walk, steps: Sequence[Step]) -> None:
    for number, (name, seed) in enumerate(steps, start=1):
        await OPERATIONS[name](walk, random.Random(seed))
        await walk.require_roll_ups()
        if number % STEPS_BETWEEN_LOOKS == 0:
            await walk.look()
    await walk.finish()


ONE_DATABASE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example]


@settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=ONE_DATABASE)
@given(steps=walks(steps_min=60, steps_max=90))
async def test_any_order_of_operations_ends_with_the_figures_of_the_model(
    database: Database, clock: MovableClock, steps: list[Step]
) -> None:
    await take(await begin_walk(database, clock), steps)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, database=None, suppress_health_check=ONE_DATABASE)
@given(steps=walks(steps_min=100, steps_max=250))
async def test_any_long_order_of_operations_ends_with_the_figures_of_the_model(
    database: Database, clock: MovableClock, steps: list[Step]
) -> None:
    await take(await begin_walk(database, clock), steps)

"""The product's rating core gives what the oracle gives: to the minor unit, from the same level, by the same role."""

from __future__ import annotations

from itertools import count

import pytest

from tests.oracle import engine, oracle
from tests.oracle.agreement import differences, report, size
from tests.oracle.generate import random_world

CASES = 5_000
CASES_SLOW, CHUNKS = 100_000, 20
"""Entries and planned days; the slow ones in chunks of seeds that are far apart, so that they run side by side."""


def agree_on(first_seed: int, cases_min: int) -> None:
    """Worlds from a seed on, until there have been so many cases."""
    cases = 0
    for seed in count(first_seed):
        world = random_world(seed)
        expected = oracle.solve(world)
        found = differences(expected, engine.solve(world))
        assert not found, report(seed, world, found)
        cases += size(expected)
        if cases >= cases_min:
            return


def test_engine_and_oracle_agree() -> None:
    agree_on(0, CASES)


@pytest.mark.oracle
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_engine_and_oracle_agree_on_many_worlds(chunk: int) -> None:
    agree_on((chunk + 1) * 1_000_000, CASES_SLOW // CHUNKS)

"""Only what passes by itself is tried again, a few times, within seconds."""

from __future__ import annotations

import time

import pytest

from connectors.retry import RetryPolicy, retrying, without_waiting
from hourledger.core.errors import (
    AuthFailed,
    HourledgerError,
    Invalid,
    NotSent,
    RateLimited,
    Rejected,
    Transient,
    Uncertain,
)


class Work:
    """Raises each of ``errors`` in turn, then works."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.tries = 0

    async def run(self, policy: RetryPolicy | None = None) -> str:
        async for attempt in retrying(policy):
            with attempt:
                self.tries += 1
                if self.errors:
                    raise self.errors.pop(0)
                return "done"
        raise AssertionError


@pytest.mark.parametrize(
    ("error", "is_tried_again"),
    [
        (NotSent("connection refused"), True),
        (RateLimited("429", retry_after_seconds=None), True),
        (RateLimited("429", retry_after_seconds=2), True),
        (Uncertain("timeout"), True),
        (Transient("503"), True),
        (Rejected("unbalanced"), False),
        (AuthFailed("401"), False),
        (Invalid("no date"), False),
        (KeyError("a mistake of ours"), False),
    ],
)
async def test_only_transient_errors_are_tried_again(error: Exception, is_tried_again: bool) -> None:
    work = Work(error)
    with without_waiting():
        if is_tried_again:
            assert await work.run() == "done"
        else:
            with pytest.raises(type(error)):
                await work.run()
    assert work.tries == (2 if is_tried_again else 1)


@pytest.mark.parametrize(
    ("why", "policy", "error", "tries"),
    [
        ("too many tries", RetryPolicy(attempts_max=3), Transient("down"), 3),
        ("asked to wait beyond the limit", RetryPolicy(seconds_max=5), RateLimited("429", retry_after_seconds=60), 1),
        ("asked to wait to the limit", RetryPolicy(seconds_max=5), RateLimited("429", retry_after_seconds=5), 1),
        ("asked to wait within it", RetryPolicy(attempts_max=2), RateLimited("429", retry_after_seconds=1), 2),
        ("no time left", RetryPolicy(seconds_max=0), Transient("down"), 1),
    ],
)
async def test_it_gives_up_with_the_error_itself(
    why: str, policy: RetryPolicy, error: HourledgerError, tries: int
) -> None:
    work = Work(*[error] * 10)
    with without_waiting(), pytest.raises(type(error)) as caught:
        await work.run(policy)
    assert (caught.value, work.tries) == (error, tries), why


async def test_it_waits_as_long_as_it_is_asked_to() -> None:
    work = Work(RateLimited("429", retry_after_seconds=0.05))
    started = time.monotonic()
    assert await work.run(RetryPolicy(first_wait_seconds=0)) == "done"
    assert time.monotonic() - started >= 0.05


async def test_without_waiting_ends_with_its_block() -> None:
    with without_waiting(), without_waiting():
        pass
    started = time.monotonic()
    await Work(RateLimited("429", retry_after_seconds=0.02)).run(RetryPolicy(first_wait_seconds=0))
    assert time.monotonic() - started >= 0.02

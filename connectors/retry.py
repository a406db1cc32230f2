"""The one retry policy of all connectors: only what passes by itself, a few times, within seconds.

    wait before try n+1 = random between 0 and min(first * 2^(n-1), longest)     (full jitter)
                          or at least what the other system asked for

Long waits belong to the queue, which survives a restart; a sleeping coroutine does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from hourledger.core.errors import RateLimited, Transient

_is_waiting = True


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most so many tries, none of which begins later than ``seconds_max`` after the first one began."""

    attempts_max: int = 4
    seconds_max: float = 10.0
    first_wait_seconds: float = 0.25
    wait_seconds_max: float = 3.0


def retrying(policy: RetryPolicy | None = None) -> AsyncRetrying:
    """For ``async for attempt in retrying(): with attempt: ...``; the last error is raised as it is.

    Raises:
        RateLimited: at once when the asked-for wait goes beyond the limit.
        Transient: still not well after the last try. Every other error passes through at once.
    """
    policy = policy or RetryPolicy()
    jitter = wait_random_exponential(multiplier=policy.first_wait_seconds, max=policy.wait_seconds_max)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_seconds if isinstance(error, RateLimited) else None
        return max(jitter(state), asked or 0.0)

    return AsyncRetrying(
        retry=retry_if_exception_type(Transient),
        stop=stop_after_attempt(policy.attempts_max) | stop_before_delay(policy.seconds_max),
        wait=wait,
        sleep=_sleep,
        reraise=True,
    )


@contextmanager
def without_waiting() -> Iterator[None]:
    """Retry at once, for tests: the waits are still computed and still count against the limits."""
    global _is_waiting  # noqa: PLW0603 - a switch of the process, which only tests turn
    before, _is_waiting = _is_waiting, False
    try:
        yield
    finally:
        _is_waiting = before


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds if _is_waiting else 0)

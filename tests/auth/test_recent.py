"""What was found out a moment ago is believed for a moment."""

from __future__ import annotations

import pytest

from hourledger.auth.recent import Recent


@pytest.mark.parametrize(
    ("seconds_later", "found"),
    [(0, "value"), (4.9, "value"), (5, None), (500, None)],
)
def test_a_value_is_found_until_it_is_too_old(seconds_later: float, found: str | None) -> None:
    time = [100.0]
    recent: Recent[str] = Recent(seconds=5, entries_max=2, clock=lambda: time[0])
    recent.remember(b"key", "value", since=100.0)
    time[0] += seconds_later
    assert recent.find(b"key") == found


def test_age_counts_from_the_beginning_of_the_look_up() -> None:
    recent: Recent[str] = Recent(seconds=5, entries_max=2, clock=lambda: 100.0)
    recent.remember(b"key", "looked up slowly", since=94.0)
    assert recent.find(b"key") is None


def test_there_are_never_more_than_the_limit_and_the_oldest_goes_first() -> None:
    recent: Recent[int] = Recent(seconds=5, entries_max=2, clock=lambda: 0.0)
    for number, key in enumerate([b"a", b"b", b"a", b"c"]):
        recent.remember(key, number, since=0.0)
    assert [recent.find(key) for key in (b"a", b"b", b"c")] == [2, None, 3]
    recent.forget_all()
    assert recent.find(b"c") is None

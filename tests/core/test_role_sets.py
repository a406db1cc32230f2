"""Role sets (project-finances §1.6): what may be stored, and which days a set holds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.errors import Invalid
from hourledger.core.periods import Period
from hourledger.core.role_sets import RoleShare, days_of_set, require_role_set, role_sets
from tests.core.tables import table

DAY = date(2026, 1, 1)


def test_1_6_shares_sum_to_100_and_one_role_is_primary() -> None:
    for roles, code in table("""
        role:share, * primary     code
        1:100*                    -
        1:60*,2:40                -
        1:33.34*,2:33.33,3:33.33  -
        1:100*,2:0                -
        1:60*,2:39.99             SHARES_NOT_100
        1:60*,2:40.01             SHARES_NOT_100
        1:100*,1:0                ROLES_NOT_DISTINCT
        1:50*,2:50*               PRIMARY_ROLE_COUNT
        1:50,2:50                 PRIMARY_ROLE_COUNT
        1:110*,2:-10              SHARE_INVALID
        1:33.333*,2:66.667        SHARE_INVALID      # three decimals
        1:NaN*                    SHARE_INVALID
    """):
        given_roles = [
            RoleShare(int(one.split(":")[0]), Decimal(one.split(":")[1].rstrip("*")), one.endswith("*"))
            for one in roles.split(",")
        ]
        if code == "-":
            require_role_set(given_roles)
        else:
            with pytest.raises(Invalid) as caught:
                require_role_set(given_roles)
            assert caught.value.code == code, roles
    with pytest.raises(Invalid) as caught:
        require_role_set([])
    assert caught.value.code == "PRIMARY_ROLE_COUNT"


STARTS = st.one_of(st.none(), st.integers(0, 30).map(lambda days: DAY + timedelta(days)))
WRITTEN = st.lists(st.tuples(STARTS, st.integers(1, 9)), max_size=8)


@given(WRITTEN)
def test_1_6_the_set_of_a_day_is_the_last_one_written_for_that_day(written: list[tuple[date | None, int]]) -> None:
    held: list[tuple[Period, RoleShare]] = []
    model: dict[date | None, int] = {}
    for start, role in written:
        days = days_of_set([period for period, _ in held], start)
        held = [(piece, share) for period, share in held for piece in period.without(days)]
        held.append((days, RoleShare(role, Decimal(100), is_primary=True)))
        model[start] = role

    for offset in range(-2, 34):
        day = DAY + timedelta(offset)
        # The set that began last on or before the day; None began before all days.
        begun = [start for start in model if start is None or start <= day]
        expected = model[max(begun, key=lambda start: start or date.min)] if begun else None
        found = [share.role_id for period, share in held if day in period]
        assert found == ([] if expected is None else [expected])

    sets = role_sets(held)
    for one, following in pairwise(sets):
        assert not one.period.overlaps(following.period)
    assert all(sum(role.share_percent for role in one.roles) == 100 for one in sets)

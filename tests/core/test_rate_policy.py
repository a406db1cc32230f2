"""Rate policies are data; one broken policy for each way of being wrong."""

from __future__ import annotations

import pytest

from hourledger.core.errors import Invalid
from hourledger.core.rates import PROJECT_HOURS, Level, Step, Subject, load_policy, shipped_policy
from hourledger.core.work import CostType, RateKind, RevenueType

BROKEN = {
    "not TOML": ('version = "x', "not valid TOML"),
    "no version": ("[cost]", "needs a line such as version"),
    "empty version": ('version = ""', "needs a line such as version"),
    "version is a number": ("version = 1", "needs a line such as version"),
    "unknown table": ("[prices]", "unknown tables: prices"),
    "cost is no table": ("cost = 3", "cost must be a table"),
    "unknown cost type": ("[cost]\nDAILY = []", "cost.DAILY: DAILY is not a cost type"),
    "cost type among billing types": ("[billing]\nNO_COST = []", "billing.NO_COST: NO_COST is not a billing type"),
    "planned is no table": ("planned = 3", "planned must hold the tables"),
    "unknown planned table": ("[planned.prices]", "unknown tables: planned.prices"),
    "planned cost is no table": ("[planned]\ncost = 3", "planned.cost must be a table"),
    "a planned step is wrong": ("[planned.cost]\nUSER_HOURLY = [{}]", "planned.cost.USER_HOURLY, step 1: a step needs"),
    "nothing plans hours without a task": ("[planned.cost]\nPROJECT_HOURS = []", "PROJECT_HOURS is not a cost type"),
    "steps are no list": ("[cost]\nUSER_HOURLY = 3", "cost.USER_HOURLY must be a list"),
    "a step is no table": ("[cost]\nUSER_HOURLY = [3]", "cost.USER_HOURLY, step 1: a step is a table"),
    "unknown key": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", whenever = "task" }]',
        "step 1: unknown keys whenever",
    ),
    "unknown level": ('[cost]\nUSER_HOURLY = [{ level = "PLANET", subject = "owner" }]', "step 1: 'PLANET'"),
    "unknown subject": ('[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "me" }]', "step 1: 'me'"),
    "unknown condition": ('[cost]\nUSER_HOURLY = [{ stop = true, when = "rain" }]', "step 1: 'rain'"),
    "unknown exception": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", unless = "rain" }]',
        "step 1: 'rain'",
    ),
    "no level": ('[cost]\nUSER_HOURLY = [{ subject = "owner" }]', "step 1: a step needs a level and a subject"),
    "no subject": ('[cost]\nUSER_HOURLY = [{ level = "PERSON" }]', "step 1: a step needs a level and a subject"),
    "looks and stops": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", stop = true }]',
        "step 1: a step either looks somewhere or stops",
    ),
    "stops for somebody": (
        '[cost]\nUSER_HOURLY = [{ subject = "owner", stop = true }]',
        "step 1: a step either looks somewhere or stops",
    ),
    "stop is text": ('[cost]\nUSER_HOURLY = [{ stop = "no", when = "task" }]', "step 1: stop is true or false"),
    "the second step is wrong": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner" }, {}]',
        "cost.USER_HOURLY, step 2: a step needs",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_policy_is_refused_and_says_where(name: str) -> None:
    text, says = BROKEN[name]
    if "version" not in name and name != "not TOML":
        text = f'version = "test"\n{text}'
    with pytest.raises(Invalid, match=says) as caught:
        load_policy(text)
    assert caught.value.code == "POLICY_INVALID"


def test_a_policy_reads_as_written() -> None:
    policy = load_policy("""
        version = "two steps"
        [billing]
        USER_HOURLY = [
            { level = "PERSON", subject = "owner", unless = "chosen_role" },
            { stop = true, when = "owner.primary_role" },
        ]
    """)
    assert policy.version == "two steps"
    assert policy.steps == {
        (RateKind.BILLING, "USER_HOURLY"): (
            Step(Level.PERSON, Subject.OWNER, unless=Subject.CHOSEN_ROLE),
            Step(None, None, when=Subject.OWNER_PRIMARY_ROLE, stop=True),
        )
    }


def test_the_shipped_policy_names_its_version_and_covers_every_hourly_type() -> None:
    policy = shipped_policy("workfront-1")
    assert policy.version == "workfront-1"
    cost_types = {kind for kind in CostType if kind is not CostType.NO_COST}
    hourly_types = {kind.hourly for kind in RevenueType if kind.hourly is not None}
    cost_names, hourly_names = {one.value for one in cost_types}, {one.value for one in hourly_types}
    assert {name for kind, name in policy.steps if kind is RateKind.COST} == cost_names | {PROJECT_HOURS}
    assert {name for kind, name in policy.steps if kind is RateKind.BILLING} == hourly_names | {PROJECT_HOURS}


def test_a_plan_is_searched_like_actual_work_unless_the_policy_says_otherwise() -> None:
    policy = load_policy("""
        version = "plans"
        [cost]
        USER_HOURLY = [{ level = "PERSON", subject = "owner" }]
        ROLE_HOURLY = [{ level = "ROLE", subject = "owner.primary_role" }]
        [planned.cost]
        USER_HOURLY = [{ level = "ROLE", subject = "task.role" }]
        USER_AND_ROLE_HOURLY = []
    """)
    person, role = Step(Level.PERSON, Subject.OWNER), Step(Level.ROLE, Subject.OWNER_PRIMARY_ROLE)
    for type_name, actual, planned in (
        ("USER_HOURLY", (person,), (Step(Level.ROLE, Subject.TASK_ROLE),)),
        ("ROLE_HOURLY", (role,), (role,)),
        ("USER_AND_ROLE_HOURLY", (), ()),
        ("FIXED_HOURLY", (), ()),
    ):
        assert policy.steps_for(RateKind.COST, type_name) == actual
        assert policy.steps_for(RateKind.COST, type_name, is_planned=True) == planned


def test_a_policy_that_does_not_ship_is_unknown() -> None:
    with pytest.raises(Invalid) as caught:
        shipped_policy("workfront-0")
    assert caught.value.code == "POLICY_UNKNOWN"


def test_revenue_types_share_the_search_of_their_hourly_type() -> None:
    for kind, hourly, capped, fixed in (
        # type                                            rate search                        cap    fixed part
        (RevenueType.NOT_BILLABLE,                        None,                              False, False),
        (RevenueType.FIXED_REVENUE,                       None,                              False, True),
        (RevenueType.FIXED_HOURLY,                        RevenueType.FIXED_HOURLY,          False, False),
        (RevenueType.USER_HOURLY,                         RevenueType.USER_HOURLY,           False, False),
        (RevenueType.ROLE_HOURLY,                         RevenueType.ROLE_HOURLY,           False, False),
        (RevenueType.USER_AND_ROLE_HOURLY,                RevenueType.USER_AND_ROLE_HOURLY,  False, False),
        (RevenueType.USER_HOURLY_CAP,                     RevenueType.USER_HOURLY,           True,  False),
        (RevenueType.ROLE_HOURLY_CAP,                     RevenueType.ROLE_HOURLY,           True,  False),
        (RevenueType.USER_AND_ROLE_HOURLY_CAP,            RevenueType.USER_AND_ROLE_HOURLY,  True,  False),
        (RevenueType.USER_HOURLY_PLUS_FIXED,              RevenueType.USER_HOURLY,           False, True),
        (RevenueType.ROLE_HOURLY_PLUS_FIXED,              RevenueType.ROLE_HOURLY,           False, True),
        (RevenueType.USER_AND_ROLE_HOURLY_PLUS_FIXED,     RevenueType.USER_AND_ROLE_HOURLY,  False, True),
    ):  # fmt: skip
        assert (kind.hourly, kind.is_capped, kind.has_fixed_part) == (hourly, capped, fixed), kind

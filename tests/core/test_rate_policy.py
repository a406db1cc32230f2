"""Rate policies are data; one broken policy for each way of being wrong."""

from __future__ import annotations

import re

import pytest

from hourledger.core.errors import Invalid
from hourledger.core.rates import (
    GENERAL_HOURS,
    ISSUE_HOURS,
    PROJECT_HOURS,
    SHIPPED,
    Level,
    Step,
    Subject,
    load_policy,
    shipped_policy,
)
from hourledger.core.work import CostType, RateKind, RevenueType

SCORED = '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", score = 1 },'

BROKEN = {
    "not TOML": ('version = "x', "not valid TOML"),
    "no version": ("[cost]", "needs a line such as version"),
    "empty version": ('version = ""', "needs a line such as version"),
    "version is a number": ("version = 1", "needs a line such as version"),
    "says nothing": ("", "it needs a table cost or billing"),
    "unknown table": ("[prices]", "line 2: prices: there is no such table"),
    "cost is no table": ("cost = 3", "line 2: cost: must be a table"),
    "unknown cost type": ("[cost]\nDAILY = []", "line 3: cost.DAILY: DAILY is not a cost type"),
    "cost type among billing types": ("[billing]\nNO_COST = []", "billing.NO_COST: NO_COST is not a billing type"),
    "a type without a search": ("[cost]\nNO_COST = []", "cost.NO_COST: NO_COST is not a cost type"),
    "planned is no table": ("planned = 3", "line 2: planned: must hold tables"),
    "unknown planned table": ("[planned.prices]", "line 2: planned.prices: there is no such table"),
    "planned cost is no table": ("[planned]\ncost = 3", "planned.cost: must be a table"),
    "a planned step is wrong": (
        "[planned.cost]\nUSER_HOURLY = [{}]",
        "line 3: planned.cost.USER_HOURLY, step 1: a step needs",
    ),
    "nothing plans hours without a task": ("[planned.cost]\nPROJECT_HOURS = []", "PROJECT_HOURS is not a cost type"),
    "stretched is no list": ('stretched = "ROLE"', "line 2: stretched: must be a list of levels"),
    "stretched is no level": ('stretched = ["PLANET"]', "line 2: stretched: must be a list of levels"),
    "steps are no list": ("[cost]\nUSER_HOURLY = 3", "line 3: cost.USER_HOURLY: must be a list"),
    "a step is no table": ("[cost]\nUSER_HOURLY = [3]", "line 3: cost.USER_HOURLY, step 1: a step is a table"),
    "unknown key": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", whenever = "task" }]',
        "step 1: unknown keys whenever",
    ),
    "unknown level": ('[cost]\nUSER_HOURLY = [{ level = "PLANET", subject = "owner" }]', "step 1: 'PLANET' is not"),
    "unknown subject": ('[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "me" }]', "step 1: 'me' is not"),
    "unknown condition": ('[cost]\nUSER_HOURLY = [{ stop = true, when = "rain" }]', "step 1: 'rain' is not"),
    "unknown exception": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", unless = ["task", "rain"] }]',
        "step 1: 'rain' is not",
    ),
    "no level": ('[cost]\nUSER_HOURLY = [{ subject = "owner" }]', "step 1: a step needs a level and a subject"),
    "no subject": ('[cost]\nUSER_HOURLY = [{ level = "PERSON" }]', "step 1: a step needs a level and a subject"),
    "the rate of a role is not a person's": (
        '[cost]\nUSER_HOURLY = [{ level = "ROLE", subject = "owner" }]',
        "rates of level ROLE belong to a role, owner is a person",
    ),
    "looks and stops": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", stop = true }]',
        "step 1: a step either looks somewhere or stops",
    ),
    "stops for somebody": (
        '[cost]\nUSER_HOURLY = [{ subject = "owner", stop = true }]',
        "step 1: a step either looks somewhere or stops",
    ),
    "stop is text": ('[cost]\nUSER_HOURLY = [{ stop = "no", when = "task" }]', "step 1: stop is true or false"),
    "locked without a card": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", locked = true }]',
        "only lines of a RATE_CARD can be locked",
    ),
    "the second step is wrong": (
        '[cost]\nUSER_HOURLY = [\n{ level = "PERSON", subject = "owner" }, # {\n\n{},\n]',
        "line 6: cost.USER_HOURLY, step 2: a step needs",
    ),
    "a step that is never reached": (
        '[cost]\nUSER_HOURLY = [{ stop = true }, { level = "PERSON", subject = "owner" }]',
        "nothing after step 1 is ever reached",
    ),
    "unknown ladder": (
        '[cost]\nUSER_HOURLY = [\n{ ladder = "up", subject = "owner" }]',
        "line 4: cost.USER_HOURLY, step 1: there is no ladder 'up'",
    ),
    "ladders are no table": ("ladders = 3", "line 2: ladders: must be a table"),
    "a ladder is no list": ("[ladders]\nup = 3", "line 3: ladders.up: must be a list"),
    "a ladder nobody uses is wrong": ('[ladders]\nup = [{ level = "UP" }]', "line 3: ladders.up, step 1: 'UP'"),
    "ladders in a circle": (
        '[ladders]\nup = [{ ladder = "down" }]\ndown = [{ ladder = "up" }]',
        "line 3: ladders.up: ladders go in a circle: up -> down -> up",
    ),
    "a ladder that names itself": ('[ladders]\nup = [{ ladder = "up" }]', "ladders go in a circle: up -> up"),
    "a ladder and a level": (
        '[ladders]\nup = []\n[cost]\nUSER_HOURLY = [{ ladder = "up", level = "ROLE" }]',
        "line 5: cost.USER_HOURLY, step 1: a step that names a ladder has no level",
    ),
    "a ladder without a subject": (
        '[ladders]\nup = [{ level = "ROLE" }]\n[cost]\nUSER_HOURLY = [{ ladder = "up" }]',
        "cost.USER_HOURLY: its step 1 has a level and no subject",
    ),
    "a score is text": (
        '[cost]\nUSER_HOURLY = [{ level = "PERSON", subject = "owner", score = "high" }]',
        "step 1: a score is a whole number",
    ),
    "only one step has a score": (
        SCORED + ' { level = "ANYONE", subject = "organisation" }]',
        "either all of its steps have a score or none",
    ),
    "equal scores": (
        SCORED + ' { level = "ANYONE", subject = "organisation", score = 1 }]',
        "two steps have the same score",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_policy_is_refused_and_says_where(name: str) -> None:
    text, says = BROKEN[name]
    if "version" not in name and name != "not TOML":
        text = f'version = "test"\n{text}'
    with pytest.raises(Invalid, match=re.escape(says)) as caught:
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
            Step(Level.PERSON, Subject.OWNER, unless=(Subject.CHOSEN_ROLE,)),
            Step(None, None, when=(Subject.OWNER_PRIMARY_ROLE,), stop=True),
        )
    }


def test_the_shipped_policy_names_its_version_and_covers_every_hourly_type() -> None:
    policy = shipped_policy("workfront-1")
    assert policy.version == "workfront-1"
    cost_types = {kind for kind in CostType if kind is not CostType.NO_COST}
    hourly_types = {kind.hourly for kind in RevenueType if kind.hourly is not None}
    cost_names, hourly_names = {one.value for one in cost_types}, {one.value for one in hourly_types}
    assert {name for kind, name in policy.steps if kind is RateKind.COST} == cost_names | {
        PROJECT_HOURS,
        ISSUE_HOURS,
        GENERAL_HOURS,
    }
    assert {name for kind, name in policy.steps if kind is RateKind.BILLING} == hourly_names | {
        PROJECT_HOURS,
        ISSUE_HOURS,
    }


def test_a_ladder_takes_subject_and_conditions_of_the_step_that_names_it() -> None:
    policy = load_policy("""
        version = "ladders"
        [ladders]
        inner = [{ level = "ROLE" }]
        role = [
            { level = "PROJECT_ROLE", unless = "chosen_role" },
            { ladder = "inner", when = "task" },
            { level = "PERSON", subject = "owner" },
            { stop = true },
        ]
        [cost]
        USER_HOURLY = [{ ladder = "role", subject = "owner.primary_role", when = "owner" }]
    """)
    owner, task = Subject.OWNER, Subject.TASK
    assert policy.steps[RateKind.COST, "USER_HOURLY"] == (
        Step(Level.PROJECT_ROLE, Subject.OWNER_PRIMARY_ROLE, when=(owner,), unless=(Subject.CHOSEN_ROLE,)),
        Step(Level.ROLE, Subject.OWNER_PRIMARY_ROLE, when=(owner, task)),
        Step(Level.PERSON, owner, when=(owner,)),  # its own subject stays
        Step(None, None, when=(owner,), stop=True),
    )


def test_every_type_stands_for_those_that_are_not_listed() -> None:
    policy = load_policy("""
        version = "every"
        [billing]
        EVERY_TYPE = [{ level = "PERSON", subject = "owner" }]
        ROLE_HOURLY = []
    """)
    lengths = {name: len(steps) for (_, name), steps in policy.steps.items()}
    assert lengths == {
        "USER_HOURLY": 1,
        "ROLE_HOURLY": 0,
        "USER_AND_ROLE_HOURLY": 1,
        "FIXED_HOURLY": 1,
        PROJECT_HOURS: 1,
        ISSUE_HOURS: 1,
        GENERAL_HOURS: 1,
    }


@pytest.mark.parametrize("version", SHIPPED)
def test_every_shipped_policy_loads_under_its_own_name(version: str) -> None:
    assert shipped_policy(version).version == version


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

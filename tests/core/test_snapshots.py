"""Facts of snapshots: what differs between two, what is read back, and who sees what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.access import EVERYTHING, Permission
from hourledger.core.money import Money
from hourledger.core.snapshots import (
    SIGHTS,
    ChangeType,
    Fact,
    FactKind,
    FieldChange,
    Values,
    as_json,
    differences,
    from_json,
    seen,
    visible_kinds,
)

COST, BILLING, GENERAL = (
    Permission.VIEW_COST_RATES,
    Permission.VIEW_BILLING_RATES,
    Permission.VIEW_GENERAL_FINANCE,
)


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


def test_added_removed_and_changed_things_field_by_field() -> None:
    before = [
        Fact(FactKind.TASK, "9", "Build", {"name": "Build", "fixed_cost": euros("10")}),
        Fact(FactKind.RISK, "1", "Fire", {"potential_cost": euros("5")}),
        Fact(FactKind.TASK, "3", "Same", {"name": "Same"}),
    ]
    after = [
        Fact(FactKind.TASK, "9", "Built", {"name": "Built", "fixed_cost": euros("10"), "is_billable": True}),
        Fact(FactKind.TASK, "3", "Same", {"name": "Same"}),
        Fact(FactKind.TASK, "10", "Test", {"name": "Test"}),
    ]
    found = [(one.kind, one.key, one.label, one.change, one.fields) for one in differences(before, after)]
    assert found == [
        (
            FactKind.TASK,
            "9",
            "Built",
            ChangeType.CHANGED,
            (FieldChange("is_billable", None, True), FieldChange("name", "Build", "Built")),
        ),
        (FactKind.TASK, "10", "Test", ChangeType.ADDED, (FieldChange("name", None, "Test"),)),
        (FactKind.RISK, "1", "Fire", ChangeType.REMOVED, (FieldChange("potential_cost", euros("5"), None),)),
    ]


def test_an_amount_in_another_currency_is_another_amount_and_no_is_not_nothing() -> None:
    before = Fact(FactKind.EXPENSE, "1", "Train", {"amount": Money(100, "EUR"), "is_billable": False})
    after = Fact(FactKind.EXPENSE, "1", "Train", {"amount": Money(100, "USD")})
    [change] = differences([before], [after])
    assert change.fields == (
        FieldChange("amount", Money(100, "EUR"), Money(100, "USD")),
        FieldChange("is_billable", False, None),
    )


VALUES = st.dictionaries(
    st.sampled_from(("a", "b", "c", "d")),
    st.text(max_size=5)
    | st.booleans()
    | st.builds(Money, st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(("EUR", "JPY", "KWD"))),
    max_size=4,
)
FACTS = st.dictionaries(
    st.tuples(st.sampled_from(FactKind), st.sampled_from(("1", "2", "10", "x"))), VALUES, max_size=8
).map(lambda found: [Fact(kind, key, f"{kind} {key}", values) for (kind, key), values in found.items()])


@given(VALUES)
def test_what_is_stored_is_read_back(values: Values) -> None:
    assert from_json(as_json(values)) == values


@given(FACTS, FACTS)
def test_a_comparison_leads_from_the_one_to_the_other_and_back(before: list[Fact], after: list[Fact]) -> None:
    assert differences(before, before) == []
    there, back = differences(before, after), differences(after, before)
    applied = {(one.kind, one.key): dict(one.values) for one in before}
    for change in there:
        if change.change is ChangeType.REMOVED:
            del applied[change.kind, change.key]
            continue
        values = applied.setdefault((change.kind, change.key), {})
        for field in change.fields:
            assert values.pop(field.field, None) == field.before
            if field.after is not None:
                values[field.field] = field.after
    assert applied == {(one.kind, one.key): dict(one.values) for one in after}
    turned = {ChangeType.ADDED: ChangeType.REMOVED, ChangeType.REMOVED: ChangeType.ADDED}
    assert [(one.kind, one.key, turned.get(one.change, one.change)) for one in there] == [
        (one.kind, one.key, one.change) for one in back
    ]
    assert [one.order for one in there] == sorted(one.order for one in there)


SEEN = """
    kind           field           cost  billing  general  nobody
    PROJECT        name            yes   yes      yes      yes
    PROJECT        budgeted        no    no       no       no
    PROJECT        budgeted_labor  yes   no       no       no
    PROJECT        actual_revenue  no    yes      no       no
    PROJECT        budget          no    no       yes      no
    TASK           cost_rate       yes   no       no       no
    TASK           billing_amount  no    yes      no       no
    TASK           not_known_yet   no    no       no       no
    COST_RATE      rate            yes   no       no       no
    COST_CARD      rate_card       yes   no       no       no
    BILLING_RATE   rate            no    yes      no       no
    BILLING_CARD   rate_card       no    yes      no       no
    EXPENSE        planned_amount  no    no       yes      no
    RISK           potential_cost  no    no       yes      no
    ROLE_BUDGET    hours           no    no       yes      no
    BILLING_LINE   description     no    no       yes      no
    BILLING_LINE   amount          no    no       no       no
"""  # budgeted cost and the amount of a line take two rights
CASES = [line.split() for line in SEEN.strip().splitlines()[1:]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: ".".join(case[:2]))
def test_9_2_each_figure_takes_its_right(case: list[str]) -> None:
    kind, field, *expected = case
    facts = [Fact(FactKind(kind), "1", "one", {field: "x"})]

    def shown(*rights: Permission) -> str:
        return "yes" if any(field in one.values for one in seen(facts, frozenset(rights).__contains__)) else "no"

    assert [shown(COST), shown(BILLING), shown(GENERAL), shown()] == expected
    assert shown(*EVERYTHING) == "yes"


def test_the_rates_of_a_kind_one_may_not_see_are_not_even_counted() -> None:
    hidden = set(FactKind) - set(visible_kinds(frozenset({GENERAL, BILLING}).__contains__))
    assert hidden == {FactKind.COST_RATE, FactKind.COST_CARD}
    assert set(SIGHTS) == set(FactKind)

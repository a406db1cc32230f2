"""Which values of rate attributes go together (project-finances §1.14, tick 16)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourledger.core.rates import AttributeRelation, AttributeRelations
from tests.core.tables import table

GROUP, PLACE, COMPANY, OTHER = 1, 2, 3, 4
ATTRIBUTES = {"group": GROUP, "place": PLACE, "company": COMPANY, "other": OTHER}
VALUES = {name: number for number, name in enumerate(
    ("Design", "Build", "London", "England", "Paris", "Acme", "Nova", "Any"), start=10
)}  # fmt: skip


def pairs(*names: str) -> frozenset[tuple[int, int]]:
    split = (one.split("-") for one in names)
    return frozenset((VALUES[first], VALUES[second]) for first, second in split)


# Design works in England, Build in Paris; in England only for Acme. Groups and places are refused otherwise, places and
# customers only not offered.
RELATIONS = AttributeRelations(
    (
        AttributeRelation(GROUP, PLACE, pairs("Design-England", "Build-Paris"), refuses=True),
        AttributeRelation(COMPANY, PLACE, pairs("Acme-England", "Nova-Paris")),
    ),
    hierarchical=frozenset({PLACE}),
    parents={VALUES["London"]: VALUES["England"]},
)

TOGETHER = """
    values                                       refused   offers the last one
    group Design, place England                  no        yes
    group Design, place London                   no        yes     # it lies in England
    group Design, place Paris                    yes       no
    place London, group Design                   no        yes     # in both directions
    place London, group Build                    yes       no
    group Design                                 no        yes     # nothing beside it
    company Nova, place England                  no        no      # a suggestion refuses nothing
    company Acme, place London                   no        yes
    company Acme, group Build                    no        yes     # not related to each other
    group Build, company Acme, place Paris       no        no      # Acme is not in Paris
    group Design, company Acme, place London     no        yes
    other Any, place Paris                       no        yes
    group Design, other Any                      no        yes
"""


@pytest.mark.parametrize(("values", "refused", "offers"), table(TOGETHER))
def test_tick_16_pairs_say_what_goes_together(values: str, refused: str, offers: str) -> None:
    named = [one.split(" ") for one in values.split(", ")]
    said = {ATTRIBUTES[attribute]: VALUES[value] for attribute, value in named}
    assert bool(RELATIONS.refused(said)) is (refused == "yes")
    last = ATTRIBUTES[named[-1][0]]
    beside = {attribute: value for attribute, value in said.items() if attribute != last}
    assert RELATIONS.offers(last, said[last], beside) is (offers == "yes")


def test_a_place_of_an_attribute_without_hierarchy_is_only_itself() -> None:
    flat = AttributeRelations(RELATIONS.relations, parents=RELATIONS.parents)
    assert flat.refused({GROUP: VALUES["Design"], PLACE: VALUES["London"]})


def test_a_relation_without_pairs_offers_nothing() -> None:
    empty = AttributeRelations((AttributeRelation(GROUP, PLACE, frozenset(), refuses=True),))
    assert empty.refused({GROUP: VALUES["Design"], PLACE: VALUES["London"]})
    assert not empty.offers(PLACE, VALUES["London"], {GROUP: VALUES["Design"]})


numbers = st.integers(1, 4)
relations = st.lists(
    st.builds(AttributeRelation, numbers, numbers, st.frozensets(st.tuples(numbers, numbers)), st.booleans()).filter(
        lambda one: one.first_id != one.second_id
    ),
    max_size=4,
)


@given(relations, st.dictionaries(numbers, numbers, min_size=1), st.data())
def test_tick_16_what_is_offered_beside_what_may_be_is_never_refused(
    found: list[AttributeRelation], values: dict[int, int], data: st.DataObject
) -> None:
    """Choosing one attribute after the other from what is offered leads to no refusal, in whatever order."""
    known = AttributeRelations(tuple(found))
    order = data.draw(st.permutations(sorted(values)))
    chosen: dict[int, int] = {}
    for attribute in order:
        if known.offers(attribute, values[attribute], chosen):
            chosen[attribute] = values[attribute]
    assert known.refused(chosen) == []

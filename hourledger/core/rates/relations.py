"""Which values of rate attributes go together: what is offered beside what is there, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AttributeRelation:
    """Two rate attributes and the pairs of their values that go together; it is read from either side.

    ``refuses``: any other pair is refused, and not only left out of what is offered.
    """

    first_id: int
    second_id: int
    pairs: frozenset[tuple[int, int]]
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class AttributeRelations:
    """All relations of an organisation. ``hierarchical``: attributes whose values lie within others, as ``parents``
    says; what goes with a place goes with every place in it, as a rate for a place holds there (§3.5)."""

    relations: tuple[AttributeRelation, ...] = ()
    hierarchical: frozenset[int] = frozenset()
    parents: Mapping[int, int] = field(default_factory=dict)

    def offers(self, attribute_id: int, value_id: int, given: Mapping[int, int]) -> bool:
        """Whether the value goes with everything that is given, attribute to value; what is not related always does.

        Only relations between the two attributes themselves count: along a chain each link narrows the next one.
        Source: project-finances §1.14 (suggestion and relationship filters).
        """
        return all(
            self._go_together(one, {**given, attribute_id: value_id})
            for one in self.relations
            if attribute_id in (one.first_id, one.second_id)
        )

    def refused(self, values: Mapping[int, int]) -> list[AttributeRelation]:
        """The relations that forbid this combination, attribute to value; an attribute without a value forbids none."""
        return [one for one in self.relations if one.refuses and not self._go_together(one, values)]

    def _go_together(self, relation: AttributeRelation, values: Mapping[int, int]) -> bool:
        first, second = values.get(relation.first_id), values.get(relation.second_id)
        if first is None or second is None:
            return True
        return any(
            (one, other) in relation.pairs
            for one in self._around(relation.first_id, first)
            for other in self._around(relation.second_id, second)
        )

    def _around(self, attribute_id: int, value_id: int) -> list[int]:
        """The value and, for a place, those it lies in."""
        chain = [value_id]
        while attribute_id in self.hierarchical and chain[-1] in self.parents:
            chain.append(self.parents[chain[-1]])
        return chain

"""A rate policy: for each cost type and revenue type, the steps by which a rate is looked for.

A step names a table of rates (``level``) and whose rate in it is wanted (``subject``). The first step whose table has a
row of that subject on that day wins; an explicit 0.00 is a row. A step may depend on facts that must be known
(``when``) or must not (``unless``), may look only at locked lines of a rate card, and may end the search (``stop``).
Plans are searched by the same steps, except for the types that the policy lists under ``planned``. How policies are
written: docs/rate-policies.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from hourledger.core.rates.levels import Level, Subject
from hourledger.core.work import RateKind


@dataclass(frozen=True, slots=True)
class Step:
    """One place to look. ``stop`` without a level ends the search with no rate when all of ``when`` are known.

    ``score``: in a scored search, what the step is worth; the highest one that has a rate wins.
    """

    level: Level | None
    subject: Subject | None
    when: tuple[Subject, ...] = ()
    unless: tuple[Subject, ...] = ()
    stop: bool = False
    locked: bool = False
    score: int | None = None


Steps: TypeAlias = dict[tuple[RateKind, str], tuple[Step, ...]]
"""By kind and cost type, revenue type or kind of untyped hours."""


@dataclass(frozen=True, slots=True)
class Policy:
    """``version`` is stored with every valuation; ``planned`` holds only types whose plans are searched otherwise.

    ``stretched``: levels whose first rate counts before its first day and whose last one after its last (C-10).
    """

    version: str
    steps: Steps
    planned: Steps = field(default_factory=dict)
    stretched: frozenset[Level] = frozenset()

    def steps_for(self, kind: RateKind, type_name: str, *, is_planned: bool = False) -> tuple[Step, ...]:
        """The steps of one type; none: its hours have no rate."""
        actual = self.steps.get((kind, type_name), ())
        return self.planned.get((kind, type_name), actual) if is_planned else actual

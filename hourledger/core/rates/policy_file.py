"""Reading a rate policy from TOML, and refusing one that cannot be resolved, with the line.

    version = "mine-1"
    stretched = ["PROJECT_ROLE"]                 # overrides that reach beyond their days (C-10)

    [ladders]                                    # steps that are used more than once, by name
    role_rate = [{ level = "PROJECT_ROLE" }, { level = "ROLE" }]

    [cost]                                       # by cost type; EVERY_TYPE: those that are not listed
    [billing]                                    # by revenue type
    USER_HOURLY = [
        { level = "PERSON", subject = "owner" },
        { ladder = "role_rate", subject = "owner.primary_role", unless = "chosen_role" },
    ]
    [markup]                                     # a percentage on top of the billing rate
    [planned.cost]                               # plans, where they are searched otherwise

A ladder's steps take the subject and the conditions of the step that names it; ladders may name ladders. Where one step
of a list has a score all have, and they are sorted by it.
"""

from __future__ import annotations

import tomllib
from typing import Any

from hourledger.core.errors import Invalid
from hourledger.core.rates.levels import UNTYPED_HOURS, Level
from hourledger.core.rates.policy import Policy, Steps
from hourledger.core.rates.policy_lines import line_of
from hourledger.core.rates.policy_steps import StepReader
from hourledger.core.work import CostType, RateKind, RevenueType

EVERY_TYPE = "EVERY_TYPE"
_HOURLY = {one.hourly.value for one in RevenueType if one.hourly is not None}
_TYPES = {
    RateKind.COST: {one.value for one in CostType} - {CostType.NO_COST.value},
    RateKind.BILLING: _HOURLY,
    RateKind.MARKUP: _HOURLY,
}
_TABLES = {kind.value.lower(): kind for kind in RateKind}


def load_policy(text: str) -> Policy:
    """A policy from TOML.

    Raises:
        Invalid POLICY_INVALID: not TOML; an unknown table, type, level, subject, ladder or key; ladders in a circle; a
        level that cannot have the subject; steps that are never reached; equal scores. Says the line, table and step.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"The rate policy is not valid TOML: {error}.", code="POLICY_INVALID") from None
    return _PolicyFile(text, document).policy()


class _PolicyFile:
    """One file while it is read: where a mistake is found is said by its line."""

    def __init__(self, text: str, document: dict[str, Any]) -> None:
        self.text = text
        self.document = document
        ladders = document.pop("ladders", {})
        if not isinstance(ladders, dict):
            raise self.wrong("ladders", None, None, "must be a table of lists of steps")
        self.reader = StepReader(ladders, self.wrong)

    def wrong(self, table: str, key: str | None, number: int | None, message: str) -> Invalid:
        line = line_of(self.text, table, key, number)
        where = ".".join(part for part in (table, key) if part)
        step = f", step {number}" if number else ""
        at = f"line {line}: " if line else ""
        return Invalid(f"Rate policy, {at}{where}{step}: {message}.", code="POLICY_INVALID", line=line)

    def policy(self) -> Policy:
        version = self.document.pop("version", None)
        if not isinstance(version, str) or not version.strip():
            raise Invalid('The rate policy needs a line such as version = "mine-1".', code="POLICY_INVALID")
        planned = self.document.pop("planned", {})
        if not isinstance(planned, dict):
            raise self.wrong("planned", None, None, "must hold tables such as planned.cost")
        self.reader.read_ladders()
        stretched = self.levels("stretched")
        policy = Policy(version, self.tables(self.document, ""), self.tables(planned, "planned."), stretched)
        if not policy.steps:
            raise Invalid("The rate policy says nothing: it needs a table cost or billing.", code="POLICY_INVALID")
        return policy

    def levels(self, key: str) -> frozenset[Level]:
        listed = self.document.pop(key, [])
        known = [level.value for level in Level]
        if not isinstance(listed, list) or any(one not in known for one in listed):
            raise self.wrong(key, None, None, f"must be a list of levels, of {', '.join(known)}")
        return frozenset(Level(one) for one in listed)

    def tables(self, document: dict[str, Any], prefix: str) -> Steps:
        steps: Steps = {}
        for name, listed in document.items():
            if name not in _TABLES:
                raise self.wrong(prefix + name, None, None, "there is no such table")
            if not isinstance(listed, dict):
                raise self.wrong(prefix + name, None, None, "must be a table of types")
            kind = _TABLES[name]
            # Nothing plans hours that are on no task.
            others = UNTYPED_HOURS if not prefix else frozenset()
            for type_name in listed:
                if type_name not in _TYPES[kind] | others | {EVERY_TYPE}:
                    raise self.wrong(prefix + name, type_name, None, f"{type_name} is not a {name} type")
            read = {key: self.reader.steps_of(prefix + name, key, raw) for key, raw in listed.items()}
            every = read.pop(EVERY_TYPE, None)
            if every is not None:
                read = dict.fromkeys(_TYPES[kind] | others, every) | read
            steps |= {(kind, type_name): found for type_name, found in read.items()}
        return steps

"""A rate policy: for each cost type and revenue type, the steps by which a rate is looked for.

A step names a table of rates (``level``) and whose rate in it is wanted (``subject``). The first step whose table has a
row of that subject on that day wins; an explicit 0.00 is a row. A step may carry a condition (``when``: a fact that
must be known) and may end the search (``stop = true``) when its condition holds. Plans are searched by the same steps,
except for the types that the policy lists under ``planned``. See docs/decisions/0007-rate-policy-as-data.md.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

from hourledger.core.errors import Invalid
from hourledger.core.work import CostType, RateKind, RevenueType


class Level(StrEnum):
    """Where a rate is kept (project-finances §1.14).

    TASK: the amount on the task itself. PRESERVED_PERSON and PRESERVED_ROLE: what a person or open role on a task was
    frozen at. RATE_CARD: a card attached to the project. COMPANY_ROLE: the customer's rates as the project has them.
    TASK_ANYONE, PROJECT_ANYONE, COMPANY_ANYONE, ANYONE: rates that depend on nobody.
    """

    PRESERVED_PERSON = "PRESERVED_PERSON"
    PRESERVED_ROLE = "PRESERVED_ROLE"
    ASSIGNMENT = "ASSIGNMENT"
    TASK_PERSON = "TASK_PERSON"
    TASK_ANYONE = "TASK_ANYONE"
    PROJECT_PERSON = "PROJECT_PERSON"
    PROJECT_ROLE = "PROJECT_ROLE"
    PROJECT_ANYONE = "PROJECT_ANYONE"
    RATE_CARD = "RATE_CARD"
    COMPANY_PERSON = "COMPANY_PERSON"
    COMPANY_ROLE = "COMPANY_ROLE"
    COMPANY_ANYONE = "COMPANY_ANYONE"
    PERSON = "PERSON"
    ROLE = "ROLE"
    ANYONE = "ANYONE"
    TASK = "TASK"


class Subject(StrEnum):
    """Whose rate is asked for; an unknown one is skipped. The owner is who worked, in a plan who is assigned.

    ``owner.cost_override_allowed``: the owner again, known only when a project may override what the person costs.
    ``task.role`` and ``task.role_assignment``: the role a task is open for while no person is assigned, and the
    assignment that says so; ``owner.role_on_task``: the one of the owner's own roles among them. ``task.assignment``:
    the task's primary assignment, with the role on it and the primary role of the person it names.
    """

    OWNER = "owner"
    OWNER_COST_OVERRIDE_ALLOWED = "owner.cost_override_allowed"
    OWNER_PRIMARY_ROLE = "owner.primary_role"
    OWNER_ASSIGNMENT = "owner.assignment"
    OWNER_ASSIGNMENT_ROLE = "owner.assignment_role"
    OWNER_ROLE_ON_TASK = "owner.role_on_task"
    CHOSEN_ROLE = "chosen_role"
    TASK_ROLE = "task.role"
    TASK_ROLE_ASSIGNMENT = "task.role_assignment"
    TASK_ASSIGNMENT = "task.assignment"
    TASK_ASSIGNMENT_ROLE = "task.assignment_role"
    TASK_ASSIGNEE_PRIMARY_ROLE = "task.assignee_primary_role"
    TASK = "task"


PROJECT_HOURS = "PROJECT_HOURS"
"""In a policy, beside the cost and revenue types: hours on a project that are on none of its tasks (§2.9)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One place to look. ``stop`` without a level ends the search with no rate when ``when`` is known."""

    level: Level | None
    subject: Subject | None
    when: Subject | None = None
    unless: Subject | None = None
    stop: bool = False


Steps: TypeAlias = dict[tuple[RateKind, str], tuple[Step, ...]]
"""By kind and cost type, revenue type or PROJECT_HOURS."""


@dataclass(frozen=True, slots=True)
class Policy:
    """``version`` is stored with every valuation; ``planned`` holds only types whose plans are searched otherwise."""

    version: str
    steps: Steps
    planned: Steps = field(default_factory=dict)

    def steps_for(self, kind: RateKind, type_name: str, *, is_planned: bool = False) -> tuple[Step, ...]:
        """The steps of one type; none: its hours have no rate."""
        actual = self.steps.get((kind, type_name), ())
        return self.planned.get((kind, type_name), actual) if is_planned else actual


def load_policy(text: str) -> Policy:
    """A policy from TOML.

    Raises:
        Invalid POLICY_INVALID: not TOML, an unknown level, subject, type or key; names the table and the step.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"The rate policy is not valid TOML: {error}.", code="POLICY_INVALID") from None
    version = document.pop("version", None)
    if not isinstance(version, str) or not version:
        raise Invalid('The rate policy needs a line such as version = "workfront-1".', code="POLICY_INVALID")
    planned = document.pop("planned", {})
    if not isinstance(planned, dict):
        raise Invalid("planned must hold the tables planned.cost and planned.billing.", code="POLICY_INVALID")
    return Policy(version, _tables(document, "", {PROJECT_HOURS}), _tables(planned, "planned.", set()))


@cache
def shipped_policy(name: str) -> Policy:
    """A policy that ships with the product, by file name without ``.toml``."""
    file = resources.files("hourledger.core.rates").joinpath("policies", f"{name}.toml")
    if not file.is_file():
        raise Invalid(f"There is no shipped rate policy {name!r}.", code="POLICY_UNKNOWN")
    return load_policy(file.read_text(encoding="utf-8"))


_TABLES = (("cost", RateKind.COST, CostType), ("billing", RateKind.BILLING, RevenueType))


def _tables(document: dict[str, Any], prefix: str, besides: set[str]) -> Steps:
    """``besides``: what may have steps without being a cost or revenue type. Nothing plans hours without a task."""
    steps: Steps = {}
    for name, kind, types in _TABLES:
        table = document.pop(name, {})
        if not isinstance(table, dict):
            raise Invalid(f"{prefix}{name} must be a table of types.", code="POLICY_INVALID")
        for type_name, listed in table.items():
            where = f"{prefix}{name}.{type_name}"
            if type_name not in {member.value for member in types} | besides:
                raise Invalid(f"{where}: {type_name} is not a {name} type.", code="POLICY_INVALID")
            if not isinstance(listed, list):
                raise Invalid(f"{where} must be a list of steps.", code="POLICY_INVALID")
            steps[kind, type_name] = tuple(_step(where, number, raw) for number, raw in enumerate(listed, start=1))
    if document:
        unknown = ", ".join(prefix + name for name in sorted(document))
        raise Invalid(f"The rate policy has unknown tables: {unknown}.", code="POLICY_INVALID")
    return steps


_KEYS = {"level", "subject", "when", "unless", "stop"}


def _step(where: str, number: int, raw: Any) -> Step:
    at = f"{where}, step {number}"
    if not isinstance(raw, dict):
        raise Invalid(f"{at}: a step is a table such as {{ level, subject }}.", code="POLICY_INVALID")
    if unknown := raw.keys() - _KEYS:
        raise Invalid(f"{at}: unknown keys {', '.join(sorted(unknown))}.", code="POLICY_INVALID")
    try:
        step = Step(
            level=Level(raw["level"]) if "level" in raw else None,
            subject=Subject(raw["subject"]) if "subject" in raw else None,
            when=Subject(raw["when"]) if "when" in raw else None,
            unless=Subject(raw["unless"]) if "unless" in raw else None,
            stop=raw.get("stop", False),
        )
    except ValueError as error:
        raise Invalid(f"{at}: {error}.", code="POLICY_INVALID") from None
    if not isinstance(step.stop, bool):
        raise Invalid(f"{at}: stop is true or false.", code="POLICY_INVALID")
    if step.stop and (step.level is not None or step.subject is not None):
        raise Invalid(f"{at}: a step either looks somewhere or stops, not both.", code="POLICY_INVALID")
    if not step.stop and (step.level is None or step.subject is None):
        raise Invalid(f"{at}: a step needs a level and a subject.", code="POLICY_INVALID")
    return step

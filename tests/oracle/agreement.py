"""Holding two answers for one world against each other, and telling where they differ so that it can be looked into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from tests.oracle.results import Solution
from tests.oracle.world import World

Difference = tuple[str, str, Any, Any]
"""What (an entry, a day, a task, the project), which field, the oracle's answer and the engine's."""


def size(it: Solution) -> int:
    """How many cases a solution is: entries and planned days."""
    return len(it.entries) + len(it.planned_days)


def differences(oracle: Solution, engine: Solution) -> list[Difference]:
    """All of them; exact, amounts and levels and roles alike."""
    found: list[Difference] = []
    if [(day.task, day.assignment, day.day) for day in oracle.planned_days] != [
        (day.task, day.assignment, day.day) for day in engine.planned_days
    ]:
        found.append(("plan", "days", oracle.planned_days, engine.planned_days))
    for id, entry in oracle.entries.items():
        found += _of(f"entry {id}", entry, engine.entries[id])
    for day, other in zip(oracle.planned_days, engine.planned_days, strict=False):
        found += _of(f"plan of {day.assignment or day.task} on {day.day}", day, other)
    for name, task in oracle.tasks.items():
        found += _of(f"task {name}", task, engine.tasks[name])
    return found + list(_of("project", oracle.project, engine.project))


def report(seed: int, world: World, found: Iterable[Difference]) -> str:
    """The seed, both answers, and the parts of the world that the things that differ have to do with."""
    found = list(found)
    lines = [f"seed {seed}: oracle and engine differ"]
    for what, name, oracle, engine in found:
        lines += [f"  {what}: {name}", f"    oracle {oracle}", f"    engine {engine}"]
    words = {word for what, *_ in found for word in what.split()}
    words |= {word.rpartition("-")[0] for word in words if word.count("-") == 2 and word.startswith("task")}
    return "\n".join([*lines, *(f"  {part}" for part in _parts(world, words))])


def _of(what: str, oracle: Any, engine: Any) -> Iterator[Difference]:
    for field in fields(oracle):
        ours, theirs = getattr(oracle, field.name), getattr(engine, field.name)
        if ours != theirs:
            yield what, field.name, ours, theirs


def _parts(world: World, words: set[str]) -> Iterator[str]:
    entries = [one for one in world.entries if str(one.id) in words and "entry" in words]
    tasks = [one for one in world.tasks if one.id in words | {entry.task for entry in entries}]
    persons = {entry.owner for entry in entries} | {row.person for task in tasks for row in task.assignments}
    issues = [one for one in world.issues if one.id in {entry.issue for entry in entries}]
    persons |= {one.person for one in issues}
    yield f"base {world.base_currency}"
    for part in (*entries, *tasks, *issues, *(one for one in world.persons if one.id in persons)):
        yield str(part)
    yield from map(str, world.roles)
    yield str(world.project)
    yield from (str(one) for one in world.preserved_rates if one.task in {task.id for task in tasks})
    yield from map(str, world.exchange_rates)

"""The rates that can matter to some people and projects, from wherever they are kept, now or as known at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from hourledger.core.money import HourlyRate
from hourledger.core.periods import Period
from hourledger.core.pricing import Price
from hourledger.core.rates import Level, RateBasis, RateKey, RateLine
from hourledger.core.work import RateKind
from models.database import Session

_FREEZING = 0x686C_667A  # any number that no other lock uses

Lines = list[tuple[RateKey, RateLine]]

_LINE = """s.kind, s.level, s.person_id, s.role_id, s.company_id, s.project_id, s.assignment_id, s.task_id,
    s.rate_card_id, s.organisation_id, s.attributes, l.id, l.rate_scaled, l.currency, l.unit_seconds, l.basis,
    l.is_locked, l.valid_from, l.valid_until"""

_OWN = f"""
    SELECT {_LINE}, NULL::bigint AS attached_to, NULL::date AS from_day, NULL::date AS until_day
    FROM rate_scope s JOIN rate_line l ON l.scope_id = s.id
    WHERE s.organisation_id = :organisation AND s.rate_card_id IS NULL AND s.level <> 'COMPANY_ROLE'
      AND (s.person_id IS NULL OR s.person_id = ANY(:persons))
      AND (s.project_id IS NULL OR s.project_id = ANY(:projects))
      AND (s.company_id IS NULL OR s.company_id IN (
          SELECT company_id FROM project WHERE id = ANY(:projects)
          UNION SELECT company_id FROM rate_attachment WHERE project_id = ANY(:projects)))
      AND (s.task_id IS NULL OR s.task_id IN (
          SELECT id FROM task WHERE project_id = ANY(:projects) AND project_id = coalesce(s.project_id, project_id)))
      AND (s.assignment_id IS NULL OR s.assignment_id IN (
          SELECT a.id FROM assignment a JOIN task t ON t.id = a.task_id WHERE t.project_id = ANY(:projects)))
      AND CASE WHEN cast(:known_at AS timestamptz) IS NULL THEN l.retired_at IS NULL
               ELSE l.recorded_at <= :known_at AND (l.retired_at IS NULL OR l.retired_at > :known_at) END
"""
"""Rates that are kept for a person, role, project and so on; those of another person's overrides are left out. Those of
customers that the projects have had explain what was rated by them. What was preserved of a task on a project that it
has left does not count where it is now."""

_ATTACHED = f"""
    SELECT {_LINE}, w.id AS attached_to, a.valid_from AS from_day, a.valid_until AS until_day
    FROM unnest(cast(:projects AS bigint[])) AS w(id)
    JOIN rate_attachment a ON a.organisation_id = :organisation AND (
        a.project_id = w.id
        OR a.project_id IS NULL AND NOT EXISTS (
            SELECT FROM rate_attachment o
            WHERE o.project_id = w.id AND o.rate_card_id IS NOT NULL AND o.kind = a.kind AND {{o_in_force}}))
    JOIN rate_scope s ON {{whose}}
    JOIN rate_line l ON l.scope_id = s.id
        AND l.recorded_at <= a.known_at AND (l.retired_at IS NULL OR l.retired_at > a.known_at)
    WHERE {{a_in_force}}
"""
"""Rates of cards and customers, as they stood when they were attached. A project without a card of its own has those
that are attached to all projects."""


def _in_force(alias: str) -> str:
    return f"""CASE WHEN cast(:known_at AS timestamptz) IS NULL THEN {alias}.retired_at IS NULL
        ELSE {alias}.recorded_at <= :known_at AND ({alias}.retired_at IS NULL OR {alias}.retired_at > :known_at) END"""


async def load_rates(
    session: Session,
    organisation_id: int,
    *,
    person_ids: Iterable[int],
    project_ids: Iterable[int],
    positions: Mapping[int, int],
    known_at: datetime | None = None,
) -> Lines:
    """Rate lines that can matter to these people and projects; all role lines of the system.

    ``positions``: of the rate attributes, by id. ``known_at``: as they stood at that instant; None: in force now.
    """
    lines: Lines = []
    for row, within in await _found(session, organisation_id, person_ids, project_ids, known_at):
        lines.append(_keyed(row, _own_scope(row) if row.attached_to is None else row.attached_to, within, positions))
    return lines


@dataclass(frozen=True, slots=True)
class FoundRate:
    """A rate that can matter, and whose it is; ``period``: within the days of its attachment, if it has one."""

    kind: RateKind
    level: Level
    subjects: Mapping[str, int]
    rate_card_id: int | None
    attributes: Mapping[int, int]
    price: Price
    period: Period


async def found_rates(
    session: Session, organisation_id: int, *, person_ids: Iterable[int], project_id: int
) -> list[FoundRate]:
    """What ``load_rates`` finds now for one project and these people, to be told rather than searched.

    ``subjects``: the ids that its level needs, by noun, such as {"role": 3}.
    """
    found = []
    for row, within in await _found(session, organisation_id, person_ids, [project_id], None):
        nouns = ("person", "role", "company", "project", "assignment", "task")
        subjects = {noun: value for noun in nouns if (value := getattr(row, f"{noun}_id")) is not None}
        price = Price(HourlyRate(row.rate_scaled, row.currency, row.unit_seconds), RateBasis(row.basis), row.is_locked)
        attributes = {int(one): value for one, value in row.attributes.items()}
        found.append(
            FoundRate(RateKind(row.kind), Level(row.level), subjects, row.rate_card_id, attributes, price, within)
        )
    return found


async def _found(
    session: Session,
    organisation_id: int,
    person_ids: Iterable[int],
    project_ids: Iterable[int],
    known_at: datetime | None,
) -> list[tuple[Any, Period]]:
    """Each line that can matter with the days on which it does."""
    bound = {
        "organisation": organisation_id,
        "persons": sorted(person_ids),
        "projects": sorted(project_ids),
        "known_at": known_at,
    }
    attached = " UNION ALL ".join(
        _ATTACHED.format(whose=whose, a_in_force=_in_force("a"), o_in_force=_in_force("o"))
        for whose in ("s.rate_card_id = a.rate_card_id", "s.level = 'COMPANY_ROLE' AND s.company_id = a.company_id")
    )
    found = []
    for row in await session.execute(text(f"{_OWN} UNION ALL {attached}"), bound):
        within = Period(row.from_day, row.until_day).shared_with(Period(row.valid_from, row.valid_until))
        if within is not None:
            found.append((row, within))
    return found


def _own_scope(row: Any) -> int | None:
    scope = Level(row.level).scope
    return getattr(row, f"{scope.value}_id") if scope else None


def _keyed(row: Any, scope_id: int | None, period: Period, positions: Mapping[int, int]) -> tuple[RateKey, RateLine]:
    level = Level(row.level)
    key = RateKey(RateKind(row.kind), level, scope_id, getattr(row, f"{level.whose.value}_id"))
    rate = HourlyRate(row.rate_scaled, row.currency, row.unit_seconds)
    attributes = tuple(sorted((positions[int(one)], value) for one, value in row.attributes.items()))
    return key, RateLine(rate, period, row.id, RateBasis(row.basis), attributes, row.is_locked)


async def lock_freezing(session: Session, task_ids: Sequence[int]) -> None:
    """One who freezes on a task at a time, until the transaction ends; whoever waited sees what the other has frozen.

    Not the task's row: whoever rates holds entries by now, and tasks come before entries.
    """
    await session.execute(
        text(
            "SELECT pg_advisory_xact_lock(cast(:space AS int), cast(id % 2147483647 AS int)) "
            "FROM unnest(cast(:tasks AS bigint[])) AS task(id) ORDER BY id"
        ),
        {"space": _FREEZING, "tasks": sorted(task_ids)},
    )


async def frozen_on_tasks(session: Session, task_ids: Sequence[int]) -> set[tuple[int, int | None, int | None]]:
    """(task, person, role) of what has been frozen on these tasks, whether it had a rate or not (§3.8).

    On the project that the task is on: another one preserves what it bills itself.
    """
    rows = await session.execute(
        text(
            "SELECT s.task_id, s.person_id, s.role_id FROM rate_scope s "
            "JOIN task t ON t.id = s.task_id AND t.project_id = s.project_id "
            "WHERE s.level IN ('PRESERVED_PERSON', 'PRESERVED_ROLE') AND s.task_id = ANY(:tasks)"
        ),
        {"tasks": list(task_ids)},
    )
    return {(row.task_id, row.person_id, row.role_id) for row in rows}


async def days_of_change(
    session: Session, organisation_id: int, person_ids: Sequence[int], project_ids: Sequence[int]
) -> set[date]:
    """The days on which a role of these people, or a role they are billed as on these projects, begins or ends."""
    rows = await session.execute(
        text("""
            SELECT r.valid_from AS day FROM person_role r
            WHERE r.organisation_id = :organisation AND r.person_id = ANY(:persons)
            UNION SELECT r.valid_until FROM person_role r
            WHERE r.organisation_id = :organisation AND r.person_id = ANY(:persons)
            UNION SELECT b.valid_from FROM project_billing_role b
            WHERE b.organisation_id = :organisation AND b.project_id = ANY(:projects)
            UNION SELECT b.valid_until FROM project_billing_role b
            WHERE b.organisation_id = :organisation AND b.project_id = ANY(:projects)
        """),
        {"organisation": organisation_id, "persons": list(person_ids), "projects": list(project_ids)},
    )
    return {row.day for row in rows if row.day is not None}

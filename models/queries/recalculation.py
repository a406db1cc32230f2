"""Runs of recalculation and their projects: what is to be done, taking it, and what came of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Protocol

from sqlalchemy import text

from models.database import Session
from models.tables import ProjectOutcome, RunStatus

_TAKEN = 0x686C_7270  # any number that no other lock uses


class Outcome(Protocol):
    """What is stored of a project of a run."""

    @property
    def project_id(self) -> int | None: ...
    @property
    def outcome(self) -> ProjectOutcome: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def entries(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def frozen(self) -> int: ...
    @property
    def cost_delta_minor(self) -> int: ...
    @property
    def revenue_delta_minor(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def digest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ProjectToRate:
    id: int
    currency: str
    company_rates_override: bool
    preserve_billing_rates: bool


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is."""

    started_at: datetime
    last_at: datetime | None
    projects: int
    projects_done: int
    entries: int
    entries_done: int
    changed: int

    @property
    def entries_per_second(self) -> Decimal | None:
        """Since it was asked for; None before the first project is done."""
        if self.last_at is None or self.last_at <= self.started_at:
            return None
        seconds = Decimal((self.last_at - self.started_at) / timedelta(milliseconds=1)) / 1000
        return round(self.entries_done / seconds, 1)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What became of a run: projects by outcome, entries that changed."""

    status: RunStatus
    counts: dict[ProjectOutcome, int]
    changed: int


async def projects_to_rate(
    session: Session, organisation_id: int, project_ids: Sequence[int]
) -> dict[int, ProjectToRate]:
    """Those of these projects that are there, by id."""
    rows = await session.execute(
        text(
            "SELECT id, currency, company_rates_override, preserve_billing_rates FROM project "
            "WHERE organisation_id = :organisation AND id = ANY(cast(:ids AS bigint[])) AND deleted_at IS NULL "
            "ORDER BY id"
        ),
        {"organisation": organisation_id, "ids": list(project_ids)},
    )
    return {row.id: ProjectToRate(**row) for row in rows.mappings()}


async def add_projects(session: Session, organisation_id: int, run_id: int, project_ids: Sequence[int | None]) -> int:
    """All projects of a run, still to do, with the number of hours they are thought to have; None: general time.

    Returns that number for all of them.
    """
    rows = await session.execute(
        text("""
            WITH counted AS (
                SELECT project_id, sum(entries)::bigint AS entries FROM (
                    SELECT project_id, entries FROM roll_up WHERE organisation_id = :organisation
                    UNION ALL SELECT project_id, entries FROM roll_up_delta WHERE organisation_id = :organisation
                ) kept GROUP BY project_id
            ),
            added AS (
            INSERT INTO recalculation_project (organisation_id, run_id, project_id, outcome, currency, entries, changed,
                unchanged, frozen, cost_delta_minor, revenue_delta_minor, code, message, digest)
            SELECT :organisation, :run, n.id, 'PENDING', p.currency, coalesce(c.entries, 0), 0, 0, 0, 0, 0, '', '', ''
            FROM unnest(cast(:ids AS bigint[])) WITH ORDINALITY AS n(id, place)
            LEFT JOIN project p ON p.id = n.id AND p.organisation_id = :organisation AND p.deleted_at IS NULL
            LEFT JOIN counted c ON c.project_id = n.id
            ORDER BY n.place
            RETURNING entries)
            SELECT coalesce(sum(entries), 0)::bigint FROM added
        """),
        {"organisation": organisation_id, "run": run_id, "ids": list(project_ids)},
    )
    return int(rows.scalar_one())


async def runs_without_job(session: Session, organisation_id: int) -> list[int]:
    """Runs that are not over, but neither waiting in the queue nor worked on."""
    rows = await session.execute(
        text("""
            SELECT r.id FROM recalculation_run r
            WHERE r.organisation_id = :organisation AND r.status IN ('QUEUED', 'RUNNING') AND NOT EXISTS (
                SELECT FROM procrastinate_jobs j
                WHERE j.task_name = 'recalculate' AND j.status IN ('todo', 'doing')
                  AND (j.args ->> 'run_id')::bigint = r.id)
            ORDER BY r.id
        """),
        {"organisation": organisation_id},
    )
    return [row.id for row in rows]


async def take_projects(session: Session, run_id: int, *, projects_max: int, entries_max: int) -> list[int | None]:
    """Pending projects of a run that nobody else is at, in this run or another one; the caller's until its transaction
    ends. At most so many, and together about so many entries, but at least one.
    """
    pending = "FROM recalculation_project WHERE run_id = :run AND outcome = 'PENDING' ORDER BY id LIMIT :most"
    rows = await session.execute(text(f"SELECT entries {pending}"), {"run": run_id, "most": projects_max})
    sums = list(accumulate(row.entries for row in rows))
    fitting = max(1, bisect_right(sums, entries_max))
    rows = await session.execute(
        text(f"SELECT project_id {pending} FOR UPDATE SKIP LOCKED"), {"run": run_id, "most": fitting}
    )
    tried = await session.execute(
        text("""
            SELECT n.id, pg_try_advisory_xact_lock(:space, cast(coalesce(n.id, 0) % 2147483647 AS int)) AS is_ours
            FROM unnest(cast(:ids AS bigint[])) WITH ORDINALITY AS n(id, place) ORDER BY n.place
        """),
        {"space": _TAKEN, "ids": [row.project_id for row in rows]},
    )
    return [row.id for row in tried if row.is_ours]


async def wait_at_most(session: Session, milliseconds: int) -> None:
    """Give up on a lock that somebody holds for longer, until the transaction ends.

    Below the server's deadlock_timeout (1 s by default) it is always we who give up, never the user we wait for.
    """
    await session.execute(text(f"SET LOCAL lock_timeout = {int(milliseconds)}"))


async def mark_running(session: Session, run_id: int) -> None:
    """To be committed before its first project is begun: who holds the run holds up those who cancel it."""
    await session.execute(
        text("""
            UPDATE recalculation_run SET status = 'RUNNING' WHERE id = (
                SELECT id FROM recalculation_run WHERE id = :run AND status = 'QUEUED' FOR NO KEY UPDATE SKIP LOCKED)
        """),
        {"run": run_id},
    )


async def write_outcomes(session: Session, run_id: int, done: Sequence[Outcome], *, at: datetime) -> None:
    """What came of these projects; an outcome that is there stays."""
    await session.execute(
        text("""
            UPDATE recalculation_project r
            SET outcome = n.outcome, currency = coalesce(n.currency, r.currency), entries = n.entries,
                changed = n.changed, unchanged = n.unchanged, frozen = n.frozen, cost_delta_minor = n.cost,
                revenue_delta_minor = n.revenue, code = n.code, message = n.message, digest = n.digest,
                finished_at = :at
            FROM unnest(cast(:projects AS bigint[]), cast(:outcomes AS text[]), cast(:currencies AS text[]),
                        cast(:entries AS bigint[]), cast(:changed AS bigint[]), cast(:unchanged AS bigint[]),
                        cast(:frozen AS bigint[]), cast(:costs AS bigint[]), cast(:revenues AS bigint[]),
                        cast(:codes AS text[]), cast(:messages AS text[]), cast(:digests AS text[]))
                 AS n(project_id, outcome, currency, entries, changed, unchanged, frozen, cost, revenue, code, message,
                      digest)
            WHERE r.run_id = :run AND r.project_id IS NOT DISTINCT FROM n.project_id AND r.outcome = 'PENDING'
        """),
        {
            "run": run_id,
            "at": at,
            "projects": [one.project_id for one in done],
            "outcomes": [one.outcome.value for one in done],
            "currencies": [one.currency for one in done],
            "entries": [one.entries for one in done],
            "changed": [one.changed for one in done],
            "unchanged": [one.unchanged for one in done],
            "frozen": [one.frozen for one in done],
            "costs": [one.cost_delta_minor for one in done],
            "revenues": [one.revenue_delta_minor for one in done],
            "codes": [one.code for one in done],
            "messages": [one.message for one in done],
            "digests": [one.digest for one in done],
        },
    )


async def cancel_pending(session: Session, run_id: int, *, at: datetime) -> None:
    """Projects that nobody is at are not begun any more."""
    await session.execute(
        text("""
            UPDATE recalculation_project SET outcome = 'CANCELLED', finished_at = :at
            WHERE id IN (SELECT id FROM recalculation_project WHERE run_id = :run AND outcome = 'PENDING'
                         FOR UPDATE SKIP LOCKED)
        """),
        {"run": run_id, "at": at},
    )


async def progress_of_runs(session: Session, run_ids: Sequence[int]) -> dict[int, RunProgress]:
    """By run: how far it is."""
    rows = await session.execute(
        text("""
            SELECT r.id, r.started_at, max(p.finished_at) AS last_at, count(p.id) AS projects,
                   count(p.id) FILTER (WHERE p.outcome <> 'PENDING') AS projects_done,
                   coalesce(sum(p.entries), 0)::bigint AS entries,
                   coalesce(sum(p.entries) FILTER (WHERE p.outcome <> 'PENDING'), 0)::bigint AS entries_done,
                   coalesce(sum(p.changed), 0)::bigint AS changed
            FROM recalculation_run r LEFT JOIN recalculation_project p ON p.run_id = r.id
            WHERE r.id = ANY(:runs) GROUP BY r.id
        """),
        {"runs": list(run_ids)},
    )
    return {
        row.id: RunProgress(
            row.started_at, row.last_at, row.projects, row.projects_done, row.entries, row.entries_done, row.changed
        )
        for row in rows
    }


async def close_run(session: Session, run_id: int, *, at: datetime) -> RunOutcome | None:
    """Give a run its final status once all of its projects have their outcome.

    None while some are to do, and if it is closed already.
    """
    run = (
        await session.execute(
            text("SELECT status, cancel_requested_at FROM recalculation_run WHERE id = :run FOR NO KEY UPDATE"),
            {"run": run_id},
        )
    ).one()
    if RunStatus(run.status) not in (RunStatus.QUEUED, RunStatus.RUNNING):
        return None
    rows = await session.execute(
        text(
            "SELECT outcome, count(*) AS projects, coalesce(sum(changed), 0)::bigint AS changed "
            "FROM recalculation_project WHERE run_id = :run GROUP BY outcome"
        ),
        {"run": run_id},
    )
    found = rows.all()
    counts = {ProjectOutcome(row.outcome): int(row.projects) for row in found}
    if ProjectOutcome.PENDING in counts:
        return None
    bad = counts.keys() - {ProjectOutcome.DONE, ProjectOutcome.SKIPPED}
    status = RunStatus.FAILED if bad else RunStatus.DONE
    if run.cancel_requested_at is not None and ProjectOutcome.CANCELLED in counts:
        status = RunStatus.CANCELLED
    await session.execute(
        text("UPDATE recalculation_run SET status = :status, finished_at = :at WHERE id = :run"),
        {"run": run_id, "status": status.value, "at": at},
    )
    return RunOutcome(status, counts, sum(int(row.changed) for row in found))


async def projects_shown(session: Session, run_id: int) -> list[int | None]:
    """All projects of a preview, in its order."""
    rows = await session.execute(
        text("SELECT project_id FROM recalculation_project WHERE run_id = :run ORDER BY id"), {"run": run_id}
    )
    return [row.project_id for row in rows]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a preview had shown of a project."""

    digest: str
    entries: int
    changed: int
    frozen: int


async def shown_in(session: Session, run_id: int, project_ids: Sequence[int | None]) -> dict[int | None, Shown]:
    """Of these projects, those that a preview could rate."""
    rows = await session.execute(
        text("""
            SELECT project_id, digest, entries, changed, frozen FROM recalculation_project
            WHERE run_id = :run AND outcome IN ('DONE', 'SKIPPED')
              AND coalesce(project_id, 0) = ANY(cast(:ids AS bigint[]))
        """),
        {"run": run_id, "ids": [one or 0 for one in project_ids]},
    )
    return {row.project_id: Shown(row.digest, row.entries, row.changed, row.frozen) for row in rows}

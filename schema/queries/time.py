"""Where reading about the history of hours, and about what holds them, starts; part of Query."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from resolvers import time_journal, work_locks
from resolvers.paging import FIRST_DEFAULT, PageRequest
from schema.fields import After, First, Info, asks
from schema.node import Connection
from schema.references import WORK_LOCK
from schema.types.time_journal import TimeJournalEntry

Id = strawberry.ID


def argument(description: str) -> Any:
    return strawberry.argument(description=description)


@strawberry.type
class TimeQueries:
    @asks(
        Connection[TimeJournalEntry],
        "Hours added, edited and deleted, newest last: keep the last cursor and go on from it. A page may wait for "
        "changes that are still being written, so that none is missed; changes of value or note are not in it.",
    )
    async def time_journal(
        self,
        info: Info,
        project_id: Annotated[Id | None, argument("Only of this project; null: of all, and general time.")] = None,
        person_id: Annotated[Id | None, argument("Only of this person.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        page = PageRequest(first, after)
        return await time_journal.time_journal(info.context, page, project_id=project_id, person_id=person_id)

    @asks(Connection[WORK_LOCK], "Rate freezes and period locks, newest first.")
    async def work_locks(
        self,
        info: Info,
        project_id: Annotated[Id | None, argument("Only what holds this project: its own, and those of all.")] = None,
        in_force: Annotated[bool | None, argument("Only those in force, or only those that were lifted.")] = None,
        first: First = FIRST_DEFAULT,
        after: After = None,
    ) -> Any:
        page = PageRequest(first, after)
        return await work_locks.work_locks(info.context, page, project_id=project_id, in_force=in_force)

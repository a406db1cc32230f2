"""The event log: numbering after the commit, reading behind a number, waking up those who listen."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlmodel import col, select

from models.database import Session, sqlalchemy_url
from models.tables import EventRow

CHANNEL = "hourledger_events"
_PUBLISH_LOCK = 0x686C_6576


async def publish_events(session: Session) -> tuple[int, int] | None:
    """Give the next numbers to all committed events without one and wake the listeners; the caller commits.

    Events are numbered in a transaction of their own, one at a time: when number n can be read, so can all below it.
    Returns the first and last number given, or None when there was nothing. Anybody may call it at any time: what a
    process that died left unnumbered is numbered by the next caller (the worker calls it every second).
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PUBLISH_LOCK})
    row = (
        await session.execute(
            text("""
                WITH top AS (SELECT coalesce(max(seq), 0) AS seq FROM event),
                     waiting AS (SELECT id, row_number() OVER (ORDER BY id) AS position FROM event WHERE seq IS NULL),
                     numbered AS (
                         UPDATE event SET seq = top.seq + waiting.position FROM top, waiting
                         WHERE event.id = waiting.id RETURNING event.seq
                     )
                SELECT min(seq), max(seq) FROM numbered
            """)
        )
    ).one()
    first, last = row
    if first is None:
        return None
    payload = json.dumps({"from": first, "to": last})
    await session.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": CHANNEL, "payload": payload})
    return first, last


async def events_after(
    session: Session, seq: int, *, organisation_id: int | None = None, limit: int = 1000
) -> list[EventRow]:
    """Numbered events above ``seq``, in order, of one organisation or of all."""
    query = select(EventRow).where(col(EventRow.seq) > seq).order_by(col(EventRow.seq)).limit(limit)
    if organisation_id is not None:
        query = query.where(EventRow.organisation_id == organisation_id)
    return list((await session.exec(query)).all())


async def last_seq(session: Session) -> int:
    """The highest number given so far; 0 before the first event."""
    value = (await session.execute(text("SELECT coalesce(max(seq), 0) FROM event"))).scalar_one()
    return int(value)


async def is_told_behind(session: Session, organisation_id: int, seq: int, *, topic: str, entity_id: int) -> bool:
    """Whether such an event of a thing has a number above ``seq``, or is about to get one."""
    such = "organisation_id = :organisation AND topic = :topic AND entity_id = :entity"
    rows = await session.execute(
        text(
            f"SELECT EXISTS (SELECT FROM event WHERE seq IS NULL AND {such}) "
            f"OR EXISTS (SELECT FROM event WHERE seq > :seq AND {such})"
        ),
        {"organisation": organisation_id, "topic": topic, "entity": entity_id, "seq": seq},
    )
    return bool(rows.scalar_one())


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[AsyncIterator[int]]:
    """A connection of its own that yields the highest number whenever events were published by any process."""
    connection = await psycopg.AsyncConnection.connect(
        sqlalchemy_url(url).replace("postgresql+psycopg://", "postgresql://"), autocommit=True
    )
    try:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))

        async def numbers() -> AsyncIterator[int]:
            async for notification in connection.notifies():
                yield int(json.loads(notification.payload)["to"])

        yield numbers()
    finally:
        await connection.close()

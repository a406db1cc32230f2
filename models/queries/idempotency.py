"""Answers that were given, by idempotency key: the key is taken first, so that of two twins one waits for the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from models.database import Session


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What was answered under a key, and to which request (by digest)."""

    body_sha256: str
    answer: dict[str, Any]


async def take_key(
    session: Session, organisation_id: int, subject: str, key: str, *, body_sha256: str, at: datetime
) -> GivenAnswer | None:
    """None: the key is ours until this transaction ends. Otherwise what was answered under it.

    While another transaction holds the key this waits: when that one commits we see its answer, when it rolls back the
    key is ours.
    """
    who = {"organisation": organisation_id, "subject": subject, "key": key}
    taken = await session.execute(
        text("""
            INSERT INTO idempotency_key (organisation_id, subject, key, body_sha256, recorded_at)
            VALUES (:organisation, :subject, :key, :body, :at)
            ON CONFLICT (organisation_id, subject, key) DO NOTHING RETURNING id
        """),
        {**who, "body": body_sha256, "at": at},
    )
    if taken.first() is not None:
        return None
    row = (
        await session.execute(
            text("""
                SELECT body_sha256, answer FROM idempotency_key
                WHERE organisation_id = :organisation AND subject = :subject AND key = :key
            """),
            who,
        )
    ).one()
    return GivenAnswer(row.body_sha256, row.answer or {})


async def store_answer(session: Session, organisation_id: int, subject: str, key: str, answer: dict[str, Any]) -> None:
    """The answer under a key taken before; kept if and only if the transaction commits."""
    await session.execute(
        text("""
            UPDATE idempotency_key SET answer = cast(:answer AS jsonb)
            WHERE organisation_id = :organisation AND subject = :subject AND key = :key
        """),
        {"organisation": organisation_id, "subject": subject, "key": key, "answer": json.dumps(answer)},
    )


async def check_now(session: Session) -> None:
    """Let the database check what it otherwise checks at the commit, so that a rehearsal fails like the real thing."""
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

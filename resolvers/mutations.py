"""The one way in which mutations run: idempotent by key, rehearsed on request, expected failures as data."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import orjson

from hourledger.core.errors import HourledgerError, Invalid, Transient
from hourledger.services.unit_of_work import UnitOfWork
from models.errors import translated
from models.queries.idempotency import check_now, store_answer, take_key
from models.queries.listing.keyset import Listing
from models.unstorable import refusing_unstorable_text
from resolvers.context import RequestContext
from resolvers.failures import UserErrorView, user_errors

T = TypeVar("T")

Answer = dict[str, Any]
"""What a mutation did, as ids: JSON, stored under the key, from which the entity is read again."""

_KEY_LENGTH_MAX = 200
_CROSSINGS_MAX = 3


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """``entity`` is None when there are user errors, or where nothing is left to show."""

    entity: T | None
    user_errors: tuple[UserErrorView, ...]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Mutation(Generic[T]):
    """A command with its name in the API and how to show what it did. Called with the input's fields by name.

    ``one_state``: it sees the database as it was at one instant (``Transactions.begin``).
    """

    name: str
    command: Callable[..., Awaitable[Answer]]
    show: Callable[[RequestContext, Answer], Awaitable[T | None]]
    one_state: bool = False

    async def __call__(
        self, context: RequestContext, *, idempotency_key: str, dry_run: bool = False, **arguments: Any
    ) -> Outcome[T]:
        return await run_mutation(
            context,
            self.name,
            arguments,
            lambda unit: self.command(context, unit, **arguments),
            lambda answer: self.show(context, answer),
            key=idempotency_key,
            dry_run=dry_run,
            one_state=self.one_state,
        )


def mutation(
    name: str, shows: Listing[T], *, one_state: bool = False
) -> Callable[[Callable[..., Awaitable[Answer]]], Mutation[T]]:
    """Makes a mutation of ``command(context, unit, *, fields of the input)`` that answers ``{"id": ...}`` of a row."""

    async def show(context: RequestContext, answer: Answer) -> T | None:
        return await context.loaders.row(shows, answer["id"])

    return partial(Mutation, name, show=show, one_state=one_state)


def mutation_of_rows(name: str, shows: Listing[T]) -> Callable[[Callable[..., Awaitable[Answer]]], Mutation[list[T]]]:
    """Likewise for a command that answers ``{"ids": [...]}``."""

    async def show(context: RequestContext, answer: Answer) -> list[T]:
        return await context.loaders.rows(shows, answer["ids"])

    return partial(Mutation, name, show=show)


async def run_mutation(
    context: RequestContext,
    name: str,
    body: Mapping[str, Any],
    command: Callable[[UnitOfWork], Awaitable[Answer]],
    show: Callable[[Answer], Awaitable[T | None]],
    *,
    key: str,
    dry_run: bool,
    one_state: bool = False,
) -> Outcome[T]:
    """Run ``command`` in one transaction of its own and show what it did.

    Same key and body: the command does not run again, what it did is shown again, as it is now. Same key and other
    body: user error IDEMPOTENCY_KEY_REUSED. The key is taken, the effect is made and the answer is stored in one
    transaction, so a failed mutation leaves its key free. A rehearsal (dry run) runs the command for real, has the
    database check everything, shows it, and rolls back; it takes no key.
    """
    try:
        async with translated(), refusing_unstorable_text():
            if dry_run:
                answer = await context.rehearse(lambda unit: _checked(unit, command), one_state=one_state)
            else:
                run = partial(_run_once, context, name, key, body, command, one_state=one_state)
                answer = await (_run_undisturbed(run) if one_state else run())
            return Outcome(await show(answer), (), dry_run)
    except HourledgerError as error:
        return Outcome(None, user_errors(error), dry_run)


async def _checked(unit: UnitOfWork, command: Callable[[UnitOfWork], Awaitable[Answer]]) -> Answer:
    answer = await command(unit)
    await unit.session.flush()
    await check_now(unit.session)
    return answer


async def _run_undisturbed(run: Callable[[], Awaitable[Answer]]) -> Answer:
    """Again when somebody changed what a view of one instant wanted to change, such as a twin that took its key."""
    for _ in range(_CROSSINGS_MAX):
        try:
            return await run()
        except Transient as error:
            if error.code != "SERIALIZATION":
                raise
    return await run()


async def _run_once(
    context: RequestContext,
    name: str,
    key: str,
    body: Mapping[str, Any],
    command: Callable[[UnitOfWork], Awaitable[Answer]],
    *,
    one_state: bool,
) -> Answer:
    if not key.strip() or len(key) > _KEY_LENGTH_MAX or not key.isprintable():
        raise Invalid(
            f"An idempotency key has 1 to {_KEY_LENGTH_MAX} printable characters, such as a UUID.",
            code="IDEMPOTENCY_KEY_INVALID",
            field="idempotencyKey",
        )
    await context.finish()
    principal, digest = context.principal, body_digest(name, body)
    async with context.transactions.begin(principal, one_state=one_state) as unit:
        whose = (unit.session, principal.organisation_id, principal.subject, key)
        given = await take_key(*whose, body_sha256=digest, at=unit.now)
        if given is not None:
            if given.body_sha256 != digest:
                raise Invalid(
                    "This idempotency key was used for another request. Use a new key for new content.",
                    code="IDEMPOTENCY_KEY_REUSED",
                    field="idempotencyKey",
                )
            return given.answer
        answer = await command(unit)
        await unit.session.flush()
        await store_answer(*whose, answer)
        return answer


def body_digest(name: str, body: Mapping[str, Any]) -> str:
    """Of the mutation's name and its input, whatever the order in which fields were given."""
    content = orjson.dumps([name, body], option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS, default=_plain)
    return hashlib.sha256(content).hexdigest()


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)

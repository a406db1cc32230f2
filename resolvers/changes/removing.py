"""Mutations that delete a row, or take it out of use because others refer to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from models.queries.listing.keyset import Listing
from resolvers.context import RequestContext
from resolvers.mutations import Answer, Mutation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Removed(Generic[T]):
    """``deleted_id`` is None for what is only out of use: then ``row`` is what it is now."""

    deleted_id: int | None
    row: T | None


def removal(name: str, shows: Listing[T]) -> Callable[[Callable[..., Awaitable[Answer]]], Mutation[Removed[T]]]:
    """Makes a mutation of a command that answers ``{"id": ..., "is_gone": ...}``."""

    async def show(context: RequestContext, answer: Answer) -> Removed[T]:
        row = await context.loaders.row(shows, answer["id"])
        return Removed(answer["id"] if answer["is_gone"] else None, row)

    return partial(Mutation, name, show=show)


def deletion(name: str) -> Callable[[Callable[..., Awaitable[Answer]]], Mutation[int]]:
    """Makes a mutation of a command that answers ``{"id": ...}`` of what is gone for good."""

    async def show(_context: RequestContext, answer: Answer) -> int:
        return int(answer["id"])

    return partial(Mutation, name, show=show)

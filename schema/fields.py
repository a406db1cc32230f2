"""How a field is written: one line that reads the value or calls a resolver.

The objects behind the types are the resolvers' own values, so a field with the value's own name needs no code at all;
these helpers are for the others. Where one gives money, the value has a ``project_id``: by the exchange rates of that
project (None: by the organisation's) the amount can be told in another currency.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from hourledger.core.access import Permission
from hourledger.core.money import HourlyRate, Money, decimal_hours
from resolvers.context import RequestContext
from resolvers.paging import FIRST_DEFAULT, FIRST_MAX, PageRequest
from resolvers.told_money import money_of
from resolvers.visibility import if_known, may_see, note_unknown
from schema import enums  # noqa: F401  (names the enumerations before any field uses them)

Info = strawberry.Info[RequestContext, None]

First = Annotated[
    int, strawberry.argument(description=f"How many at most: 1 to {FIRST_MAX}, {FIRST_DEFAULT} when not given.")
]
After = Annotated[
    str | None, strawberry.argument(description="The endCursor of the page before; from the start when not given.")
]


def is_value(view: type) -> Callable[[Any, Any], bool]:
    """For ``is_type_of``: which of the resolvers' values this type shows."""
    return lambda value, _info: isinstance(value, view)


def reads(graphql_type: Any, description: str, read: Callable[[Any], Any]) -> Any:
    """A field whose value is at hand: ``read(value)``."""

    def resolve(root: strawberry.Parent[Any]) -> Any:
        return money_of(root, read(root))

    return strawberry.field(resolver=resolve, graphql_type=graphql_type, description=description)


def resolves(graphql_type: Any, description: str, call: Callable[[RequestContext, Any], Awaitable[Any]]) -> Any:
    """A field that asks a resolver: ``call(context, value)``."""

    async def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        return await call(info.context, root)

    return strawberry.field(resolver=resolve, graphql_type=graphql_type, description=description)


def pages(
    graphql_type: Any, description: str, call: Callable[[RequestContext, Any, PageRequest], Awaitable[Any]]
) -> Any:
    """A field that is read page by page: ``call(context, value, page)``."""

    async def resolve(
        root: strawberry.Parent[Any], info: Info, first: First = FIRST_DEFAULT, after: After = None
    ) -> Any:
        return await call(info.context, root, PageRequest(first, after))

    return strawberry.field(resolver=resolve, graphql_type=graphql_type, description=description)


def guarded(graphql_type: Any, description: str, read: Callable[[Any], Any], *permissions: Permission) -> Any:
    """A field that is null, with the reason in the answer's extensions, for callers without all the permissions."""
    listed = " and ".join(permission.value for permission in permissions)

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        if not may_see(info.context, field_name(info), permissions):
            return None
        return money_of(root, if_known(info.context, field_name(info), lambda: read(root)))

    return strawberry.field(
        resolver=resolve, graphql_type=graphql_type | None, description=f"{description} Null without {listed}."
    )


def guarded_amount(description: str, attribute: str, *permissions: Permission) -> Any:
    """Minor units of the value's currency as Money; null without the permissions or without an amount."""

    def read(value: Any) -> Money | None:
        minor = getattr(value, attribute)
        return None if minor is None else Money(minor, value.currency)

    return guarded(_money(), description, read, *permissions)


def guarded_rate(description: str, attribute: str, *permissions: Permission) -> Any:
    """A rate per hour in the value's currency."""

    def read(value: Any) -> HourlyRate | None:
        scaled = getattr(value, attribute)
        return None if scaled is None else HourlyRate(scaled, value.currency)

    return guarded(_rate(), description, read, *permissions)


def guarded_plan(graphql_type: Any, description: str, read: Callable[[Any], Any], *permissions: Permission) -> Any:
    """As ``guarded``; null, with the reason in the answer's extensions, also where ``plan_problem`` says so."""
    listed = " and ".join(permission.value for permission in permissions)

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        if not may_see(info.context, field_name(info), permissions) or not knows_plan(info, root):
            return None
        return money_of(root, if_known(info.context, field_name(info), lambda: read(root)))

    described = f"{description} Null without {listed}, and where an exchange rate is missing."
    return strawberry.field(resolver=resolve, graphql_type=graphql_type | None, description=described)


def knows_plan(info: Info, root: Any) -> bool:
    """Whether planned amounts can be known; if not, the answer's extensions say why this field is null."""
    if root.plan_problem is None:
        return True
    note_unknown(info.context, field_name(info), root.plan_problem)
    return False


def field_name(info: Info) -> str:
    """The field's name in the API, such as ProjectFinances.actualCost."""
    return f"{info.path.typename}.{info.field_name}"


def hours(description: str, attribute: str) -> Any:
    """Seconds as decimal hours."""
    return reads(Decimal, description, lambda value: decimal_hours(getattr(value, attribute)))


def known(graphql_type: Any, description: str, read: Callable[[Any], Any]) -> Any:
    """As ``reads``; null, with the reason in the answer's extensions, where history does not tell it."""

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        return if_known(info.context, field_name(info), lambda: read(root))

    return strawberry.field(resolver=resolve, graphql_type=graphql_type | None, description=description)


def known_hours(description: str, attribute: str) -> Any:
    """Seconds as decimal hours; null, with the reason in the answer's extensions, where history does not tell them."""
    return known(Decimal, description, lambda value: decimal_hours(getattr(value, attribute)))


def asks(graphql_type: Any, description: str) -> Callable[[Callable[..., Any]], Any]:
    """Makes a field of a function that takes arguments."""
    return strawberry.field(graphql_type=graphql_type, description=description)  # type: ignore[no-any-return]


def arguments(given: Any) -> dict[str, Any]:
    """The fields of an input by name, as a resolver takes them; what was left open is UNSET."""
    return {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}


def _money() -> Any:
    return Annotated["Money", strawberry.lazy("schema.types.money")]


def _rate() -> Any:
    return Annotated["HourlyRate", strawberry.lazy("schema.types.money")]

"""How a measured field is written: rounded to two decimals, by a method that can be asked for, null without the right.

Hour-based figures need the right to see general finance; cost-based ones are made of labour cost and need that to
cost rates as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import strawberry

from hourledger.core.access import Permission
from hourledger.core.finances import EacMethod, IndexMethod, PercentBasis, displayed
from resolvers.context import RequestContext
from resolvers.told_money import money_of
from resolvers.visibility import if_known, may_see
from schema.fields import Info, field_name, guarded, guarded_plan, knows_plan

COST = Permission.VIEW_COST_RATES
BILLING = Permission.VIEW_BILLING_RATES
GENERAL = Permission.VIEW_GENERAL_FINANCE

OnDay = Annotated[
    date | None,
    strawberry.argument(
        description="The day up to which work counts as scheduled, for BCWS, SPI and CSI; null: today."
    ),
]
Method = Annotated[IndexMethod | None, strawberry.argument(description="Hours or cost; null: as the project has it.")]
AtProject = Annotated[
    EacMethod | None, strawberry.argument(description="Where it comes from; null: as the project has it.")
]
Basis = Annotated[
    PercentBasis | None, strawberry.argument(description="What weighs the tasks; null: as the project has it.")
]

_RIGHTS = (
    "Null without VIEW_GENERAL_FINANCE; cost based, without VIEW_COST_RATES too, and where a plan lacks an exchange "
    "rate."
)


def rounded(value: Fraction | None, units: int = 1) -> Decimal | None:
    return None if value is None else displayed(value, units)


def guarded_ratio(description: str, read: Callable[[Any], Fraction | None], *permissions: Permission) -> Any:
    """A ratio or percent with two decimals; null where it is not defined."""
    return guarded(Decimal, description, lambda it: rounded(read(it)), *permissions)


def by_method(graphql_type: Any, description: str, read: Callable[[Any, IndexMethod], Any]) -> Any:
    """A figure that is hour based or cost based: ``read(value, method)``."""

    def resolve(root: strawberry.Parent[Any], info: Info, method: Method = None) -> Any:
        def shown() -> Any:
            by = method or root.methods.index
            return read(root, by) if _may_see_by(info, by) and _is_known_by(info, root, by) else None

        return if_known(info.context, field_name(info), shown)

    return strawberry.field(resolver=resolve, graphql_type=graphql_type | None, description=f"{description} {_RIGHTS}")


def by_both_methods(graphql_type: Any, description: str, read: Callable[[Any, IndexMethod, EacMethod], Any]) -> Any:
    """Likewise, for what also depends on where it comes from."""

    def resolve(root: strawberry.Parent[Any], info: Info, method: Method = None, eac_method: AtProject = None) -> Any:
        def shown() -> Any:
            by = method or root.methods.index
            is_shown = _may_see_by(info, by) and _is_known_by(info, root, by)
            return read(root, by, eac_method or root.methods.eac) if is_shown else None

        return if_known(info.context, field_name(info), shown)

    return strawberry.field(resolver=resolve, graphql_type=graphql_type | None, description=f"{description} {_RIGHTS}")


def measured_on(graphql_type: Any, description: str, call: Callable[..., Awaitable[Any]]) -> Any:
    """The measures of a value: ``call(context, value, on)``."""

    async def resolve(root: strawberry.Parent[Any], info: Info, on: OnDay = None) -> Any:
        return await call(info.context, root, on)

    return strawberry.field(resolver=resolve, graphql_type=graphql_type, description=description)


def guarded_call(
    graphql_type: Any,
    description: str,
    call: Callable[[RequestContext, Any], Awaitable[Any]],
    *permissions: Permission,
) -> Any:
    """As ``guarded``, of what a resolver has to fetch: it is not fetched in vain."""
    listed = " and ".join(permission.value for permission in permissions)

    async def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        field = f"{info.path.typename}.{info.field_name}"
        return money_of(root, await call(info.context, root)) if may_see(info.context, field, permissions) else None

    return strawberry.field(
        resolver=resolve, graphql_type=graphql_type | None, description=f"{description} Null without {listed}."
    )


def _may_see_by(info: Info, method: IndexMethod) -> bool:
    field = f"{info.path.typename}.{info.field_name}"
    return may_see(info.context, field, (GENERAL,) if method is IndexMethod.HOUR_BASED else (COST, GENERAL))


def guarded_plan_ratio(description: str, read: Callable[[Any], Fraction | None], *permissions: Permission) -> Any:
    """As ``guarded_ratio``; null, with the reason in the answer's extensions, also where the plan cannot be known."""
    return guarded_plan(Decimal, description, lambda it: rounded(read(it)), *permissions)


def _is_known_by(info: Info, root: Any, by: IndexMethod) -> bool:
    """Hour-based figures need no rates."""
    return by is IndexMethod.HOUR_BASED or knows_plan(info, root)

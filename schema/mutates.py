"""How a mutation is written: one line that joins an input, a resolver and a payload."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from schema.fields import Info, arguments


def mutates(change: Callable[..., Awaitable[Any]], input_type: type, payload_type: type, description: str) -> Any:
    """A field that hands the input to a resolver and shows its outcome."""

    async def resolve(info: Info, input: Any) -> Any:
        return await change(info.context, **arguments(input))

    resolve.__annotations__["input"] = Annotated[input_type, strawberry.argument(description="What is to be done.")]
    return strawberry.mutation(resolver=resolve, graphql_type=payload_type, description=description)

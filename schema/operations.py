"""Operations of one WebSocket, each with a context and a look at the token of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from graphql import GraphQLError
from strawberry.types.execution import PreExecutionError

from hourledger.core.errors import HourledgerError
from schema.errors import shown


class OperationSchema:
    """Stands in for the schema where a socket's handler streams from it."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    async def stream(self, query: str | None, *, context_value: Any, **options: Any) -> AsyncGenerator[Any, None]:
        """The results of an operation; a single error when the token is not good any more."""
        try:
            context = await context_value.for_operation()
        except HourledgerError as error:
            return _only(PreExecutionError(data=None, errors=[_refused(error)]))
        results: AsyncGenerator[Any, None] = await self._schema.stream(query, context_value=context, **options)
        return results


def _refused(error: HourledgerError) -> GraphQLError:
    return shown(GraphQLError(error.message, original_error=error))


async def _only(result: PreExecutionError) -> AsyncGenerator[PreExecutionError, None]:
    yield result

"""What an operation leaves behind: errors a client can act on, masked ones it cannot, hidden fields, a measurement."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLSyntaxError
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionResult as StrawberryExecutionResult
from strawberry.types.execution import StreamExecutionResult

from hourledger.core.errors import Denied, HourledgerError
from hourledger.observability import REQUEST_SECONDS, REQUESTS, correlated, current_correlation_id
from resolvers.context import RequestContext
from resolvers.failures import api_name

_log = structlog.get_logger(__name__)


class Outcomes(SchemaExtension):
    """Around every operation, and around every event of a subscription."""

    async def on_operation(self) -> AsyncIterator[None]:
        self._is_streamed = False
        started = time.perf_counter()
        try:
            yield
        finally:
            await self._context.finish()
        result = self.execution_context.result
        if not self._is_streamed and isinstance(result, ExecutionResult | StrawberryExecutionResult):
            self._show(result)
        operation = self._operation
        if operation != "subscription":  # how long somebody listens says nothing
            REQUEST_SECONDS.labels(operation).observe(time.perf_counter() - started)

    async def on_stream_result(self, result: StreamExecutionResult) -> AsyncIterator[None]:
        """Before a result goes out: give back what it was read with, so that a slow client holds no connection."""
        self._is_streamed = True
        await self._context.finish()
        if isinstance(result, ExecutionResult | StrawberryExecutionResult):
            self._show(result)
        yield

    def get_results(self) -> dict[str, Any]:
        """Which fields are null, for want of a permission or because history does not tell them."""
        context = self._context
        hidden = [{"field": field, "permission": one.value} for field, one in sorted(context.hidden)]
        unknown = [{"field": field, "reason": reason} for field, reason in sorted(context.unknown)]
        context.hidden.clear()
        context.unknown.clear()
        return {name: fields for name, fields in (("hidden", hidden), ("unknown", unknown)) if fields}

    @property
    def _context(self) -> RequestContext:
        context = self.execution_context.context
        assert isinstance(context, RequestContext)
        return context

    @property
    def _operation(self) -> str:
        try:
            return self.execution_context.operation_type.value.lower()
        except (RuntimeError, AttributeError):
            return "other"

    def _show(self, result: ExecutionResult | StrawberryExecutionResult) -> None:
        outcome = "ok"
        if result.errors:
            result.errors = [shown(error) for error in result.errors]
            codes = {(error.extensions or {}).get("code") for error in result.errors}
            denied = any(isinstance(error.original_error, Denied) for error in result.errors)
            outcome = "failed" if "INTERNAL" in codes else "denied" if denied else "user_error"
        REQUESTS.labels(self._operation, outcome).inc()


def shown(error: GraphQLError) -> GraphQLError:
    """What a client may see of an error: expected ones with their code and facts, ours to mend only as an id."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, HourledgerError):
        extensions: dict[str, Any] = {"code": original.code}
        if original.field is not None:
            extensions["field"] = api_name(original.field)
        return _like(error, original.message, extensions, original)
    if original is None or isinstance(original, GraphQLError):
        if "code" in (error.extensions or {}):
            return error
        code = "SYNTAX" if isinstance(error, GraphQLSyntaxError) else "DOCUMENT_INVALID"
        return _like(error, error.message, {**(error.extensions or {}), "code": code}, None)
    return _masked(error, original)


def _masked(error: GraphQLError, original: Exception) -> GraphQLError:
    with correlated(current_correlation_id()) as correlation_id:
        path = ".".join(map(str, error.path or ()))
        _log.error("a resolver failed", path=path, kind=type(original).__name__, exc_info=original)
    message = f"Something went wrong on our side. It is logged; quote {correlation_id} when you report it."
    return _like(error, message, {"code": "INTERNAL", "correlationId": correlation_id}, None)


def _like(error: GraphQLError, message: str, extensions: dict[str, Any], original: Exception | None) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=original,
        extensions=extensions,
    )

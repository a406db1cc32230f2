"""What a document may ask for. The rules are built once: built per request they would defeat the validation cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from graphql import ASTValidationRule, GraphQLError
from graphql.validation import NoSchemaIntrospectionCustomRule
from strawberry.extensions import (
    AddValidationRules,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    SchemaExtension,
    ValidationCache,
)
from strawberry.extensions.max_aliases import MaxAliasesLimiter

from schema.rules import FewDirectives

DEPTH_MAX = 12
ALIASES_MAX = 30
TOKENS_MAX = 2_000
_DOCUMENTS_REMEMBERED = 512


class Parser(ParserCache):
    """Remembers what it parsed. What cannot be parsed is left to Strawberry, which reports it like any other error."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        with suppress(GraphQLError):
            context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
        yield


def limits(*, introspection: bool) -> list[Callable[[], SchemaExtension]]:
    """Extensions of a schema; each is made anew for a request, around rules that are not."""
    rules: list[type[ASTValidationRule]] = [
        FewDirectives,
        *QueryDepthLimiter(max_depth=DEPTH_MAX, should_ignore=_is_introspection).validation_rules,
        *MaxAliasesLimiter(max_alias_count=ALIASES_MAX).validation_rules,
    ]
    if not introspection:
        rules.append(NoSchemaIntrospectionCustomRule)
    return [
        lambda: MaxTokensLimiter(max_token_count=TOKENS_MAX),
        lambda: AddValidationRules(rules),
        lambda: Parser(maxsize=_DOCUMENTS_REMEMBERED),
        lambda: ValidationCache(maxsize=_DOCUMENTS_REMEMBERED),
    ]


def _is_introspection(context: object) -> bool:
    return str(getattr(context, "field_name", "")).startswith("__")

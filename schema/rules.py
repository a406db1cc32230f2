"""A validation rule that graphql-core and Strawberry do not have."""

from __future__ import annotations

from typing import Any

from graphql import DirectiveNode, GraphQLError, ValidationContext, ValidationRule

DIRECTIVES_MAX = 20


class FewDirectives(ValidationRule):
    """At most so many directives in a document: each one, even an unknown one, costs an error message to make."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._count = 0

    def enter_directive(self, _node: DirectiveNode, *_args: Any) -> None:
        self._count += 1
        if self._count == DIRECTIVES_MAX + 1:
            self.report_error(GraphQLError(f"A document has at most {DIRECTIVES_MAX} directives."))

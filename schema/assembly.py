"""The schema, put together."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.errors import Outcomes
from schema.limits import limits
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription


class ApiSchema(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Nothing here: schema.errors logs what is ours to mend, once and with its correlation id."""


def build_schema(*, introspection: bool) -> ApiSchema:
    """One per process: rules and caches live with it. ``introspection``: answer __schema, suggest field names."""
    return ApiSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        # The last one is innermost at the start and outermost at the end: limits are in place before anything runs.
        extensions=[Outcomes, *limits(introspection=introspection)],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not introspection),
    )

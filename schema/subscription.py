"""Where following starts. ``after`` continues where an earlier connection ended: nothing is missed or repeated."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Annotated, Any

import strawberry

from resolvers import subscriptions
from schema.fields import Info
from schema.scalars import Seq
from schema.types.events import (
    BillingRecordChanged,
    DeliveryChanged,
    ProjectFinancesChanged,
    RecalculationFinished,
    RecalculationProgressed,
)

Continue = Annotated[
    Seq | None,
    strawberry.argument(
        description="All events behind this `seq` first, from 0 for all there are; null: only what happens from now on."
    ),
]
Projects = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="Only of these projects, at most 200; null: of all.")
]


def follows(graphql_type: Any, description: str) -> Callable[[Callable[..., Any]], Any]:
    """Makes a subscription of a function that gives events."""
    return strawberry.subscription(graphql_type=graphql_type, description=description)  # type: ignore[no-any-return]


@strawberry.type(description="Following what happens, over graphql-transport-ws.")
class Subscription:
    @follows(
        AsyncGenerator[ProjectFinancesChanged, None],
        "Figures of projects that changed, the moment they are recalculated.",
    )
    async def project_finances_changed(
        self, info: Info, project_ids: Projects = None, after: Continue = None
    ) -> AsyncGenerator[Any, None]:
        return subscriptions.finances_changed(info.context, project_ids=project_ids, after=after)

    @follows(AsyncGenerator[BillingRecordChanged, None], "Billing records that changed.")
    async def billing_record_changed(self, info: Info, after: Continue = None) -> AsyncGenerator[Any, None]:
        return subscriptions.record_changed(info.context, after=after)

    @follows(AsyncGenerator[DeliveryChanged, None], "Deliveries that moved.")
    async def delivery_changed(self, info: Info, after: Continue = None) -> AsyncGenerator[Any, None]:
        return subscriptions.delivery_changed(info.context, after=after)

    @follows(AsyncGenerator[RecalculationFinished, None], "Recalculations that ended.")
    async def recalculation_finished(self, info: Info, after: Continue = None) -> AsyncGenerator[Any, None]:
        return subscriptions.recalculation_finished(info.context, after=after)

    @follows(AsyncGenerator[RecalculationProgressed, None], "How far one recalculation is, until it has ended.")
    async def recalculation_progress(
        self,
        info: Info,
        run_id: Annotated[strawberry.ID, strawberry.argument(description="The run.")],
        after: Continue = None,
    ) -> AsyncGenerator[Any, None]:
        return subscriptions.recalculation_progress(info.context, run_id=run_id, after=after)

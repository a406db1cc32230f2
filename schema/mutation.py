"""Where changing starts. Each mutation is one transaction, idempotent by key, and can be rehearsed."""

from __future__ import annotations

import strawberry

from schema.mutations.billing import BillingMutations
from schema.mutations.connections import ConnectionsMutations
from schema.mutations.exchange import ExchangeMutations
from schema.mutations.finances import FinancesMutations
from schema.mutations.people import PeopleMutations
from schema.mutations.planning import PlanningMutations
from schema.mutations.projects import ProjectsMutations
from schema.mutations.rates import RateMutations
from schema.mutations.rating import RatingMutations
from schema.mutations.work import WorkMutations


@strawberry.type(description="Changing. Expected failures are data: look at userErrors.")
class Mutation(
    ProjectsMutations,
    PeopleMutations,
    WorkMutations,
    RatingMutations,
    BillingMutations,
    ConnectionsMutations,
    FinancesMutations,
    ExchangeMutations,
    PlanningMutations,
    RateMutations,
):
    pass

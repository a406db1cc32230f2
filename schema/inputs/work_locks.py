"""Inputs about rate freezes and period locks."""

from __future__ import annotations

from datetime import date

import strawberry

from hourledger.core.work_locks import FrozenSide
from schema.inputs.base import MutationInput


@strawberry.input(description="The input of freezeRates.")
class FreezeRatesInput(MutationInput):
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The project; null: all projects, and general time."
    )
    first_day: date | None = strawberry.field(default=None, description="From this day on; null: since ever.")
    last_day: date | None = strawberry.field(
        default=None, description="Up to and including this day; null: on all later days too."
    )
    side: FrozenSide = strawberry.field(default=FrozenSide.BOTH, description="Which amounts stay.")
    reason: str = strawberry.field(description="Why; everybody who sees the project can read it.")


@strawberry.input(description="The input of lockPeriod.")
class LockPeriodInput(MutationInput):
    project_id: strawberry.ID | None = strawberry.field(
        default=None, description="The project; null: all projects, and general time."
    )
    first_day: date | None = strawberry.field(default=None, description="From this day on; null: since ever.")
    last_day: date = strawberry.field(description="Up to and including this day, which is not still to come.")
    reason: str = strawberry.field(description="Why; everybody who is held up by it reads it.")


@strawberry.input(description="The input of releaseWorkLock.")
class ReleaseWorkLockInput(MutationInput):
    work_lock_id: strawberry.ID = strawberry.field(description="The rate freeze or period lock.")
    reason: str = strawberry.field(description="Why it is lifted.")

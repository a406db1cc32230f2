"""What every mutation's input has."""

from __future__ import annotations

import strawberry


@strawberry.input
class MutationInput:
    idempotency_key: str = strawberry.field(
        description="1 to 200 characters of your choice, such as a UUID. Sent again with the same input, the mutation "
        "is not run again and gives the same answer; with other input it is an error."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Run it for real, show what it did, and keep nothing of it."
    )

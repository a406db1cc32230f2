"""A project may be tied to the organisation's dated exchange rates, with a day for amounts that have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("exchange_rate_date", sa.Date(), nullable=True))
    op.create_index(op.f("ix_exchange_rate_project_id"), "exchange_rate", ["project_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_exchange_rate_project_id"), table_name="exchange_rate")
    op.drop_column("project", "exchange_rate_date")

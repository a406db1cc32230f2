"""A project may be a template: planned money that other projects take over, and no work of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("is_template", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.alter_column("project", "is_template", server_default=None)


def downgrade() -> None:
    """Templates stay, as projects on which nothing was ever logged."""
    op.drop_column("project", "is_template")

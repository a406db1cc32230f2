"""Rate freezes and period locks: days on which work, or what it is worth, stays as it is without being billed."""

from __future__ import annotations

from importlib import resources

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_lock",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("locked_by", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.Column("release_reason", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('RATE_FREEZE', 'PERIOD_LOCK')", name=op.f("ck_work_lock_kind")),
        sa.CheckConstraint("side IN ('COST', 'REVENUE', 'BOTH')", name=op.f("ck_work_lock_side")),
        sa.CheckConstraint("kind = 'RATE_FREEZE' OR side = 'BOTH'", name=op.f("ck_work_lock_period_lock_keeps_both")),
        sa.CheckConstraint(
            "kind = 'RATE_FREEZE' OR valid_until IS NOT NULL", name=op.f("ck_work_lock_period_lock_ends")
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_work_lock_period")),
        sa.CheckConstraint(
            "num_nonnulls(released_at, released_by, release_reason) IN (0, 3)",
            name=op.f("ck_work_lock_released_with_name_and_reason"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_work_lock_organisation_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_work_lock_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_lock")),
    )
    op.create_index(
        "uq_work_lock_in_force",
        "work_lock",
        ["organisation_id", "project_id", "valid_from", "valid_until", "kind", "side"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    _run("0016_work_locks.up.sql")


def downgrade() -> None:
    """What was held can be changed again."""
    _run("0016_work_locks.down.sql")
    op.drop_table("work_lock")


def _run(name: str) -> None:
    # The driver's own cursor: these files contain % and : that are not parameters.
    statements = resources.files("models.migrations.versions").joinpath(name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))

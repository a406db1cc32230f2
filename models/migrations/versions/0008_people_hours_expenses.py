"""General hours, hour types per project, expenses that can be deleted, descriptions of roles and types."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_hour_type",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("hour_type_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["hour_type_id"], ["hour_type.id"], name=op.f("fk_project_hour_type_hour_type_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_project_hour_type_organisation_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_hour_type_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_hour_type")),
        sa.UniqueConstraint("project_id", "hour_type_id", name=op.f("uq_project_hour_type_project_id_hour_type_id")),
    )
    _add("project", "filters_hour_types", sa.Boolean(), "false")
    _add("expense_type", "is_active", sa.Boolean(), "true")
    for table in ("role", "hour_type", "expense_type"):
        _add(table, "description", sa.String(), "''")
    op.add_column("expense", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("time_entry", "project_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_time_entry_task_of_a_project"), "time_entry", "project_id IS NOT NULL OR task_id IS NULL"
    )


def _add(table: str, column: str, kind: sa.Boolean | sa.String, before: str) -> None:
    """What exists gets the value that says what it was before there was a choice."""
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=sa.text(before)))
    op.alter_column(table, column, server_default=None)


def downgrade() -> None:
    """Time on no project keeps the migration from going down: there is nowhere to put it."""
    op.drop_constraint(op.f("ck_time_entry_task_of_a_project"), "time_entry", type_="check")
    op.alter_column("time_entry", "project_id", nullable=False)
    # Without the mark a deleted expense would count again.
    op.execute("UPDATE expense SET planned_minor = 0, actual_minor = 0 WHERE deleted_at IS NOT NULL")
    op.drop_column("expense", "deleted_at")
    for table in ("role", "hour_type", "expense_type"):
        op.drop_column(table, "description")
    op.drop_column("expense_type", "is_active")
    op.drop_column("project", "filters_hour_types")
    op.drop_table("project_hour_type")

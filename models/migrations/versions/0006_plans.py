"""Plans by the day: work schedules, contours, partial first days, and assignments that take an equal share."""

from __future__ import annotations

from importlib import resources

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_schedule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weekday_seconds", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.CheckConstraint("array_length(weekday_seconds, 1) = 7", name=op.f("ck_work_schedule_seven_weekdays")),
        sa.CheckConstraint(
            "0 <= ALL (weekday_seconds) AND 86400 >= ALL (weekday_seconds)",
            name=op.f("ck_work_schedule_weekday_seconds"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_work_schedule_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_schedule")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_work_schedule_organisation_id_name")),
    )
    op.create_index(
        "uq_work_schedule_default",
        "work_schedule",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "work_schedule_day",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("seconds BETWEEN 0 AND 86400", name=op.f("ck_work_schedule_day_seconds")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_work_schedule_day_organisation_id")
        ),
        sa.ForeignKeyConstraint(["schedule_id"], ["work_schedule.id"], name=op.f("fk_work_schedule_day_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_schedule_day")),
        sa.UniqueConstraint("schedule_id", "day", name=op.f("uq_work_schedule_day_schedule_id_day")),
    )
    op.create_table(
        "assignment_day",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_assignment_day_seconds")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_assignment_day_assignment_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_assignment_day_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_day")),
        sa.UniqueConstraint("assignment_id", "day", name=op.f("uq_assignment_day_assignment_id_day")),
    )
    op.add_column("project", sa.Column("schedule_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_project_schedule_id"), "project", "work_schedule", ["schedule_id"], ["id"])
    op.add_column("task", sa.Column("first_day_seconds", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_task_first_day_seconds"), "task", "first_day_seconds BETWEEN 0 AND 86400")
    op.alter_column("assignment", "planned_seconds", nullable=True)
    op.create_check_constraint(op.f("ck_assignment_planned_seconds"), "assignment", "planned_seconds >= 0")
    # A rate line outlives the assignment that it was for: past valuations name it.
    op.drop_constraint("fk_rate_scope_assignment_id", "rate_scope", type_="foreignkey")
    _run("0006_plans.up.sql")
    op.create_index(
        "uq_assignment_primary", "assignment", ["task_id"], unique=True, postgresql_where=sa.text("is_primary")
    )


def downgrade() -> None:
    op.drop_index("uq_assignment_primary", "assignment")
    _run("0006_plans.down.sql")
    op.drop_constraint("ck_assignment_planned_seconds", "assignment")
    op.alter_column("assignment", "planned_seconds", nullable=False)
    op.drop_constraint("ck_task_first_day_seconds", "task")
    op.drop_column("task", "first_day_seconds")
    op.drop_column("project", "schedule_id")
    op.drop_table("assignment_day")
    op.drop_table("work_schedule_day")
    op.drop_table("work_schedule")


def _run(name: str) -> None:
    statements = resources.files("models.migrations.versions").joinpath(name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))

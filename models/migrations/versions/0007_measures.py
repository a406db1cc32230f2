"""Budget, benefit and methods of projects; risks, role budgets and baselines; more statuses of a project"""

from __future__ import annotations

from importlib import resources

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_METHODS = {
    "index_method": "'HOUR_BASED', 'COST_BASED'",
    "eac_method": "'CALCULATE_AT_PROJECT', 'ROLL_UP_FROM_TASKS'",
    "percent_basis": "'PLANNED_HOURS', 'DURATION'",
}
_STATUSES = "'PLANNING', 'CURRENT', 'ON_HOLD', 'COMPLETE', 'DEAD'"
_MORE_STATUSES = "'IDEA', 'REQUESTED', 'APPROVED', 'REJECTED'"


def upgrade() -> None:
    _extend_project()
    op.create_table(
        "risk",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("probability_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("potential_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_minor", sa.BigInteger(), nullable=False),
        sa.Column("mitigation_plan", sa.String(), nullable=False),
        sa.Column("mitigation_minor", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('IDENTIFIED', 'MITIGATED', 'OCCURRED', 'CLOSED')", name=op.f("ck_risk_status")),
        sa.CheckConstraint("probability_percent BETWEEN 0 AND 100", name=op.f("ck_risk_probability_percent")),
        sa.CheckConstraint("least(potential_minor, actual_minor, mitigation_minor) >= 0", name=op.f("ck_risk_amounts")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_risk_organisation_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_risk_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
    )
    op.create_index(op.f("ix_risk_project_id"), "risk", ["project_id"], unique=False)
    op.create_table(
        "role_budget",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_role_budget_seconds")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_role_budget_organisation_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_role_budget_project_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_budget_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_budget")),
        sa.UniqueConstraint(
            "project_id", "role_id", "first_day", name=op.f("uq_role_budget_project_id_role_id_first_day")
        ),
    )
    op.create_table(
        "baseline",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("index_method", sa.Text(), nullable=False),
        sa.Column("eac_method", sa.Text(), nullable=False),
        sa.Column("planned_labor_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_billable_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_non_billable_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_labor_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_billable_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_non_billable_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("cpi", sa.Numeric(), nullable=False),
        sa.Column("spi", sa.Numeric(), nullable=False),
        sa.Column("csi", sa.Numeric(), nullable=False),
        sa.Column("eac_seconds", sa.BigInteger(), nullable=True),
        sa.Column("eac_minor", sa.BigInteger(), nullable=True),
        sa.Column("planned_risk_minor", sa.BigInteger(), nullable=False),
        sa.Column("budgeted_minor", sa.BigInteger(), nullable=False),
        sa.Column("budgeted_labor_minor", sa.BigInteger(), nullable=False),
        sa.Column("fixed_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("fixed_revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_benefit_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("index_method IN ('HOUR_BASED', 'COST_BASED')", name=op.f("ck_baseline_index_method")),
        sa.CheckConstraint(
            "eac_method IN ('CALCULATE_AT_PROJECT', 'ROLL_UP_FROM_TASKS')", name=op.f("ck_baseline_eac_method")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_baseline_organisation_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_baseline_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_baseline_project_id_name")),
    )
    op.create_index(
        "uq_baseline_default", "baseline", ["project_id"], unique=True, postgresql_where=sa.text("is_default")
    )
    op.create_table(
        "baseline_task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("baseline_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cost_type", sa.Text(), nullable=False),
        sa.Column("revenue_type", sa.Text(), nullable=False),
        sa.Column("planned_labor_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_billable_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_non_billable_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_labor_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_billable_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_non_billable_expense_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("cpi", sa.Numeric(), nullable=False),
        sa.Column("spi", sa.Numeric(), nullable=False),
        sa.Column("csi", sa.Numeric(), nullable=False),
        sa.Column("eac_seconds", sa.BigInteger(), nullable=True),
        sa.Column("eac_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "cost_type IN ('NO_COST', 'FIXED_HOURLY', 'USER_HOURLY', 'ROLE_HOURLY', 'USER_AND_ROLE_HOURLY')",
            name=op.f("ck_baseline_task_cost_type"),
        ),
        sa.CheckConstraint(
            "revenue_type IN ('NOT_BILLABLE', 'USER_HOURLY', 'ROLE_HOURLY', 'USER_AND_ROLE_HOURLY', 'FIXED_HOURLY', 'USER_HOURLY_CAP', 'ROLE_HOURLY_CAP', 'USER_AND_ROLE_HOURLY_CAP', 'USER_HOURLY_PLUS_FIXED', 'ROLE_HOURLY_PLUS_FIXED', 'USER_AND_ROLE_HOURLY_PLUS_FIXED', 'FIXED_REVENUE')",
            name=op.f("ck_baseline_task_revenue_type"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_baseline_task_organisation_id")
        ),
        sa.ForeignKeyConstraint(["baseline_id"], ["baseline.id"], name=op.f("fk_baseline_task_baseline_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline_task")),
        sa.UniqueConstraint("baseline_id", "task_id", name=op.f("uq_baseline_task_baseline_id_task_id")),
    )
    _run("0007_measures.up.sql")


def downgrade() -> None:
    _run("0007_measures.down.sql")
    op.drop_table("baseline_task")
    op.drop_index("uq_baseline_default", table_name="baseline", postgresql_where=sa.text("is_default"))
    op.drop_table("baseline")
    op.drop_table("role_budget")
    op.drop_index(op.f("ix_risk_project_id"), table_name="risk")
    op.drop_table("risk")
    op.drop_constraint(op.f("ck_project_planned_benefit"), "project", type_="check")
    for name in _METHODS:
        op.drop_column("project", name)
    for name in ("actual_benefit_minor", "planned_benefit_minor", "budget_minor"):
        op.drop_column("project", name)
    # What the older version has no word for was not being worked on, or is.
    op.execute("UPDATE project SET status = 'PLANNING' WHERE status IN ('IDEA', 'REQUESTED')")
    op.execute("UPDATE project SET status = 'CURRENT' WHERE status = 'APPROVED'")
    op.execute("UPDATE project SET status = 'DEAD' WHERE status = 'REJECTED'")
    op.drop_constraint(op.f("ck_project_status"), "project", type_="check")
    op.create_check_constraint(op.f("ck_project_status"), "project", f"status IN ({_STATUSES})")


def _extend_project() -> None:
    op.drop_constraint(op.f("ck_project_status"), "project", type_="check")
    op.create_check_constraint(op.f("ck_project_status"), "project", f"status IN ({_STATUSES}, {_MORE_STATUSES})")
    op.add_column("project", sa.Column("budget_minor", sa.BigInteger(), nullable=True))
    for name in ("planned_benefit_minor", "actual_benefit_minor"):
        op.add_column("project", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
        op.alter_column("project", name, server_default=None)
    for name, values in _METHODS.items():
        op.add_column("project", sa.Column(name, sa.Text(), nullable=True))
        op.create_check_constraint(op.f(f"ck_project_{name}"), "project", f"{name} IN ({values})")
    op.create_check_constraint(op.f("ck_project_planned_benefit"), "project", "planned_benefit_minor >= 0")


def _run(name: str) -> None:
    # The driver's own cursor: these files contain % and : that are not parameters.
    statements = resources.files("models.migrations.versions").joinpath(name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))

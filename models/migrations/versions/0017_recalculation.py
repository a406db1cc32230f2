"""Reasons that valuations share, outcomes of recalculations by project, previews and undoing."""

from __future__ import annotations

from importlib import resources

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STATUSES = "status IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')"
_CAUSES = "cause IN ('LOGGED', 'EDITED', 'CAP_MOVED', 'MOVED', 'RECALCULATED', 'UNDONE', 'DELETED')"
_OUTCOMES = "outcome IN ('PENDING', 'DONE', 'SKIPPED', 'FORBIDDEN', 'MISSING', 'FAILED', 'CHANGED', 'CANCELLED')"
_COUNTS = ("entries", "changed", "unchanged", "frozen", "cost_delta_minor", "revenue_delta_minor")


def upgrade() -> None:
    op.create_table(
        "rating_reason",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("cost_rate_line_id", sa.BigInteger(), nullable=True),
        sa.Column("revenue_rate_line_id", sa.BigInteger(), nullable=True),
        sa.Column("provenance", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["cost_rate_line_id"], ["rate_line.id"], name=op.f("fk_rating_reason_cost_rate_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rating_reason_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["revenue_rate_line_id"], ["rate_line.id"], name=op.f("fk_rating_reason_revenue_rate_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_reason")),
    )
    op.create_index(
        op.f("ix_rating_reason_organisation_id_digest"), "rating_reason", ["organisation_id", "digest"], unique=False
    )
    op.create_table(
        "recalculation_project",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("code", "message", "digest")),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_OUTCOMES, name=op.f("ck_recalculation_project_outcome")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_recalculation_project_organisation_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["recalculation_run.id"], name=op.f("fk_recalculation_project_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalculation_project")),
    )
    op.create_unique_constraint(
        op.f("uq_recalculation_project_run_id_project_id"),
        "recalculation_project",
        ["run_id", "project_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "ix_recalculation_project_pending",
        "recalculation_project",
        ["run_id", "id"],
        postgresql_where=sa.text("outcome = 'PENDING'"),
    )
    _add("recalculation_run", "kind", sa.Text(), "'RECALCULATION'")
    op.add_column("recalculation_run", sa.Column("of_run_id", sa.BigInteger(), nullable=True))
    op.add_column("recalculation_run", sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_recalculation_run_of_run_id"), "recalculation_run", "recalculation_run", ["of_run_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_recalculation_run_kind"), "recalculation_run", "kind IN ('RECALCULATION', 'PREVIEW', 'UNDO')"
    )
    _check("recalculation_run", "status", _STATUSES)
    op.create_index(
        "uq_recalculation_run_of",
        "recalculation_run",
        ["of_run_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'CANCELLED'"),
    )
    op.add_column("time_entry", sa.Column("reason_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "time_entry",
        sa.Column("uncapped_revenue_minor", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column("valuation", sa.Column("reason_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "valuation",
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True, server_default=sa.text("now()")),
    )
    # What is billed gets its projection as well.
    op.execute("ALTER TABLE time_entry DISABLE TRIGGER USER")
    _run("0017_recalculation.up.sql")
    op.execute("ALTER TABLE time_entry ENABLE TRIGGER USER")
    op.alter_column("valuation", "reason_id", nullable=False)
    op.alter_column("valuation", "rated_at", nullable=False)
    _check("valuation", "cause", _CAUSES)
    for column in ("cost_rate_line_id", "organisation_id", "revenue_rate_line_id", "run_id", "time_entry_id"):
        op.drop_constraint(op.f(f"fk_valuation_{column}"), "valuation", type_="foreignkey")
    for column in ("provenance", "cost_rate_line_id", "revenue_rate_line_id"):
        op.drop_column("valuation", column)
    op.drop_column("recalculation_run", "result")


def downgrade() -> None:
    """Previews and undone runs stay, as recalculations that changed nothing."""
    op.add_column("valuation", sa.Column("cost_rate_line_id", sa.BigInteger(), nullable=True))
    op.add_column("valuation", sa.Column("revenue_rate_line_id", sa.BigInteger(), nullable=True))
    op.add_column("valuation", sa.Column("provenance", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column(
        "recalculation_run",
        sa.Column(
            "result", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'{}'::jsonb")
        ),
    )
    op.alter_column("recalculation_run", "result", server_default=None)
    _run("0017_recalculation.down.sql")
    op.alter_column("valuation", "provenance", nullable=False)
    for column, table in (
        ("cost_rate_line_id", "rate_line"),
        ("organisation_id", "organisation"),
        ("revenue_rate_line_id", "rate_line"),
        ("run_id", "recalculation_run"),
        ("time_entry_id", "time_entry"),
    ):
        op.create_foreign_key(op.f(f"fk_valuation_{column}"), "valuation", table, [column], ["id"])
    _check("valuation", "cause", "cause IN ('LOGGED', 'EDITED', 'CAP_MOVED', 'MOVED', 'RECALCULATED', 'DELETED')")
    op.drop_column("valuation", "rated_at")
    op.drop_column("valuation", "reason_id")
    op.drop_column("time_entry", "uncapped_revenue_minor")
    op.drop_column("time_entry", "reason_id")
    op.drop_index("uq_recalculation_run_of", "recalculation_run")
    _check("recalculation_run", "status", "status IN ('RUNNING', 'DONE', 'FAILED')")
    op.drop_constraint(op.f("ck_recalculation_run_kind"), "recalculation_run")
    op.drop_constraint(op.f("fk_recalculation_run_of_run_id"), "recalculation_run", type_="foreignkey")
    for column in ("cancel_requested_at", "of_run_id", "kind"):
        op.drop_column("recalculation_run", column)
    op.drop_table("recalculation_project")
    op.drop_table("rating_reason")


def _add(table: str, column: str, kind: sa.Text, before: str) -> None:
    """What exists gets the value that says what it was before there was a choice."""
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=sa.text(before)))
    op.alter_column(table, column, server_default=None)


def _check(table: str, column: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, condition)


def _run(file_name: str) -> None:
    statements = resources.files("models.migrations.versions").joinpath(file_name).read_text(encoding="utf-8")
    # The driver's own cursor: these statements contain % and : that are not parameters.
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))

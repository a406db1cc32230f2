"""Roll-ups of projects and tasks, kept by triggers; what history lacked: the day of a valuation, when a draft went."""

from __future__ import annotations

from importlib import resources

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FIGURES = (
    "entries", "seconds", "cost_minor", "revenue_minor", "unbilled_minor", "draft_minor", "billed_minor",
    "planned_billable_minor", "planned_non_billable_minor", "actual_billable_minor", "actual_non_billable_minor",
)  # fmt: skip

# The rows of a statement with their sign: what there is now is added, what there was is taken away.
_SIGNED = {
    "INSERT": ("NEW TABLE AS new_rows", "SELECT 1 AS sign, {columns} FROM new_rows"),
    "UPDATE": (
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "SELECT 1 AS sign, {columns} FROM new_rows UNION ALL SELECT -1, {columns} FROM old_rows",
    ),
    "DELETE": ("OLD TABLE AS old_rows", "SELECT -1 AS sign, {columns} FROM old_rows"),
}

# By table: the columns that matter, and for each event the parts of 0009_roll_ups.sql that keep the sums.
_KEPT: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "time_entry": (
        "organisation_id, project_id, task_id, id, seconds, cost_minor, revenue_minor, deleted_at",
        {"INSERT": ("hours",), "UPDATE": ("hours", "sales of hours"), "DELETE": ("hours",)},
    ),
    "actual": (
        (
            "organisation_id, project_id, task_id, time_entry_id, amount_minor, transaction_type, adjustment_status, "
            "billing_status, billing_type"
        ),
        {"INSERT": ("sales",), "UPDATE": ("sales",)},
    ),
    "billing_record_line": (
        "organisation_id, project_id, task_id, id, billing_record_id, billing_type, amount_minor",
        {"INSERT": ("new lines",), "UPDATE": ("lines",), "DELETE": ("lines",)},
    ),
    "billing_claim": (
        "billing_record_line_id, actual_id, released_at",
        {"INSERT": ("claims",), "UPDATE": ("claims",), "DELETE": ("claims",)},
    ),
    "billing_record": ("id, status", {"UPDATE": ("records",)}),
    "expense": (
        "organisation_id, project_id, task_id, planned_minor, actual_minor, is_billable, deleted_at",
        {"INSERT": ("expenses",), "UPDATE": ("expenses",), "DELETE": ("expenses",)},
    ),
}


def upgrade() -> None:
    for name, options in (
        ("roll_up", {"fillfactor": 48}),
        ("roll_up_delta", {"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 1000}),
    ):
        op.create_table(
            name,
            sa.Column("organisation_id", sa.BigInteger(), nullable=False),
            sa.Column("project_id", sa.BigInteger(), nullable=False),
            sa.Column("task_id", sa.BigInteger(), nullable=True),
            *(sa.Column(one, sa.BigInteger(), server_default=sa.text("0"), nullable=False) for one in _FIGURES),
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            postgresql_with=options,
        )
    op.create_unique_constraint(
        op.f("uq_roll_up_project_id_task_id"), "roll_up", ["project_id", "task_id"], postgresql_nulls_not_distinct=True
    )
    op.create_index(op.f("ix_roll_up_delta_project_id"), "roll_up_delta", ["project_id"], unique=False)
    op.create_index(op.f("ix_billing_record_line_project_id"), "billing_record_line", ["project_id"], unique=False)
    parts = _parts()
    _run(parts["history"])
    op.create_check_constraint(
        op.f("ck_billing_record_deleted"), "billing_record", "(status = 'DELETED') = (deleted_at IS NOT NULL)"
    )
    # First the triggers: making one keeps writers out until this transaction ends, so what is summed then is all.
    for table, (columns, events) in _KEPT.items():
        for event, names in events.items():
            _keep(table, columns, event, "".join(parts[name] for name in names))
    _run(parts["sum up"])


def downgrade() -> None:
    for table, (_, events) in _KEPT.items():
        for event in events:
            name = _name(table, event)
            _run(f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name};")
    op.drop_table("roll_up_delta")
    op.drop_table("roll_up")
    op.drop_index(op.f("ix_billing_record_line_project_id"), "billing_record_line")
    op.drop_constraint(op.f("ck_billing_record_deleted"), "billing_record")
    op.drop_column("billing_record", "deleted_at")
    op.drop_column("valuation", "work_date")


def _keep(table: str, columns: str, event: str, body: str) -> None:
    """One function and one trigger that calls it once per statement.

    Rows of a statement are joined to tables by index, always: a plan made for a bulk statement and kept by the session
    would read whole tables for the next single row, one made for a single row would be quadratic in bulk.
    """
    referencing, signed = _SIGNED[event]
    name = _name(table, event)
    _run(f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
        SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
        BEGIN
            IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
                RAISE EXCEPTION 'figures are changed in READ COMMITTED only: an old snapshot adds up what is gone'
                    USING ERRCODE = 'feature_not_supported';
            END IF;
            {body.replace("{signed}", f"({signed.format(columns=columns)})")}
            RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {referencing}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
    """)


def _name(table: str, event: str) -> str:
    return f"{table}_{event.lower()}_is_summed"


def _parts() -> dict[str, str]:
    """The parts of the .sql file by the name in their ``-- part:`` line."""
    file = resources.files("models.migrations.versions").joinpath("0009_roll_ups.sql")
    found = {}
    for part in file.read_text(encoding="utf-8").split("-- part: ")[1:]:
        name, _, statements = part.partition("\n")
        found[name.strip()] = statements
    return found


def _run(statements: str) -> None:
    # The driver's own cursor: these statements contain % and : that are not parameters.
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))

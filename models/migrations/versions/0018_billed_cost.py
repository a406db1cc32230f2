"""The cost of billed hours may be rated again, by a valuation that says so; nothing else of them changes."""

from __future__ import annotations

from importlib import resources

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BEFORE = "cause IN ('LOGGED', 'EDITED', 'CAP_MOVED', 'MOVED', 'RECALCULATED', 'UNDONE', 'DELETED')"
_AFTER = "cause IN ('LOGGED', 'EDITED', 'CAP_MOVED', 'MOVED', 'RECALCULATED', 'BILLED_COST', 'UNDONE', 'DELETED')"


def upgrade() -> None:
    _causes(_AFTER)
    _run("0018_billed_cost.up.sql")


def downgrade() -> None:
    """What was rated stays; the older schema calls it a recalculation."""
    _run("0018_billed_cost.down.sql")
    _causes(_BEFORE)


def _causes(condition: str) -> None:
    op.drop_constraint(op.f("ck_valuation_cause"), "valuation")
    op.create_check_constraint(op.f("ck_valuation_cause"), "valuation", condition)


def _run(file_name: str) -> None:
    statements = resources.files("models.migrations.versions").joinpath(file_name).read_text(encoding="utf-8")
    # The driver's own cursor: these statements contain % and : that are not parameters.
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))

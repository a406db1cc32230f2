"""What the database itself refuses: overlapping rates, edited facts, unbalanced entries, changes to billed work."""

from __future__ import annotations

from importlib import resources

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("0002_invariants.up.sql")


def downgrade() -> None:
    _run("0002_invariants.down.sql")


def _run(name: str) -> None:
    # The driver's own cursor: these files contain % and : that are not parameters.
    statements = resources.files("models.migrations.versions").joinpath(name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))

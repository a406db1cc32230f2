"""Projects and tasks can be deleted and stay as history; work follows its task; preserved rates are of a project."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_CAUSES = "'LOGGED', 'EDITED', 'CAP_MOVED', 'RECALCULATED', 'DELETED'"
_MORE_CAUSES = "'LOGGED', 'EDITED', 'CAP_MOVED', 'MOVED', 'RECALCULATED', 'DELETED'"


def upgrade() -> None:
    for table in ("project", "task"):
        op.add_column(table, sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("uq_project_organisation_id_code"), "project", type_="unique")
    op.drop_constraint(op.f("uq_task_project_id_name"), "task", type_="unique")
    live = sa.text("deleted_at IS NULL")
    op.create_index("uq_project_live_code", "project", ["organisation_id", "code"], unique=True, postgresql_where=live)
    op.create_index("uq_task_live_name", "task", ["project_id", "name"], unique=True, postgresql_where=live)
    op.create_unique_constraint(op.f("uq_task_id_project_id"), "task", ["id", "project_id"])
    for table in ("time_entry", "expense"):
        op.drop_constraint(op.f(f"fk_{table}_task_id"), table, type_="foreignkey")
        op.create_foreign_key(
            op.f(f"fk_{table}_task_id_project_id"),
            table,
            "task",
            ["task_id", "project_id"],
            ["id", "project_id"],
            onupdate="CASCADE",
        )
    _allow_causes(_MORE_CAUSES)
    op.add_column("valuation", sa.Column("moved_from_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_valuation_moved_from_id"), "valuation", "project", ["moved_from_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_valuation_moved_from"), "valuation", "(moved_from_id IS NOT NULL) = (cause = 'MOVED')"
    )
    op.create_index(
        op.f("ix_valuation_moved_from_id"),
        "valuation",
        ["moved_from_id"],
        postgresql_where=sa.text("moved_from_id IS NOT NULL"),
    )
    op.create_index(
        "ix_actual_expenses_of_project",
        "actual",
        ["project_id"],
        postgresql_where=sa.text("expense_id IS NOT NULL"),
    )
    op.execute("""
        UPDATE rate_scope s SET project_id = t.project_id FROM task t
        WHERE t.id = s.task_id AND s.level IN ('PRESERVED_PERSON', 'PRESERVED_ROLE')
    """)


def downgrade() -> None:
    """What is deleted stays, under a name of its own; what was preserved on a project that its task has left is lost to
    the search, as it was before."""
    op.execute("""
        UPDATE rate_scope s SET project_id = NULL FROM task t
        WHERE t.id = s.task_id AND t.project_id = s.project_id AND s.level IN ('PRESERVED_PERSON', 'PRESERVED_ROLE')
    """)
    op.drop_index("ix_actual_expenses_of_project", "actual")
    op.drop_column("valuation", "moved_from_id")
    op.execute("ALTER TABLE valuation DISABLE TRIGGER valuation_is_final")
    op.execute("UPDATE valuation SET cause = 'RECALCULATED' WHERE cause = 'MOVED'")
    op.execute("ALTER TABLE valuation ENABLE TRIGGER valuation_is_final")
    _allow_causes(_CAUSES)
    for table in ("time_entry", "expense"):
        op.drop_constraint(op.f(f"fk_{table}_task_id_project_id"), table, type_="foreignkey")
        op.create_foreign_key(op.f(f"fk_{table}_task_id"), table, "task", ["task_id"], ["id"])
    op.drop_constraint(op.f("uq_task_id_project_id"), "task", type_="unique")
    op.drop_index("uq_task_live_name", "task")
    op.drop_index("uq_project_live_code", "project")
    op.execute("UPDATE task SET name = name || ' (deleted ' || id || ')' WHERE deleted_at IS NOT NULL")
    op.execute("UPDATE project SET code = code || ' (deleted ' || id || ')' WHERE deleted_at IS NOT NULL")
    op.create_unique_constraint(op.f("uq_task_project_id_name"), "task", ["project_id", "name"])
    op.create_unique_constraint(op.f("uq_project_organisation_id_code"), "project", ["organisation_id", "code"])
    for table in ("task", "project"):
        op.drop_column(table, "deleted_at")


def _allow_causes(causes: str) -> None:
    op.drop_constraint(op.f("ck_valuation_cause"), "valuation", type_="check")
    op.create_check_constraint(op.f("ck_valuation_cause"), "valuation", f"cause IN ({causes})")

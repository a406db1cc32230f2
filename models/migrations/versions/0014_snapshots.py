"""Snapshots of a project's money; how well a project fits what the firm is after"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

_KINDS = "'PROJECT', 'TASK', 'ASSIGNMENT', 'BILLING_ROLE', 'BILLING_CARD', 'BILLING_RATE', 'COST_CARD', 'COST_RATE', 'EXCHANGE_RATE', 'EXPENSE', 'RISK', 'ROLE_BUDGET', 'BILLING_RECORD', 'BILLING_LINE'"


def upgrade() -> None:
    op.add_column("project", sa.Column("alignment_percent", sa.Numeric(precision=5, scale=2), nullable=True))
    op.create_check_constraint(op.f("ck_project_alignment_percent"), "project", "alignment_percent BETWEEN 0 AND 100")
    op.create_table(
        "snapshot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("project_code", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_snapshot_organisation_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_snapshot_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_snapshot_project_id_name")),
    )
    op.create_table(
        "snapshot_fact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_snapshot_fact_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_snapshot_fact_organisation_id")
        ),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_fact_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot_fact")),
        sa.UniqueConstraint("snapshot_id", "kind", "key", name=op.f("uq_snapshot_fact_snapshot_id_kind_key")),
        sa.UniqueConstraint("snapshot_id", "place", name=op.f("uq_snapshot_fact_snapshot_id_place")),
    )
    for table in ("snapshot", "snapshot_fact"):
        op.execute(
            f"CREATE TRIGGER {table}_is_final BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("snapshot_fact")
    op.drop_table("snapshot")
    op.drop_constraint(op.f("ck_project_alignment_percent"), "project", type_="check")
    op.drop_column("project", "alignment_percent")

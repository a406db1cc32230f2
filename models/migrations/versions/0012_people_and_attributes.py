"""Kinds of hours per person; which values of two rate attributes go together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "person", sa.Column("filters_hour_types", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.alter_column("person", "filters_hour_types", server_default=None)
    op.create_table(
        "person_hour_type",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("hour_type_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["hour_type_id"], ["hour_type.id"], name=op.f("fk_person_hour_type_hour_type_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_person_hour_type_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_hour_type_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_hour_type")),
        sa.UniqueConstraint("person_id", "hour_type_id", name=op.f("uq_person_hour_type_person_id_hour_type_id")),
    )
    op.create_table(
        "attribute_relation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("first_attribute_id", sa.BigInteger(), nullable=False),
        sa.Column("second_attribute_id", sa.BigInteger(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.CheckConstraint("filter IN ('SUGGESTION', 'RELATIONSHIP')", name=op.f("ck_attribute_relation_filter")),
        sa.CheckConstraint("first_attribute_id <> second_attribute_id", name=op.f("ck_attribute_relation_two")),
        sa.ForeignKeyConstraint(
            ["first_attribute_id"], ["rate_attribute.id"], name=op.f("fk_attribute_relation_first_attribute_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attribute_relation_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_attribute_id"], ["rate_attribute.id"], name=op.f("fk_attribute_relation_second_attribute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_relation")),
        sa.UniqueConstraint(
            "first_attribute_id",
            "second_attribute_id",
            name=op.f("uq_attribute_relation_first_attribute_id_second_attribute_id"),
        ),
    )
    op.create_table(
        "related_value",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("relation_id", sa.BigInteger(), nullable=False),
        sa.Column("first_value_id", sa.BigInteger(), nullable=False),
        sa.Column("second_value_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_value_id"], ["attribute_value.id"], name=op.f("fk_related_value_first_value_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_related_value_organisation_id")
        ),
        sa.ForeignKeyConstraint(["relation_id"], ["attribute_relation.id"], name=op.f("fk_related_value_relation_id")),
        sa.ForeignKeyConstraint(
            ["second_value_id"], ["attribute_value.id"], name=op.f("fk_related_value_second_value_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_value")),
        sa.UniqueConstraint(
            "relation_id",
            "first_value_id",
            "second_value_id",
            name=op.f("uq_related_value_relation_id_first_value_id_second_value_id"),
        ),
    )


def downgrade() -> None:
    """Everybody may use all kinds of hours again, and every combination of values."""
    op.drop_table("related_value")
    op.drop_table("attribute_relation")
    op.drop_table("person_hour_type")
    op.drop_column("person", "filters_hour_types")

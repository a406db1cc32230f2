"""Rate cards, rate attributes, jobs people bill as, own rate policies; what a rate is a price of."""

from __future__ import annotations

from importlib import resources

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_attribute",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("used_in_revenue", sa.Boolean(), nullable=False),
        sa.Column("used_in_cost", sa.Boolean(), nullable=False),
        sa.Column("is_hierarchical", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT is_hierarchical OR source = 'LOCATION'", name=op.f("ck_rate_attribute_hierarchical")),
        sa.CheckConstraint(
            "source IN ('GROUP', 'COMPANY', 'LOCATION', 'HOUR_TYPE', 'OTHER')", name=op.f("ck_rate_attribute_source")
        ),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f("ck_rate_attribute_position")),
        sa.CheckConstraint("used_in_revenue OR used_in_cost", name=op.f("ck_rate_attribute_used_somewhere")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rate_attribute_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_attribute")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_rate_attribute_organisation_id_name")),
        sa.UniqueConstraint("organisation_id", "position", name=op.f("uq_rate_attribute_organisation_id_position")),
    )
    op.create_table(
        "rate_policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_rate_policy_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_policy")),
        sa.UniqueConstraint("organisation_id", "version", name=op.f("uq_rate_policy_organisation_id_version")),
    )
    op.create_table(
        "attribute_value",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("hour_type_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(company_id IS NOT NULL) = (source = 'COMPANY')", name=op.f("ck_attribute_value_company")),
        sa.CheckConstraint(
            "(hour_type_id IS NOT NULL) = (source = 'HOUR_TYPE')", name=op.f("ck_attribute_value_hour_type")
        ),
        sa.CheckConstraint("parent_id IS NULL OR source = 'LOCATION'", name=op.f("ck_attribute_value_parent")),
        sa.CheckConstraint(
            "source IN ('GROUP', 'COMPANY', 'LOCATION', 'HOUR_TYPE', 'OTHER')", name=op.f("ck_attribute_value_source")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_attribute_value_company_id")),
        sa.ForeignKeyConstraint(["hour_type_id"], ["hour_type.id"], name=op.f("fk_attribute_value_hour_type_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attribute_value_organisation_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["attribute_value.id"], name=op.f("fk_attribute_value_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_value")),
        sa.UniqueConstraint("company_id", name=op.f("uq_attribute_value_company_id")),
        sa.UniqueConstraint("hour_type_id", name=op.f("uq_attribute_value_hour_type_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "source",
            "parent_id",
            "name",
            name="uq_attribute_value_name",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "person_attribute",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("rate_attribute_id", sa.BigInteger(), nullable=False),
        sa.Column("attribute_value_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_person_attribute_period")),
        sa.ForeignKeyConstraint(
            ["attribute_value_id"], ["attribute_value.id"], name=op.f("fk_person_attribute_attribute_value_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_person_attribute_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_attribute_person_id")),
        sa.ForeignKeyConstraint(
            ["rate_attribute_id"], ["rate_attribute.id"], name=op.f("fk_person_attribute_rate_attribute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_attribute")),
    )
    op.create_index(op.f("ix_person_attribute_person_id"), "person_attribute", ["person_id"], unique=False)
    op.create_table(
        "project_billing_role",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_project_billing_role_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_project_billing_role_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_billing_role_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_billing_role_project_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_project_billing_role_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_billing_role")),
    )
    op.create_index(op.f("ix_project_billing_role_project_id"), "project_billing_role", ["project_id"], unique=False)
    op.create_table(
        "rate_card",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("group_value_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('COST', 'BILLING')", name=op.f("ck_rate_card_kind")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_rate_card_period")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_rate_card_company_id")),
        sa.ForeignKeyConstraint(["group_value_id"], ["attribute_value.id"], name=op.f("fk_rate_card_group_value_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_rate_card_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_card")),
    )
    op.create_index(
        "uq_rate_card_live_name",
        "rate_card",
        ["organisation_id", "name"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "rate_attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("rate_card_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('COST', 'BILLING')", name=op.f("ck_rate_attachment_kind")),
        sa.CheckConstraint(
            "company_id IS NULL OR project_id IS NOT NULL", name=op.f("ck_rate_attachment_customer_of_a_project")
        ),
        sa.CheckConstraint("num_nonnulls(rate_card_id, company_id) = 1", name=op.f("ck_rate_attachment_one_source")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_rate_attachment_company_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rate_attachment_organisation_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_rate_attachment_project_id")),
        sa.ForeignKeyConstraint(["rate_card_id"], ["rate_card.id"], name=op.f("fk_rate_attachment_rate_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_attachment")),
    )
    op.create_index(op.f("ix_rate_attachment_project_id"), "rate_attachment", ["project_id"], unique=False)
    op.create_index(op.f("ix_rate_attachment_rate_card_id"), "rate_attachment", ["rate_card_id"], unique=False)
    op.create_index(
        "uq_rate_attachment_live_customer",
        "rate_attachment",
        ["project_id"],
        unique=True,
        postgresql_where=sa.text("company_id IS NOT NULL AND retired_at IS NULL"),
    )
    op.create_table(
        "rate_card_alias",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("rate_card_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rate_card_alias_organisation_id")
        ),
        sa.ForeignKeyConstraint(["rate_card_id"], ["rate_card.id"], name=op.f("fk_rate_card_alias_rate_card_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_rate_card_alias_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_card_alias")),
        sa.UniqueConstraint(
            "rate_card_id", "role_id", "attributes", name=op.f("uq_rate_card_alias_rate_card_id_role_id_attributes")
        ),
    )

    _run("0004_rate_sources.up.sql")


def downgrade() -> None:
    _run("0004_rate_sources.down.sql")
    op.drop_table("rate_card_alias")
    op.drop_index(
        "uq_rate_attachment_live_customer",
        table_name="rate_attachment",
        postgresql_where=sa.text("company_id IS NOT NULL AND retired_at IS NULL"),
    )
    op.drop_index(op.f("ix_rate_attachment_rate_card_id"), table_name="rate_attachment")
    op.drop_index(op.f("ix_rate_attachment_project_id"), table_name="rate_attachment")
    op.drop_table("rate_attachment")
    op.drop_index("uq_rate_card_live_name", table_name="rate_card", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_table("rate_card")
    op.drop_index(op.f("ix_project_billing_role_project_id"), table_name="project_billing_role")
    op.drop_table("project_billing_role")
    op.drop_index(op.f("ix_person_attribute_person_id"), table_name="person_attribute")
    op.drop_table("person_attribute")
    op.drop_table("attribute_value")
    op.drop_table("rate_policy")
    op.drop_table("rate_attribute")


def _run(name: str) -> None:
    # The driver's own cursor: these files contain % and : that are not parameters.
    statements = resources.files("models.migrations.versions").joinpath(name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))

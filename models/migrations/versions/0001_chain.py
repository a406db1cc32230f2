"""The chain from logged time to deliveries"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base_currency", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("rate_policy", sa.String(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_type", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "account_type IN ('ASSET', 'LIABILITY', 'EQUITY', 'INCOME', 'EXPENSE')",
            name=op.f("ck_account_account_type"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_account_organisation_id_code")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("permissions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_api_token_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_token_prefix")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_audit_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(
        op.f("ix_audit_organisation_id_entity_entity_id"),
        "audit",
        ["organisation_id", "entity", "entity_id"],
        unique=False,
    )
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("payment_terms_days", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_company_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_company_organisation_id_name")),
    )
    op.create_table(
        "connection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("config", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.String(), nullable=True),
        sa.Column("cursor", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction IN ('SOURCE', 'TARGET')", name=op.f("ck_connection_direction")),
        sa.CheckConstraint("status IN ('ACTIVE', 'NEEDS_ATTENTION', 'PAUSED')", name=op.f("ck_connection_status")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_connection_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_connection_organisation_id_name")),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_implicit", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('DRAFT', 'ACTIVE', 'CLOSED')", name=op.f("ck_contract_status")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_contract_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_event_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("seq", name=op.f("uq_event_seq")),
    )
    op.create_index("ix_event_unpublished", "event", ["id"], unique=False, postgresql_where=sa.text("seq IS NULL"))
    op.create_table(
        "expense_type",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("unit_rate_scaled", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("is_built_in", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_expense_type_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_type")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_expense_type_organisation_id_name")),
    )
    op.create_table(
        "fiscal_period",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('OPEN', 'ON_HOLD', 'CLOSED')", name=op.f("ck_fiscal_period_status")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_fiscal_period_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_fiscal_period_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_period")),
    )
    op.create_table(
        "hour_type",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("counts_as_revenue", sa.Boolean(), nullable=False),
        sa.Column("is_built_in", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("scope IN ('PROJECT_SPECIFIC', 'GENERAL')", name=op.f("ck_hour_type_scope")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_hour_type_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_type")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_hour_type_organisation_id_name")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_idempotency_key_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint(
            "organisation_id", "subject", "key", name=op.f("uq_idempotency_key_organisation_id_subject_key")
        ),
    )
    op.create_table(
        "number_sequence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_number_sequence_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_sequence")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_number_sequence_organisation_id_name")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("cost_rate_override_allowed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_person_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("organisation_id", "email", name=op.f("uq_person_organisation_id_email")),
    )
    op.create_table(
        "recalculation_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("scope", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('RUNNING', 'DONE', 'FAILED')", name=op.f("ck_recalculation_run_status")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_recalculation_run_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalculation_run")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_role_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_role_organisation_id_name")),
    )
    op.create_table(
        "trusted_issuer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("jwks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("permission_claim", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_trusted_issuer_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_issuer")),
        sa.UniqueConstraint("issuer", "audience", name=op.f("uq_trusted_issuer_issuer_audience")),
    )
    op.create_table(
        "account_mapping",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("external_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_mapping_account_id")),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_account_mapping_connection_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_mapping_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_mapping")),
        sa.UniqueConstraint("connection_id", "account_id", name=op.f("uq_account_mapping_connection_id_account_id")),
    )
    op.create_table(
        "billing_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("billing_date", sa.Date(), nullable=False),
        sa.Column("accounting_date", sa.Date(), nullable=True),
        sa.Column("po_number", sa.String(), nullable=True),
        sa.Column("invoice_reference", sa.String(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'IN_REVIEW', 'CONFIRMED', 'POSTED', 'DELETED')", name=op.f("ck_billing_record_status")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_billing_record_company_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_billing_record_contract_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["billing_record.id"], name=op.f("fk_billing_record_corrects_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_billing_record_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_record")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_billing_record_organisation_id_number")),
    )
    op.create_index(op.f("ix_billing_record_company_id"), "billing_record", ["company_id"], unique=False)
    op.create_index(op.f("ix_billing_record_contract_id"), "billing_record", ["contract_id"], unique=False)
    op.create_table(
        "connection_secret",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_connection_secret_connection_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_connection_secret_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_secret")),
        sa.UniqueConstraint("connection_id", "name", name=op.f("uq_connection_secret_connection_id_name")),
    )
    op.create_table(
        "party_mapping",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("external_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_party_mapping_company_id")),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_party_mapping_connection_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_party_mapping_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_mapping")),
        sa.UniqueConstraint("connection_id", "company_id", name=op.f("uq_party_mapping_connection_id_company_id")),
    )
    op.create_table(
        "person_role",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("share_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_person_role_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_role_person_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_person_role_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_role")),
    )
    op.create_index(op.f("ix_person_role_person_id"), "person_role", ["person_id"], unique=False)
    op.create_table(
        "project",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("fixed_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("fixed_revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("require_time_approval", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('PLANNING', 'CURRENT', 'ON_HOLD', 'COMPLETE', 'DEAD')", name=op.f("ck_project_status")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_project_company_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_project_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_project_organisation_id_code")),
    )
    op.create_index(op.f("ix_project_company_id"), "project", ["company_id"], unique=False)
    op.create_table(
        "pull_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_pull_run_connection_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_pull_run_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_run")),
    )
    op.create_index(op.f("ix_pull_run_connection_id_id"), "pull_run", ["connection_id", "id"], unique=False)
    op.create_table(
        "account_selection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("posting_type", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "posting_type IN ('CUSTOMER_BALANCE', 'INVOICED_REVENUE', 'INVOICED_REVENUE_ON_ACCOUNT')",
            name=op.f("ck_account_selection_posting_type"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_selection_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_selection_organisation_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_account_selection_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_selection")),
        sa.UniqueConstraint(
            "organisation_id",
            "posting_type",
            "project_id",
            name=op.f("uq_account_selection_organisation_id_posting_type_project_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "contract_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("billing_method", sa.Text(), nullable=False),
        sa.Column("includes_time", sa.Boolean(), nullable=False),
        sa.Column("includes_expense", sa.Boolean(), nullable=False),
        sa.Column("includes_material", sa.Boolean(), nullable=False),
        sa.Column("includes_fee", sa.Boolean(), nullable=False),
        sa.Column("contracted_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "billing_method IN ('TIME_AND_MATERIAL', 'FIXED_PRICE')", name=op.f("ck_contract_line_billing_method")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_line_contract_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_contract_line_organisation_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_contract_line_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_line")),
    )
    op.create_index(op.f("ix_contract_line_contract_id"), "contract_line", ["contract_id"], unique=False)
    op.create_index(op.f("ix_contract_line_project_id"), "contract_line", ["project_id"], unique=False)
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_exchange_rate_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_exchange_rate_organisation_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_exchange_rate_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
    )
    op.create_index(
        op.f("ix_exchange_rate_organisation_id_currency"),
        "exchange_rate",
        ["organisation_id", "currency"],
        unique=False,
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("accounting_date", sa.Date(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("billing_record_id", sa.BigInteger(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("posted_by", sa.String(), nullable=False),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["billing_record_id"], ["billing_record.id"], name=op.f("fk_journal_entry_billing_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_journal_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(["reverses_id"], ["journal_entry.id"], name=op.f("fk_journal_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("organisation_id", "reference", name=op.f("uq_journal_entry_organisation_id_reference")),
    )
    op.create_index(op.f("ix_journal_entry_billing_record_id"), "journal_entry", ["billing_record_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cost_type", sa.Text(), nullable=False),
        sa.Column("cost_rate_scaled", sa.BigInteger(), nullable=True),
        sa.Column("revenue_type", sa.Text(), nullable=False),
        sa.Column("billing_rate_scaled", sa.BigInteger(), nullable=True),
        sa.Column("billing_amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("planned_seconds", sa.BigInteger(), nullable=False),
        sa.Column("planned_start", sa.Date(), nullable=True),
        sa.Column("planned_completion", sa.Date(), nullable=True),
        sa.Column("percent_complete", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.CheckConstraint(
            "cost_type IN ('NO_COST', 'FIXED_HOURLY', 'USER_HOURLY', 'ROLE_HOURLY', 'USER_AND_ROLE_HOURLY')",
            name=op.f("ck_task_cost_type"),
        ),
        sa.CheckConstraint(
            "revenue_type IN ('NOT_BILLABLE', 'USER_HOURLY', 'ROLE_HOURLY', 'USER_AND_ROLE_HOURLY', 'FIXED_HOURLY', 'USER_HOURLY_CAP', 'ROLE_HOURLY_CAP', 'USER_AND_ROLE_HOURLY_CAP', 'USER_HOURLY_PLUS_FIXED', 'ROLE_HOURLY_PLUS_FIXED', 'USER_AND_ROLE_HOURLY_PLUS_FIXED', 'FIXED_REVENUE')",
            name=op.f("ck_task_revenue_type"),
        ),
        sa.CheckConstraint("status IN ('NEW', 'IN_PROGRESS', 'COMPLETE')", name=op.f("ck_task_status")),
        sa.CheckConstraint("percent_complete BETWEEN 0 AND 100", name=op.f("ck_task_percent_complete")),
        sa.CheckConstraint("planned_completion >= planned_start", name=op.f("ck_task_plan")),
        sa.CheckConstraint("planned_seconds >= 0", name=op.f("ck_task_planned_seconds")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_task_organisation_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["task.id"], name=op.f("fk_task_parent_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_task_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_task_project_id_name")),
    )
    op.create_index(op.f("ix_task_parent_id"), "task", ["parent_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("planned_seconds", sa.BigInteger(), nullable=False),
        sa.Column("is_billable", sa.Boolean(), nullable=False),
        sa.CheckConstraint("person_id IS NOT NULL OR role_id IS NOT NULL", name=op.f("ck_assignment_somebody")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_assignment_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_assignment_role_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_assignment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "task_id",
            "person_id",
            "role_id",
            name=op.f("uq_assignment_task_id_person_id_role_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_assignment_person_id"), "assignment", ["person_id"], unique=False)
    op.create_index(op.f("ix_assignment_task_id"), "assignment", ["task_id"], unique=False)
    op.create_table(
        "billing_record_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("billing_record_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_line_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("transaction_class", sa.Text(), nullable=False),
        sa.Column("billing_type", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("transaction_date", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "billing_type IN ('CHARGEABLE', 'NON_CHARGEABLE', 'COMPLIMENTARY', 'NOT_AVAILABLE')",
            name=op.f("ck_billing_record_line_billing_type"),
        ),
        sa.CheckConstraint(
            "transaction_class IN ('TIME', 'EXPENSE', 'MATERIAL', 'MILESTONE', 'FEE', 'RETAINER', 'ADDITIONAL')",
            name=op.f("ck_billing_record_line_transaction_class"),
        ),
        sa.ForeignKeyConstraint(
            ["billing_record_id"], ["billing_record.id"], name=op.f("fk_billing_record_line_billing_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_line_id"], ["contract_line.id"], name=op.f("fk_billing_record_line_contract_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_billing_record_line_organisation_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_billing_record_line_project_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_billing_record_line_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_record_line")),
    )
    op.create_index(
        op.f("ix_billing_record_line_billing_record_id"), "billing_record_line", ["billing_record_id"], unique=False
    )
    op.create_table(
        "contract_customer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_line_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("split_percent", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("is_rounding", sa.Boolean(), nullable=False),
        sa.CheckConstraint("split_percent BETWEEN 0 AND 100", name=op.f("ck_contract_customer_split_percent")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_contract_customer_company_id")),
        sa.ForeignKeyConstraint(
            ["contract_line_id"], ["contract_line.id"], name=op.f("fk_contract_customer_contract_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_contract_customer_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_customer")),
        sa.UniqueConstraint(
            "contract_line_id", "company_id", name=op.f("uq_contract_customer_contract_line_id_company_id")
        ),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("journal_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("payload_sha256", sa.String(), nullable=True),
        sa.Column("accounting_date", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("remote_number", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('PENDING', 'SENDING', 'UNCERTAIN', 'VERIFIED', 'REJECTED', 'CONFLICT', 'PARKED')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_delivery_connection_id")),
        sa.ForeignKeyConstraint(["journal_entry_id"], ["journal_entry.id"], name=op.f("fk_delivery_journal_entry_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_delivery_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("connection_id", "reference", name=op.f("uq_delivery_connection_id_reference")),
    )
    op.create_index(op.f("ix_delivery_journal_entry_id"), "delivery", ["journal_entry_id"], unique=False)
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["connection_id", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('PENDING', 'SENDING', 'UNCERTAIN')"),
    )
    op.create_table(
        "expense",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("expense_type_id", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("planned_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_minor", sa.BigInteger(), nullable=False),
        sa.Column("planned_units", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("actual_units", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("is_billable", sa.Boolean(), nullable=False),
        sa.Column("is_reimbursable", sa.Boolean(), nullable=False),
        sa.Column("is_reimbursed", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'APPROVED', 'RETURNED', 'RECALL_REQUESTED')",
            name=op.f("ck_expense_status"),
        ),
        sa.ForeignKeyConstraint(["expense_type_id"], ["expense_type.id"], name=op.f("fk_expense_expense_type_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_expense_organisation_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_expense_project_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_expense_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
    )
    op.create_index(op.f("ix_expense_project_id"), "expense", ["project_id"], unique=False)
    op.create_table(
        "external_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_name", sa.String(), nullable=True),
        sa.Column("external_name", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('PERSON', 'PROJECT', 'TASK')", name=op.f("ck_external_link_kind")),
        sa.CheckConstraint(
            "num_nonnulls(person_id, project_id, task_id) = 1", name=op.f("ck_external_link_one_target")
        ),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_external_link_connection_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_external_link_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_external_link_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_external_link_project_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_external_link_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_link")),
        sa.UniqueConstraint(
            "connection_id",
            "kind",
            "parent_name",
            "external_name",
            name=op.f("uq_external_link_connection_id_kind_parent_name_external_name"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "journal_posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("journal_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("posting_type", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("base_currency", sa.String(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "posting_type IN ('CUSTOMER_BALANCE', 'INVOICED_REVENUE', 'INVOICED_REVENUE_ON_ACCOUNT')",
            name=op.f("ck_journal_posting_posting_type"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_journal_posting_account_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_journal_posting_company_id")),
        sa.ForeignKeyConstraint(
            ["journal_entry_id"], ["journal_entry.id"], name=op.f("fk_journal_posting_journal_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_journal_posting_organisation_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_journal_posting_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_posting")),
        sa.UniqueConstraint(
            "journal_entry_id", "line_number", name=op.f("uq_journal_posting_journal_entry_id_line_number")
        ),
    )
    op.create_index(op.f("ix_journal_posting_account_id"), "journal_posting", ["account_id"], unique=False)
    op.create_table(
        "time_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("hour_type_id", sa.BigInteger(), nullable=False),
        sa.Column("work_date", sa.Date(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("logged_by", sa.String(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valuation_id", sa.BigInteger(), nullable=True),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'APPROVED', 'RETURNED', 'RECALL_REQUESTED')",
            name=op.f("ck_time_entry_status"),
        ),
        sa.CheckConstraint("seconds <> 0", name=op.f("ck_time_entry_seconds")),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_time_entry_connection_id")),
        sa.ForeignKeyConstraint(["hour_type_id"], ["hour_type.id"], name=op.f("fk_time_entry_hour_type_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_time_entry_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_time_entry_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_time_entry_project_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_time_entry_role_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_time_entry_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
        postgresql_with={"fillfactor": 48},
    )
    op.create_index(op.f("ix_time_entry_person_id_work_date"), "time_entry", ["person_id", "work_date"], unique=False)
    op.create_index(op.f("ix_time_entry_project_id_work_date"), "time_entry", ["project_id", "work_date"], unique=False)
    op.create_index(op.f("ix_time_entry_task_id"), "time_entry", ["task_id"], unique=False)
    op.create_index(
        "uq_time_entry_external_live",
        "time_entry",
        ["connection_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("duration_milliseconds", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_attempt_delivery_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_delivery_attempt_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    op.create_index(op.f("ix_delivery_attempt_delivery_id_id"), "delivery_attempt", ["delivery_id", "id"], unique=False)
    op.create_table(
        "rate_scope",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("assignment_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('COST', 'BILLING')", name=op.f("ck_rate_scope_kind")),
        sa.CheckConstraint(
            "level IN ('ASSIGNMENT', 'PROJECT_PERSON', 'PROJECT_ROLE', 'COMPANY_ROLE', 'PERSON', 'ROLE', 'TASK')",
            name=op.f("ck_rate_scope_level"),
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_rate_scope_assignment_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_rate_scope_company_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_rate_scope_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rate_scope_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_rate_scope_project_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_rate_scope_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_scope")),
        sa.UniqueConstraint(
            "organisation_id",
            "kind",
            "level",
            "person_id",
            "role_id",
            "company_id",
            "project_id",
            "assignment_id",
            name="uq_rate_scope_whose",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_rate_scope_person_id"), "rate_scope", ["person_id"], unique=False)
    op.create_index(op.f("ix_rate_scope_project_id"), "rate_scope", ["project_id"], unique=False)
    op.create_index(op.f("ix_rate_scope_role_id"), "rate_scope", ["role_id"], unique=False)
    op.create_table(
        "source_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entry", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("time_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('POSTED', 'UNMAPPED', 'QUARANTINED', 'SKIPPED', 'GONE', 'NEEDS_REVERSAL')",
            name=op.f("ck_source_record_status"),
        ),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_source_record_connection_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_source_record_organisation_id")
        ),
        sa.ForeignKeyConstraint(["time_entry_id"], ["time_entry.id"], name=op.f("fk_source_record_time_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_record")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("uq_source_record_connection_id_external_id")),
    )
    op.create_index(
        "ix_source_record_open",
        "source_record",
        ["connection_id"],
        unique=False,
        postgresql_where=sa.text("status IN ('UNMAPPED', 'QUARANTINED', 'NEEDS_REVERSAL')"),
    )
    op.create_table(
        "rate_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("rate_scaled", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rate_scaled >= 0", name=op.f("ck_rate_line_rate_scaled")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_rate_line_period")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_rate_line_organisation_id")),
        sa.ForeignKeyConstraint(["scope_id"], ["rate_scope.id"], name=op.f("fk_rate_line_scope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_line")),
    )
    op.create_index(op.f("ix_rate_line_scope_id"), "rate_line", ["scope_id"], unique=False)
    op.create_table(
        "valuation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("time_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("uncapped_revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_rate_line_id", sa.BigInteger(), nullable=True),
        sa.Column("revenue_rate_line_id", sa.BigInteger(), nullable=True),
        sa.Column("provenance", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "cause IN ('LOGGED', 'EDITED', 'CAP_MOVED', 'RECALCULATED', 'DELETED')", name=op.f("ck_valuation_cause")
        ),
        sa.ForeignKeyConstraint(["cost_rate_line_id"], ["rate_line.id"], name=op.f("fk_valuation_cost_rate_line_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_valuation_organisation_id")),
        sa.ForeignKeyConstraint(
            ["revenue_rate_line_id"], ["rate_line.id"], name=op.f("fk_valuation_revenue_rate_line_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["recalculation_run.id"], name=op.f("fk_valuation_run_id")),
        sa.ForeignKeyConstraint(["time_entry_id"], ["time_entry.id"], name=op.f("fk_valuation_time_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation")),
    )
    op.create_index(op.f("ix_valuation_time_entry_id_id"), "valuation", ["time_entry_id", "id"], unique=False)
    op.create_table(
        "actual",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("transaction_type", sa.Text(), nullable=False),
        sa.Column("transaction_class", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("contract_line_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("time_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("expense_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("billing_type", sa.Text(), nullable=False),
        sa.Column("billing_status", sa.Text(), nullable=False),
        sa.Column("adjustment_status", sa.Text(), nullable=False),
        sa.Column("transaction_date", sa.Date(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("accounting_date", sa.Date(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("valuation_id", sa.BigInteger(), nullable=True),
        sa.Column("billing_record_id", sa.BigInteger(), nullable=True),
        sa.Column("billing_line_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "adjustment_status IN ('STANDS', 'ADJUSTED', 'UNADJUSTABLE')", name=op.f("ck_actual_adjustment_status")
        ),
        sa.CheckConstraint(
            "billing_status IN ('CREATED', 'READY', 'ON_BILLING_RECORD', 'POSTED', 'CANCELED')",
            name=op.f("ck_actual_billing_status"),
        ),
        sa.CheckConstraint(
            "billing_type IN ('CHARGEABLE', 'NON_CHARGEABLE', 'COMPLIMENTARY', 'NOT_AVAILABLE')",
            name=op.f("ck_actual_billing_type"),
        ),
        sa.CheckConstraint(
            "transaction_class IN ('TIME', 'EXPENSE', 'MATERIAL', 'MILESTONE', 'FEE', 'RETAINER', 'ADDITIONAL')",
            name=op.f("ck_actual_transaction_class"),
        ),
        sa.CheckConstraint(
            "transaction_type = 'COST' OR company_id IS NOT NULL", name=op.f("ck_actual_sales_have_a_customer")
        ),
        sa.CheckConstraint(
            "transaction_type IN ('COST', 'UNBILLED_SALES', 'BILLED_SALES')", name=op.f("ck_actual_transaction_type")
        ),
        sa.CheckConstraint("num_nonnulls(time_entry_id, expense_id) <= 1", name=op.f("ck_actual_origin")),
        sa.ForeignKeyConstraint(
            ["billing_line_id"], ["billing_record_line.id"], name=op.f("fk_actual_billing_line_id")
        ),
        sa.ForeignKeyConstraint(["billing_record_id"], ["billing_record.id"], name=op.f("fk_actual_billing_record_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_actual_company_id")),
        sa.ForeignKeyConstraint(["contract_line_id"], ["contract_line.id"], name=op.f("fk_actual_contract_line_id")),
        sa.ForeignKeyConstraint(["expense_id"], ["expense.id"], name=op.f("fk_actual_expense_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_actual_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_actual_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_actual_project_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["actual.id"], name=op.f("fk_actual_replaces_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["actual.id"], name=op.f("fk_actual_reverses_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_actual_role_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_actual_task_id")),
        sa.ForeignKeyConstraint(["time_entry_id"], ["time_entry.id"], name=op.f("fk_actual_time_entry_id")),
        sa.ForeignKeyConstraint(["valuation_id"], ["valuation.id"], name=op.f("fk_actual_valuation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actual")),
    )
    op.create_index(
        "ix_actual_backlog",
        "actual",
        ["project_id"],
        unique=False,
        postgresql_where=sa.text(
            "transaction_type = 'UNBILLED_SALES' AND adjustment_status = 'STANDS' AND billing_status <> 'POSTED'"
        ),
    )
    op.create_index(op.f("ix_actual_billing_record_id"), "actual", ["billing_record_id"], unique=False)
    op.create_index(op.f("ix_actual_expense_id"), "actual", ["expense_id"], unique=False)
    op.create_index(op.f("ix_actual_reverses_id"), "actual", ["reverses_id"], unique=True)
    op.create_index(op.f("ix_actual_time_entry_id"), "actual", ["time_entry_id"], unique=False)
    op.create_table(
        "billing_claim",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("billing_record_line_id", sa.BigInteger(), nullable=False),
        sa.Column("actual_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(actual_id, task_id) = 1", name=op.f("ck_billing_claim_one_unit")),
        sa.ForeignKeyConstraint(["actual_id"], ["actual.id"], name=op.f("fk_billing_claim_actual_id")),
        sa.ForeignKeyConstraint(
            ["billing_record_line_id"], ["billing_record_line.id"], name=op.f("fk_billing_claim_billing_record_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_billing_claim_organisation_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_billing_claim_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_claim")),
    )
    op.create_index(
        op.f("ix_billing_claim_billing_record_line_id"), "billing_claim", ["billing_record_line_id"], unique=False
    )
    op.create_index(
        "uq_billing_claim_actual_live",
        "billing_claim",
        ["actual_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_index(
        "uq_billing_claim_task_live",
        "billing_claim",
        ["task_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_billing_claim_task_live", table_name="billing_claim", postgresql_where=sa.text("released_at IS NULL")
    )
    op.drop_index(
        "uq_billing_claim_actual_live", table_name="billing_claim", postgresql_where=sa.text("released_at IS NULL")
    )
    op.drop_index(op.f("ix_billing_claim_billing_record_line_id"), table_name="billing_claim")
    op.drop_table("billing_claim")
    op.drop_index(op.f("ix_actual_time_entry_id"), table_name="actual")
    op.drop_index(op.f("ix_actual_reverses_id"), table_name="actual")
    op.drop_index(op.f("ix_actual_expense_id"), table_name="actual")
    op.drop_index(op.f("ix_actual_billing_record_id"), table_name="actual")
    op.drop_index(
        "ix_actual_backlog",
        table_name="actual",
        postgresql_where=sa.text(
            "transaction_type = 'UNBILLED_SALES' AND adjustment_status = 'STANDS' AND billing_status <> 'POSTED'"
        ),
    )
    op.drop_table("actual")
    op.drop_index(op.f("ix_valuation_time_entry_id_id"), table_name="valuation")
    op.drop_table("valuation")
    op.drop_index(op.f("ix_rate_line_scope_id"), table_name="rate_line")
    op.drop_table("rate_line")
    op.drop_index(
        "ix_source_record_open",
        table_name="source_record",
        postgresql_where=sa.text("status IN ('UNMAPPED', 'QUARANTINED', 'NEEDS_REVERSAL')"),
    )
    op.drop_table("source_record")
    op.drop_index(op.f("ix_rate_scope_role_id"), table_name="rate_scope")
    op.drop_index(op.f("ix_rate_scope_project_id"), table_name="rate_scope")
    op.drop_index(op.f("ix_rate_scope_person_id"), table_name="rate_scope")
    op.drop_table("rate_scope")
    op.drop_index(op.f("ix_delivery_attempt_delivery_id_id"), table_name="delivery_attempt")
    op.drop_table("delivery_attempt")
    op.drop_index(
        "uq_time_entry_external_live", table_name="time_entry", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_index(op.f("ix_time_entry_task_id"), table_name="time_entry")
    op.drop_index(op.f("ix_time_entry_project_id_work_date"), table_name="time_entry")
    op.drop_index(op.f("ix_time_entry_person_id_work_date"), table_name="time_entry")
    op.drop_table("time_entry")
    op.drop_index(op.f("ix_journal_posting_account_id"), table_name="journal_posting")
    op.drop_table("journal_posting")
    op.drop_table("external_link")
    op.drop_index(op.f("ix_expense_project_id"), table_name="expense")
    op.drop_table("expense")
    op.drop_index(
        "ix_delivery_open",
        table_name="delivery",
        postgresql_where=sa.text("state IN ('PENDING', 'SENDING', 'UNCERTAIN')"),
    )
    op.drop_index(op.f("ix_delivery_journal_entry_id"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("contract_customer")
    op.drop_index(op.f("ix_billing_record_line_billing_record_id"), table_name="billing_record_line")
    op.drop_table("billing_record_line")
    op.drop_index(op.f("ix_assignment_task_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_person_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_task_parent_id"), table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("ix_journal_entry_billing_record_id"), table_name="journal_entry")
    op.drop_table("journal_entry")
    op.drop_index(op.f("ix_exchange_rate_organisation_id_currency"), table_name="exchange_rate")
    op.drop_table("exchange_rate")
    op.drop_index(op.f("ix_contract_line_project_id"), table_name="contract_line")
    op.drop_index(op.f("ix_contract_line_contract_id"), table_name="contract_line")
    op.drop_table("contract_line")
    op.drop_table("account_selection")
    op.drop_index(op.f("ix_pull_run_connection_id_id"), table_name="pull_run")
    op.drop_table("pull_run")
    op.drop_index(op.f("ix_project_company_id"), table_name="project")
    op.drop_table("project")
    op.drop_index(op.f("ix_person_role_person_id"), table_name="person_role")
    op.drop_table("person_role")
    op.drop_table("party_mapping")
    op.drop_table("connection_secret")
    op.drop_index(op.f("ix_billing_record_contract_id"), table_name="billing_record")
    op.drop_index(op.f("ix_billing_record_company_id"), table_name="billing_record")
    op.drop_table("billing_record")
    op.drop_table("account_mapping")
    op.drop_table("trusted_issuer")
    op.drop_table("role")
    op.drop_table("recalculation_run")
    op.drop_table("person")
    op.drop_table("number_sequence")
    op.drop_table("idempotency_key")
    op.drop_table("hour_type")
    op.drop_table("fiscal_period")
    op.drop_table("expense_type")
    op.drop_index("ix_event_unpublished", table_name="event", postgresql_where=sa.text("seq IS NULL"))
    op.drop_table("event")
    op.drop_table("contract")
    op.drop_table("connection")
    op.drop_table("company")
    op.drop_index(op.f("ix_audit_organisation_id_entity_entity_id"), table_name="audit")
    op.drop_table("audit")
    op.drop_table("api_token")
    op.drop_table("account")
    op.drop_table("organisation")

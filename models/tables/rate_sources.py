"""Where rates come from besides persons and roles: rate cards, attributes that narrow a rate, jobs people bill as."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hourledger.core.work import RateKind
from models.tables.columns import choice, document, instant, key, one_of, refers_to


class RateCardRow(SQLModel, table=True):
    """A named set of role rates, a price list. Its lines are rate lines of level RATE_CARD; their history is its own.

    ``company_id`` and ``group_value_id`` only say for whom it is offered. Lines count within ``valid_from`` and, not
    included, ``valid_until``. ``deleted_at``: gone from projects too, kept for what was rated by it.
    """

    __tablename__ = "rate_card"
    __table_args__ = (
        CheckConstraint("kind IN ('COST', 'BILLING')", name="kind"),
        CheckConstraint("valid_from < valid_until", name="period"),
        Index(
            "uq_rate_card_live_name",
            "organisation_id",
            "name",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    name: str
    description: str = ""
    kind: RateKind = choice(RateKind, default=RateKind.BILLING)
    company_id: int | None = refers_to("company.id", optional=True)
    group_value_id: int | None = refers_to("attribute_value.id", optional=True)
    valid_from: date | None = None
    valid_until: date | None = None
    created_at: datetime = instant()
    created_by: str
    deleted_at: datetime | None = instant(optional=True)


class RateCardAliasRow(SQLModel, table=True):
    """What a role with these attributes is called on projects that use the card."""

    __tablename__ = "rate_card_alias"
    __table_args__ = (UniqueConstraint("rate_card_id", "role_id", "attributes"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    rate_card_id: int = refers_to("rate_card.id")
    role_id: int = refers_to("role.id")
    attributes: dict[str, int] = document()
    alias: str


class RateAttachmentRow(SQLModel, table=True):
    """The rates of a card, or of the project's customer, on a project, as they stood at ``known_at`` (§3.6, §3.7).

    Without a project: on every project. To refresh or push is to retire the row and append one with a later
    ``known_at``; nothing is copied. Cards of one project and kind never overlap in their days (exclusion).
    """

    __tablename__ = "rate_attachment"
    __table_args__ = (
        CheckConstraint("num_nonnulls(rate_card_id, company_id) = 1", name="one_source"),
        CheckConstraint("company_id IS NULL OR project_id IS NOT NULL", name="customer_of_a_project"),
        CheckConstraint("kind IN ('COST', 'BILLING')", name="kind"),
        Index(
            "uq_rate_attachment_live_customer",
            "project_id",
            unique=True,
            postgresql_where=text("company_id IS NOT NULL AND retired_at IS NULL"),
        ),
        Index(None, "project_id"),
        Index(None, "rate_card_id"),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int | None = refers_to("project.id", optional=True)
    rate_card_id: int | None = refers_to("rate_card.id", optional=True)
    company_id: int | None = refers_to("company.id", optional=True)
    kind: RateKind = choice(RateKind, default=RateKind.BILLING)
    valid_from: date | None = None
    valid_until: date | None = None
    known_at: datetime = instant()
    recorded_at: datetime = instant()
    recorded_by: str
    retired_at: datetime | None = instant(optional=True)


class AttributeSource(StrEnum):
    """What the values of a rate attribute are, and where an hour gets its own from (§3.5).

    GROUP, LOCATION and OTHER: the sets of the person, on an open role those of the assignment. COMPANY: likewise, the
    values are companies. HOUR_TYPE: the kind of the hours.
    """

    GROUP = "GROUP"
    COMPANY = "COMPANY"
    LOCATION = "LOCATION"
    HOUR_TYPE = "HOUR_TYPE"
    OTHER = "OTHER"


class RateAttributeRow(SQLModel, table=True):
    """One of at most five things that narrow a rate; ``position`` 1 decides first. Fixed once a rate uses it."""

    __tablename__ = "rate_attribute"
    __table_args__ = (
        UniqueConstraint("organisation_id", "position"),
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("position BETWEEN 1 AND 5", name="position"),
        CheckConstraint("used_in_revenue OR used_in_cost", name="used_somewhere"),
        CheckConstraint("NOT is_hierarchical OR source = 'LOCATION'", name="hierarchical"),
        one_of("source", AttributeSource),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    position: int
    name: str
    source: AttributeSource = choice(AttributeSource)
    is_required: bool = False
    used_in_revenue: bool = True
    used_in_cost: bool = True
    is_hierarchical: bool = False


class AttributeValueRow(SQLModel, table=True):
    """A group, a place, a company or a kind of hours that a rate attribute can have; places may lie within others."""

    __tablename__ = "attribute_value"
    __table_args__ = (
        UniqueConstraint(
            "organisation_id",
            "source",
            "parent_id",
            "name",
            postgresql_nulls_not_distinct=True,
            name="uq_attribute_value_name",
        ),
        CheckConstraint("(company_id IS NOT NULL) = (source = 'COMPANY')", name="company"),
        CheckConstraint("(hour_type_id IS NOT NULL) = (source = 'HOUR_TYPE')", name="hour_type"),
        CheckConstraint("parent_id IS NULL OR source = 'LOCATION'", name="parent"),
        one_of("source", AttributeSource),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    source: AttributeSource = choice(AttributeSource)
    name: str
    parent_id: int | None = refers_to("attribute_value.id", optional=True)
    company_id: int | None = refers_to("company.id", optional=True, unique=True)
    hour_type_id: int | None = refers_to("hour_type.id", optional=True, unique=True)


class RelationFilter(StrEnum):
    """What pairs of values are for: SUGGESTION narrows what is offered, RELATIONSHIP refuses every other pair, too."""

    SUGGESTION = "SUGGESTION"
    RELATIONSHIP = "RELATIONSHIP"


class AttributeRelationRow(SQLModel, table=True):
    """Two rate attributes whose values go together in pairs (§1.14). It is one relation, read from either side."""

    __tablename__ = "attribute_relation"
    __table_args__ = (
        UniqueConstraint("first_attribute_id", "second_attribute_id"),
        CheckConstraint("first_attribute_id <> second_attribute_id", name="two"),
        one_of("filter", RelationFilter),
    )

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    first_attribute_id: int = refers_to("rate_attribute.id")
    second_attribute_id: int = refers_to("rate_attribute.id")
    filter: RelationFilter = choice(RelationFilter)


class RelatedValueRow(SQLModel, table=True):
    """A value of the first attribute and one of the second that go together."""

    __tablename__ = "related_value"
    __table_args__ = (UniqueConstraint("relation_id", "first_value_id", "second_value_id"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    relation_id: int = refers_to("attribute_relation.id")
    first_value_id: int = refers_to("attribute_value.id")
    second_value_id: int = refers_to("attribute_value.id")


class PersonAttributeRow(SQLModel, table=True):
    """Which value a person has for a rate attribute, when; at most one on a day (exclusion)."""

    __tablename__ = "person_attribute"
    __table_args__ = (CheckConstraint("valid_from < valid_until", name="period"), Index(None, "person_id"))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    person_id: int = refers_to("person.id")
    rate_attribute_id: int = refers_to("rate_attribute.id")
    attribute_value_id: int = refers_to("attribute_value.id")
    valid_from: date | None = None
    valid_until: date | None = None


class ProjectBillingRoleRow(SQLModel, table=True):
    """The job role a person is billed as on a project, when (job role for billing, §3.4); one at a time (exclusion)."""

    __tablename__ = "project_billing_role"
    __table_args__ = (CheckConstraint("valid_from < valid_until", name="period"), Index(None, "project_id"))

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    project_id: int = refers_to("project.id")
    person_id: int = refers_to("person.id")
    role_id: int = refers_to("role.id")
    valid_from: date | None = None
    valid_until: date | None = None


class RatePolicyRow(SQLModel, table=True):
    """A rate policy of the organisation's own; never changed, because valuations name its version."""

    __tablename__ = "rate_policy"
    __table_args__ = (UniqueConstraint("organisation_id", "version"),)

    id: int = key()
    organisation_id: int = refers_to("organisation.id")
    version: str
    content: str = Field()
    recorded_at: datetime = instant()
    recorded_by: str

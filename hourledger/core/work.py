"""The words of the work itself: how a task costs, how it earns, and what an hour goes through until it is an actual."""

from __future__ import annotations

from enum import StrEnum


class RateKind(StrEnum):
    """What a rate is for. MARKUP: a percentage on top of the billing rate (project-invoicing §4.4)."""

    COST = "COST"
    BILLING = "BILLING"
    MARKUP = "MARKUP"


class CostType(StrEnum):
    """Which cost rate a task uses (project-finances §2.1)."""

    NO_COST = "NO_COST"
    FIXED_HOURLY = "FIXED_HOURLY"
    USER_HOURLY = "USER_HOURLY"
    ROLE_HOURLY = "ROLE_HOURLY"
    USER_AND_ROLE_HOURLY = "USER_AND_ROLE_HOURLY"


class RevenueType(StrEnum):
    """Which billing rate a task uses and what its ``billing_amount`` means (project-finances §2.3)."""

    NOT_BILLABLE = "NOT_BILLABLE"
    USER_HOURLY = "USER_HOURLY"
    ROLE_HOURLY = "ROLE_HOURLY"
    USER_AND_ROLE_HOURLY = "USER_AND_ROLE_HOURLY"
    FIXED_HOURLY = "FIXED_HOURLY"
    USER_HOURLY_CAP = "USER_HOURLY_CAP"
    ROLE_HOURLY_CAP = "ROLE_HOURLY_CAP"
    USER_AND_ROLE_HOURLY_CAP = "USER_AND_ROLE_HOURLY_CAP"
    USER_HOURLY_PLUS_FIXED = "USER_HOURLY_PLUS_FIXED"
    ROLE_HOURLY_PLUS_FIXED = "ROLE_HOURLY_PLUS_FIXED"
    USER_AND_ROLE_HOURLY_PLUS_FIXED = "USER_AND_ROLE_HOURLY_PLUS_FIXED"
    FIXED_REVENUE = "FIXED_REVENUE"

    @property
    def is_capped(self) -> bool:
        return self.endswith("_CAP")

    @property
    def has_fixed_part(self) -> bool:
        return self.endswith("_PLUS_FIXED") or self is RevenueType.FIXED_REVENUE

    @property
    def hourly(self) -> RevenueType | None:
        """The hourly type whose rate search it shares; None when hours earn nothing by themselves."""
        if self in (RevenueType.NOT_BILLABLE, RevenueType.FIXED_REVENUE):
            return None
        return RevenueType(self.removesuffix("_CAP").removesuffix("_PLUS_FIXED"))


class EntryStatus(StrEnum):
    """A time entry or expense on its way to being an actual (project-invoicing §3.2)."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    RETURNED = "RETURNED"
    RECALL_REQUESTED = "RECALL_REQUESTED"


class ProjectStatus(StrEnum):
    """Where a project is in its life (project-finances §1.2)."""

    PLANNING = "PLANNING"
    CURRENT = "CURRENT"
    ON_HOLD = "ON_HOLD"
    COMPLETE = "COMPLETE"
    DEAD = "DEAD"
    IDEA = "IDEA"
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class TaskStatus(StrEnum):
    NEW = "NEW"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETE = "COMPLETE"


class RiskStatus(StrEnum):
    """What has become of a risk (project-finances §1.16)."""

    IDENTIFIED = "IDENTIFIED"
    MITIGATED = "MITIGATED"
    OCCURRED = "OCCURRED"
    CLOSED = "CLOSED"


class TransactionType(StrEnum):
    """What an actual says (project-invoicing §3.3)."""

    COST = "COST"
    UNBILLED_SALES = "UNBILLED_SALES"
    BILLED_SALES = "BILLED_SALES"


class TransactionClass(StrEnum):
    TIME = "TIME"
    EXPENSE = "EXPENSE"
    MATERIAL = "MATERIAL"
    MILESTONE = "MILESTONE"
    FEE = "FEE"
    RETAINER = "RETAINER"
    ADDITIONAL = "ADDITIONAL"


class BillingType(StrEnum):
    CHARGEABLE = "CHARGEABLE"
    NON_CHARGEABLE = "NON_CHARGEABLE"
    COMPLIMENTARY = "COMPLIMENTARY"
    NOT_AVAILABLE = "NOT_AVAILABLE"


class BillingStatus(StrEnum):
    """Of an unbilled-sales actual: how far billing has got with it."""

    CREATED = "CREATED"
    READY = "READY"
    ON_BILLING_RECORD = "ON_BILLING_RECORD"
    POSTED = "POSTED"
    CANCELED = "CANCELED"


class AdjustmentStatus(StrEnum):
    """Empty: stands. ADJUSTED: reversed by a later row. UNADJUSTABLE: is such a reversal, or may never be reversed."""

    STANDS = "STANDS"
    ADJUSTED = "ADJUSTED"
    UNADJUSTABLE = "UNADJUSTABLE"


class BillingMethod(StrEnum):
    TIME_AND_MATERIAL = "TIME_AND_MATERIAL"
    FIXED_PRICE = "FIXED_PRICE"

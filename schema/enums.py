"""The enumerations of the domain with their meaning in the API."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from hourledger.core.access import Permission
from hourledger.core.billing import BillingRecordStatus
from hourledger.core.finances import EacMethod, FinancePart, FinancialPeriod, Grouping, IndexMethod, PercentBasis
from hourledger.core.ledger import DeliveryState, PostingType
from hourledger.core.pricing.card_text import CardFormat
from hourledger.core.rates import Level, RateBasis, Subject
from hourledger.core.snapshots import ChangeType, FactKind
from hourledger.core.work import (
    BillingType,
    CostType,
    EntryStatus,
    ProjectStatus,
    RateKind,
    RevenueType,
    RiskStatus,
    TaskStatus,
    TransactionClass,
)
from hourledger.core.work_locks import FrozenSide, WorkLockKind
from hourledger.services.preferences import HourEditing, HoursOfDeletedProject, HoursOfDeletedTask
from models.queries.listing.time_entries import TimeBillingState
from models.queries.listing.time_journal import TimeChange
from models.queries.work_locks import HoldKind
from models.tables import (
    AccountType,
    AttributeSource,
    ConnectionDirection,
    ConnectionStatus,
    HourTypeScope,
    LinkKind,
    ProjectOutcome,
    RelationFilter,
    RunKind,
    RunStatus,
    SourceRecordStatus,
    ValuationCause,
)


class BilledOrNot(StrEnum):
    """The two words of shops that know only those."""

    NOT_BILLED = "NOT_BILLED"
    BILLED = "BILLED"


strawberry.enum(Permission, description="What a token allows.")
strawberry.enum(BillingRecordStatus, description="Where a billing record is on its way from draft to posted.")
strawberry.enum(BilledOrNot, description="NOT_BILLED until the record is posted, BILLED from then on.")
strawberry.enum(
    DeliveryState,
    description="How far a journal entry is on its way: PENDING and SENDING move by themselves, UNCERTAIN may have "
    "arrived and is looked for first, VERIFIED was read back and is equal, REJECTED was refused, CONFLICT is there but "
    "differs, PARKED lacks a mapping.",
)
strawberry.enum(PostingType, description="What a posting is for; it decides the account.")
strawberry.enum(Level, name="RateLevel", description="Where a rate is kept, from most to least specific.")
strawberry.enum(Subject, name="RateSubject", description="Whose rate a step of the search asks for.")
strawberry.enum(BillingType, description="Whether the customer pays for it.")
strawberry.enum(CostType, description="Which cost rate applies to work on a task.")
strawberry.enum(EntryStatus, description="Where an entry is on its way to being an actual.")
strawberry.enum(ProjectStatus, description="Where a project is in its life.")
strawberry.enum(RevenueType, description="Which billing rate applies to work on a task, and what its amount means.")
strawberry.enum(TaskStatus, description="Where a task is in its life.")
strawberry.enum(TransactionClass, description="What kind of thing was worked, spent or billed.")
strawberry.enum(TimeChange, description="What happened to hours.")
strawberry.enum(
    TimeBillingState,
    description="How far billing has got with an entry: NOT_APPROVED, NOT_BILLABLE, UNBILLED (may be billed now), "
    "ON_DRAFT, CONFIRMED, BILLED.",
)
strawberry.enum(AccountType, description="Which part of the books an account belongs to.")
strawberry.enum(ConnectionDirection, description="SOURCE: time is pulled from it. TARGET: journals are pushed to it.")
strawberry.enum(
    ConnectionStatus, description="ACTIVE works, NEEDS_ATTENTION waits for a person, PAUSED is switched off."
)
strawberry.enum(HourTypeScope, description="Whether hours of a kind belong to projects or to none.")
strawberry.enum(
    HoursOfDeletedTask,
    description="MOVE_TO_PROJECT: hours become hours on the project itself, rated as such. DELETE: they go, too.",
)
strawberry.enum(HoursOfDeletedProject, description="KEEP_AS_GENERAL: hours become general time. DELETE: they go, too.")
strawberry.enum(HourEditing, description="ANYONE who may log time, or the ENTERER of the hours and administrators.")
strawberry.enum(LinkKind, description="What a name of a source stands for.")
strawberry.enum(RunStatus, description="Where a recalculation is. FAILED: some of its projects could not be done.")
strawberry.enum(
    RunKind,
    name="RecalculationKind",
    description="RECALCULATION rates again, PREVIEW only says what that would change, UNDO takes one back.",
)
strawberry.enum(
    ProjectOutcome,
    description="DONE, or nothing at all: PENDING not yet, SKIPPED nothing in it to rate, FORBIDDEN, MISSING, FAILED, "
    "CHANGED since its preview, CANCELLED before its turn.",
)
strawberry.enum(
    SourceRecordStatus,
    description="POSTED is a time entry here, UNMAPPED has a name nobody linked, QUARANTINED cannot be understood, "
    "SKIPPED is not wanted, GONE was deleted there, NEEDS_REVERSAL changed there after it was billed or its period was "
    "locked here.",
)
strawberry.enum(ValuationCause, description="Why a valuation was made.")
strawberry.enum(
    IndexMethod, name="PerformanceIndexMethod", description="Whether CPI and EAC are made of hours or cost."
)
strawberry.enum(
    EacMethod,
    description="Whether the estimate of a parent or project is calculated from its sums or is the sum of its tasks'.",
)
strawberry.enum(PercentBasis, name="PercentCompleteBasis", description="What weighs tasks in a percent complete.")
strawberry.enum(
    FactKind,
    name="SnapshotFactKind",
    description="What a fact of a snapshot is about. COST_RATE and BILLING_RATE: a rate that could apply, with where "
    "it comes from; COST_CARD and BILLING_CARD: a rate card or the customer's rates, attached; EXCHANGE_RATE: the "
    "project's own.",
)
strawberry.enum(ChangeType, name="SnapshotChangeType", description="What became of a thing between two moments.")
strawberry.enum(RiskStatus, description="What has become of a risk.")


strawberry.enum(FinancialPeriod, description="How long the rows of a project's finances over time are.")


strawberry.enum(RateKind, description="What an hour costs us, what it is billed at, or a percentage on top of that.")


strawberry.enum(
    RateBasis,
    description="What a rate is: a price per unit of TIME, per ENTRY whatever its hours, a percentage on top of the "
    "hour's cost rate (COST_PLUS, 0: at cost), or of a markup a PERCENT on top of the billing rate.",
)


strawberry.enum(
    AttributeSource,
    description="What the values of a rate attribute are: the kind of hours, or something a person has.",
)


strawberry.enum(
    RelationFilter,
    description="What pairs of values are for: a SUGGESTION narrows what is offered, a RELATIONSHIP refuses other "
    "pairs as well.",
)


strawberry.enum(
    WorkLockKind,
    description="RATE_FREEZE: hours keep what they are worth. PERIOD_LOCK: and no work is added, changed or deleted.",
)


strawberry.enum(FrozenSide, description="Which amounts a rate freeze keeps; a period lock keeps BOTH.")


strawberry.enum(HoldKind, description="What can hold a time entry.")


strawberry.enum(CardFormat, description="A rate card as text: CSV for spreadsheets, JSONL for programs.")


strawberry.enum(
    Grouping,
    description="What finances are grouped by: PROJECT, COMPANY (the customer), PART (what a figure is of), ROLE, "
    "PERSON, HOUR_TYPE, WEEK or MONTH.",
)


strawberry.enum(
    FinancePart,
    description="What a figure is of: hours on tasks, on issues or on the project itself; fixed amounts of tasks or of "
    "the project; expenses, the fixed cost, or what was billed on top.",
)

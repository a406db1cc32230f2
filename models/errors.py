"""Constraint violations as core errors: the database enforces the rule, this file says it in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidRequestError, OperationalError

from hourledger.core.errors import Conflict, HourledgerError, Invalid, NotAllowed, Transient

_BY_CONSTRAINT: dict[str, tuple[type[HourledgerError], str, str]] = {
    "ex_rate_line_overlap": (
        Invalid,
        "RATE_OVERLAP",
        "Another rate of the same scope is in force on some of these days. Choose other days or replace it.",
    ),
    "ex_exchange_rate_overlap": (
        Invalid,
        "EXCHANGE_RATE_OVERLAP",
        "Another exchange rate of this currency covers some of these days.",
    ),
    "ex_person_role_one_primary": (
        Invalid,
        "TWO_PRIMARY_ROLES",
        "A person has one primary role on a day: end the other one first.",
    ),
    "ex_rate_attachment_one_card": (
        Conflict,
        "CARD_ATTACHED",
        "Another rate card was attached for some of these days at the same moment. Read again.",
    ),
    "ex_person_attribute_one_value": (
        Conflict,
        "CONFLICT",
        "Somebody set this attribute of the person at the same moment. Try again.",
    ),
    "uq_rate_card_live_name": (Conflict, "NAME_TAKEN", "Another rate card has this name. Choose another one."),
    "uq_rate_attribute_organisation_id_position": (
        Conflict,
        "POSITION_TAKEN",
        "Another rate attribute has this position. Choose another one, from 1 to 5.",
    ),
    "uq_rate_attribute_organisation_id_name": (
        Conflict,
        "NAME_TAKEN",
        "Another rate attribute has this name. Choose another one.",
    ),
    "uq_attribute_value_name": (Conflict, "NAME_TAKEN", "There is a value of this name already. Choose another one."),
    "uq_rate_scope_whose": (Conflict, "CONFLICT", "Somebody set a rate here at the same moment. Try again."),
    "uq_recalculation_run_of": (
        Conflict,
        "RUN_TAKEN",
        "This preview has been committed, or this run undone, already: look at the history of runs.",
    ),
    "uq_billing_claim_actual_live": (
        Conflict,
        "ALREADY_BILLED",
        "Some of this work is on another billing record already. Refresh the backlog and choose again.",
    ),
    "uq_billing_claim_task_live": (
        Conflict,
        "ALREADY_BILLED",
        "The fixed amount of this task is on another billing record already.",
    ),
    "fk_time_entry_task_id_project_id": (
        Conflict,
        "TASK_MOVED",
        "The task was moved to another project just now. Read it again and log on the project it is on.",
    ),
    "fk_expense_task_id_project_id": (
        Conflict,
        "TASK_MOVED",
        "The task was moved to another project just now. Read it again and enter the expense there.",
    ),
    "uq_assignment_primary": (
        Conflict,
        "CONFLICT",
        "Somebody assigned somebody to this task at the same moment. Read it again.",
    ),
    "uq_work_schedule_default": (
        Conflict,
        "CONFLICT",
        "Somebody made another work schedule the default at the same moment. Read them again.",
    ),
    "uq_journal_entry_organisation_id_reference": (
        Conflict,
        "ALREADY_POSTED",
        "A journal entry with this reference exists already: it was posted by somebody else just now.",
    ),
    "uq_work_lock_in_force": (
        Conflict,
        "ALREADY_LOCKED",
        "These days were locked in the same way at the same moment. Read the work locks again.",
    ),
    "uq_snapshot_project_id_name": (
        Conflict,
        "SNAPSHOT_EXISTS",
        "The project has a snapshot of this name already. Choose another name.",
    ),
    "ix_actual_reverses_id": (Conflict, "ALREADY_REVERSED", "This actual has been reversed already."),
}

_BY_STATE: dict[str, tuple[type[HourledgerError], str]] = {
    "HL001": (NotAllowed, "FINAL"),
    "HL002": (Invalid, "REVERSAL_NOT_EXACT"),
    "HL003": (NotAllowed, "BILLED"),
    "HL004": (Invalid, "ENTRY_UNBALANCED"),
    "HL005": (NotAllowed, "PERIOD_LOCKED"),
}

_RETRY_STATES = {"40001": "SERIALIZATION", "40P01": "DEADLOCK", "55P03": "LOCKED"}


def translate(error: DBAPIError) -> HourledgerError | None:
    """The core error that says what the database refused, or None when it is not a refusal we know."""
    original = error.orig
    state = getattr(original, "sqlstate", None)
    diagnostics = getattr(original, "diag", None)
    constraint = getattr(diagnostics, "constraint_name", None)
    if constraint in _BY_CONSTRAINT:
        kind, code, message = _BY_CONSTRAINT[constraint]
        return kind(message, code=code)
    if state in _BY_STATE:
        kind, code = _BY_STATE[state]
        return kind(_sentence(getattr(diagnostics, "message_primary", None)), code=code)
    if state in _RETRY_STATES:
        return Transient("Somebody else worked on the same rows. Try again.", code=_RETRY_STATES[state])
    if state == "23505":
        return Conflict("This exists already.", code="EXISTS", constraint=constraint)
    if state == "23514":
        return Invalid("A value is outside what is allowed.", code="OUT_OF_RANGE", constraint=constraint)
    if state == "22003":
        return Invalid("A number is too large to be stored.", code="OUT_OF_RANGE")
    return None


def is_connection_lost(error: Exception) -> bool:
    """Whether this came of a connection that broke, so that nothing more can be done on it."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (
            isinstance(error, OperationalError | InterfaceError) and translate(error) is None
        )
    return isinstance(error, InvalidRequestError)


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turns known refusals inside the block into core errors, for those who go on after one (savepoints)."""
    try:
        yield
    except DBAPIError as error:
        known = translate(error)
        if known is None:
            raise
        raise known from error


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else "The database refused the change."

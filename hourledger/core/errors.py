"""What can go wrong, sorted by what the reader must do next.

    HourledgerError
    ├── Invalid         fix the input
    ├── Missing         define what is named, then try again
    ├── Denied          ask somebody who may
    ├── NotAllowed      wrong state; the message says which moves exist
    ├── Conflict        somebody was quicker: read again
    └── ExternalError   another system
        ├── Transient   we try again by ourselves
        │   ├── NotSent      certain that nothing happened there
        │   ├── RateLimited  refused for now; says for how long
        │   └── Uncertain    may or may not have happened there: look before sending again
        └── Rejected    a person must look
            ├── AuthFailed       the credentials are not accepted
            ├── AlreadyThere     the other system has our reference already
            └── ReferenceTaken   ... but with other content

Every error carries a stable ``code`` for programs, facts as fields, and a message for people that says what happened,
why, and the way out.
"""

from __future__ import annotations

from typing import Any, ClassVar


class HourledgerError(Exception):
    """Base of all expected errors: ``code`` is stable, ``field`` names the input, ``facts`` are safe to show."""

    default_code: ClassVar[str] = "ERROR"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        return self.message


class Invalid(HourledgerError):
    """The input cannot be right: nothing was changed, fix it and send it again."""

    default_code = "INVALID"


class Missing(HourledgerError):
    """Something that is named or needed does not exist (for this caller): define it, then try again."""

    default_code = "MISSING"


class Denied(HourledgerError):
    """The caller has no right to do or see this."""

    default_code = "DENIED"


class NotAllowed(HourledgerError):
    """The object is in a state in which this move does not exist."""

    default_code = "NOT_ALLOWED"


class Conflict(HourledgerError):
    """Somebody else changed or took it in the meantime: read again and decide again."""

    default_code = "CONFLICT"


class ExternalError(HourledgerError):
    """Another system did not do what we asked."""

    default_code = "EXTERNAL"


class Transient(ExternalError):
    """Likely to pass by itself: tried again with growing waits."""

    default_code = "TRANSIENT"


class NotSent(Transient):
    """The request certainly did not reach the other system (name not found, connection refused)."""

    default_code = "NOT_SENT"


class RateLimited(Transient):
    """The other system asks us to wait; ``retry_after_seconds`` says how long (None: it did not say)."""

    default_code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after_seconds: float | None = None, **facts: Any) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds, **facts)
        self.retry_after_seconds = retry_after_seconds


class Uncertain(Transient):
    """A write whose answer never came: it may have happened. Look for our reference before sending it again."""

    default_code = "UNCERTAIN"


class Rejected(ExternalError):
    """The other system understood and said no: trying again changes nothing, a person must look."""

    default_code = "REJECTED"


class AuthFailed(Rejected):
    """Key, token or password is not accepted, or lacks the right."""

    default_code = "AUTH_FAILED"


class AlreadyThere(Rejected):
    """The other system has our reference already: compare what it has with what we sent."""

    default_code = "ALREADY_THERE"


class ReferenceTaken(Rejected):
    """Our reference exists there with other content: nothing may be sent under it again."""

    default_code = "REFERENCE_TAKEN"

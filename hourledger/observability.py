"""What operators see: log lines that tell no secrets, and metrics."""

from __future__ import annotations

import logging
import re
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TextIO

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response
from structlog.typing import EventDict, Processor

from hourledger.settings import LogFormat, LogLevel

REDACTED: Final = "[redacted]"

# Words of a key that make its value private. "key" alone does not: most keys are identifiers.
_PRIVATE_WORDS = frozenset(
    {
        *("authorization", "cookie", "credential", "credentials", "dsn", "jwt", "secret", "secrets", "token", "tokens"),
        *("pass", "passphrase", "passwd", "password", "passwords", "pwd"),
        *("email", "emails", "note", "notes"),
    }
)
_PRIVATE_PHRASES = ("api_key", "apikey", "private_key", "encryption_key", "signing_key", "e_mail", "database_url")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")

# What gives itself away in any text, such as the message of an error that somebody else wrote.
_PRIVATE_TEXT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(hl_[0-9a-z]+)_[0-9A-Za-z]{8,}"), rf"\1_{REDACTED}"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"), REDACTED),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{12,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    (re.compile(r"(://[^:/@\s]*):[^/\s]+@"), rf"\1:{REDACTED}@"),
    (re.compile(r"\b((?:password|passwd|secret|token|api[_-]?key)\s*=\s*)[^\s&,;]+", re.IGNORECASE), rf"\1{REDACTED}"),
    (re.compile(r"\[parameters: .*?\](?=\n|$)", re.DOTALL), f"[parameters: {REDACTED}]"),  # SQLAlchemy's errors
)
_CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def configure_logging(log_format: LogFormat, log_level: LogLevel, stream: TextIO | None = None) -> None:
    """Send everything that is logged, by us and by libraries, to ``stream`` (None: standard error) in one format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,  # text without local variables, which would hold secrets
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[log_level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(log_format, handler)],
        )
    )
    logging.basicConfig(handlers=[handler], level=log_level.upper(), force=True)


def _renderer(log_format: LogFormat, handler: logging.StreamHandler[TextIO]) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(
            serializer=lambda event, **_: orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        )
    return structlog.dev.ConsoleRenderer(
        colors=handler.stream.isatty(), timestamp_key="at", exception_formatter=structlog.dev.plain_traceback
    )


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: hides values whose key or form says that they are nobody's business."""
    return {key: value if key.startswith("_") else _redacted(key, value) for key, value in event.items()}


def _redacted(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _is_private(key):
        return REDACTED
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {str(inner): _redacted(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", item) for item in value]
    if isinstance(value, int | float | Decimal | date):
        return value
    return scrub(repr(value))


@lru_cache(maxsize=1024)
def _is_private(key: str) -> bool:
    words = [word.lower() for word in _WORD_STARTS.split(key) if word]
    return not _PRIVATE_WORDS.isdisjoint(words) or any(phrase in "_".join(words) for phrase in _PRIVATE_PHRASES)


def scrub(message: str) -> str:
    """The text without tokens, passwords in URLs and the parameters of statements."""
    for pattern, replacement in _PRIVATE_TEXT:
        message = pattern.sub(replacement, message)
    return message


@contextmanager
def correlated(proposed: str | None = None) -> Iterator[str]:
    """Everything logged inside, in tasks started inside too, carries one correlation id; gives that id.

    ``proposed`` is the caller's own; a new id is made when it is None or could disturb a log.
    """
    correlation_id = proposed if proposed and _CORRELATION_ID.fullmatch(proposed) else uuid.uuid4().hex
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
        yield correlation_id


def current_correlation_id() -> str | None:
    """The id of the request or job that this code runs for; None outside of both."""
    found: str | None = structlog.contextvars.get_contextvars().get("correlation_id")
    return found


# Labels take few values each: never names that callers choose, never ids.
REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

_LONG = (0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1800)  # seconds; work that talks to other systems

REQUESTS: Final = Counter(
    "hourledger_requests", "Operations answered", ["operation", "outcome"], registry=REGISTRY
)  # operation: query, mutation, subscription, other; outcome: ok, user_error, denied, failed
REQUEST_SECONDS: Final = Histogram(
    "hourledger_request_seconds", "Time to answer an operation", ["operation"], registry=REGISTRY
)
DELIVERIES: Final = Counter(
    "hourledger_deliveries", "Moves of deliveries into a state", ["connector", "state"], registry=REGISTRY
)
DELIVERY_SECONDS: Final = Histogram(
    "hourledger_delivery_seconds", "Time one try took", ["connector"], buckets=_LONG, registry=REGISTRY
)
PULLS: Final = Counter("hourledger_pulls", "Pulls finished", ["connector", "outcome"], registry=REGISTRY)
PULLED_RECORDS: Final = Counter(
    "hourledger_pulled_records", "Source records seen", ["connector", "status"], registry=REGISTRY
)
PULL_SECONDS: Final = Histogram(
    "hourledger_pull_seconds", "Time a pull took", ["connector"], buckets=_LONG, registry=REGISTRY
)


def metrics_response() -> Response:
    """The metrics of this process in Prometheus' text format."""
    return Response(generate_latest(REGISTRY), headers={"content-type": CONTENT_TYPE_LATEST})

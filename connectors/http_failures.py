"""What a failed HTTP request means for the caller: did nothing happen there, maybe something, or did it say no?

    ──── not connected ────┬──── request on its way ────┬──── answer ────
    NotSent                │ write: Uncertain           │ by its status
                           │ read:  Transient           │

An answer that refuses for now (429, or 503 that says for how long) is certain to have changed nothing. Every other 5xx
may come from a proxy in front of a server that did the work, so it leaves a write uncertain.

Source: RFC 9110 §15; accounting-targets §C (outcome classes)
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import aiohttp

from hourledger.core.errors import AuthFailed, ExternalError, NotSent, RateLimited, Rejected, Transient, Uncertain

_ANSWER_CHARACTERS_MAX = 500
_TAG = re.compile(r"<[^>]*>")
_UNCLEAR_4XX = {HTTPStatus.REQUEST_TIMEOUT}
_PASSING_4XX = {HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, as far as it may be shown: without its parameters, which can hold a key."""

    method: str
    url: str
    is_write: bool

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def unclear(sent: Sent, reason: str, **facts: Any) -> Transient:
    """Uncertain for a write, Transient for a read."""
    if sent.is_write:
        return Uncertain(f"{sent}: {reason}. It may have been carried out all the same.", **facts)
    return Transient(f"{sent}: {reason}.", **facts)


def failure_without_answer(sent: Sent, error: Exception) -> ExternalError:
    """The error for an exception of aiohttp: what could not be sent, and what has no (whole) answer."""
    reason = str(error) or type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Rejected(
            f"{sent}: the certificate is not accepted, so nothing was sent: {reason}", code="CERTIFICATE_INVALID"
        )
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return NotSent(f"{sent}: no connection, so nothing was sent: {reason}")
    if isinstance(error, TimeoutError):
        return unclear(sent, "no answer in time")
    return unclear(sent, f"the connection broke before the answer was complete ({reason})")


def failure_of_status(sent: Sent, status: int, headers: Mapping[str, str], answer: str) -> ExternalError | None:
    """The error for an answer that is not a success; None for 2xx. ``answer`` is its text without secrets."""
    if 200 <= status < 300:
        return None
    text = shorten(answer)
    facts: dict[str, Any] = {"status": status, "answer": text}
    if 300 <= status < 400:
        return Rejected(
            f"{sent} is redirected to {headers.get('Location', '').partition('?')[0]}, and keys are not sent on. "
            "Put the final address into the connection's URL.",
            code="REDIRECTED",
            **facts,
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return AuthFailed(f"{sent}: the key or password is not accepted. Renew it in the connection.", **facts)
    if status == HTTPStatus.FORBIDDEN:
        return AuthFailed(
            f"{sent}: the key is accepted but has no right to do this: {text}", code="NO_PERMISSION", **facts
        )
    wait_seconds = _retry_after_seconds(headers)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and wait_seconds is not None
    ):
        return RateLimited(f"{sent}: refused for now ({status}).", retry_after_seconds=wait_seconds, **facts)
    if status >= 500 or status in _UNCLEAR_4XX:
        return unclear(sent, f"answered {status} {text}".rstrip(), **facts)
    if status in _PASSING_4XX:
        return Transient(f"{sent}: busy ({status}): {text}", **facts)
    return Rejected(f"{sent}: refused ({status}): {text}", **facts)


def shorten(text: str) -> str:
    """On one line, at most 500 characters; of a web page only what a reader sees."""
    if text.lstrip().startswith("<"):
        text = html.unescape(_TAG.sub(" ", text))
    line = " ".join(text.split())
    return line if len(line) <= _ANSWER_CHARACTERS_MAX else f"{line[: _ANSWER_CHARACTERS_MAX - 1]}…"


def _retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds, zero or more; None when there is none that can be read."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until, now = _http_date(value), _http_date(headers.get("Date", ""))
    if until is None:
        return None
    # Their own clock where they say it: ours may differ by more than the wait.
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

"""HTTP for connectors: one session, its limits, and every failure as an error of core.errors. Never a retry."""

from __future__ import annotations

import base64
import contextlib
import json as json_text
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn, Self

import aiohttp
from aiolimiter import AsyncLimiter
from pydantic import SecretStr
from yarl import URL

from connectors.http_failures import Sent, failure_of_status, failure_without_answer, shorten, unclear
from hourledger.core.errors import Invalid, Rejected

Parameters = Mapping[str, str] | Sequence[tuple[str, str]]

_RESENT_BY_AIOHTTP = {"PUT", "DELETE", "GET", "HEAD", "OPTIONS", "TRACE"}
_SECRET_CHARACTERS_MIN = 4


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: ``json`` has its numbers as int or Decimal, never float; None where none was asked for or sent.

    ``body`` is what ``text`` was read from, for answers that are no text.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two pieces of the answer, and for all of it; size of an unpacked answer in bytes."""

    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    total_seconds: float = 60.0
    body_bytes_max: int = 20_000_000


class HttpClient:
    """Requests below one base URL, with the same headers; an async context manager.

    ``secrets`` are blanked out in the text of errors, as is what the Authorization header holds. ``pace`` delays
    requests to the rate it allows. Redirects are not followed: a key would go where nobody decided to send it.

    Raises:
        Invalid URL_INVALID: not an http(s) address, or one with a password in it.
        Invalid HEADER_INVALID: a key with a line break, as copying makes them.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Collection[SecretStr] = (),
        limits: Limits | None = None,
        pace: AsyncLimiter | None = None,
    ) -> None:
        self._base_url = _checked(base_url)
        self._headers = {"Accept": "application/json", **(headers or {})}
        if any(character in value for value in self._headers.values() for character in "\r\n\0"):
            raise Invalid("A key or header has a line break in it. Enter it without.", code="HEADER_INVALID")
        self._secrets = _spellings([*(one.get_secret_value() for one in secrets), *_authorization(self._headers)])
        self._limits = limits or Limits()
        self._pace = pace
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=limits.total_seconds, connect=limits.connect_seconds, sock_read=limits.read_seconds
            ),
        )
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        is_write: bool,
        json: Any = None,
        params: Parameters | None = None,
        headers: Mapping[str, str] | None = None,
        expects_json: bool = True,
        returned_statuses: Collection[int] = (),
        key_makes_safe: bool = False,
    ) -> Response:
        """One request and its answer; ``path`` continues the base URL. ``json`` is the body; None: no body.

        ``is_write``: it changes something there, so that no answer leaves it uncertain. Answers with a status in
        ``returned_statuses`` are given to the caller, who knows what they mean, instead of being raised.
        ``key_makes_safe``: the request carries a key by which the other system knows it again, see below.

        Raises:
            NotSent, RateLimited, Transient, Uncertain, AuthFailed, Rejected: see connectors.http_failures.
        """
        assert self._session is not None, "use it in 'async with'"
        if is_write and method.upper() in _RESENT_BY_AIOHTTP and not key_makes_safe:
            # aiohttp sends these a second time by itself when a kept connection drops, and has no switch for it.
            raise ValueError(f"{method} is sent twice when a connection drops: use POST, or a key that makes it safe")
        url = URL(f"{self._base_url}/{path.lstrip('/')}")
        sent = Sent(method.upper(), str(url.with_query(None)), is_write)
        if self._pace is not None:
            await self._pace.acquire()
        with self._failures_named(sent):
            async with self._session.request(
                method, url, json=json, params=params, headers=headers, allow_redirects=False
            ) as answer:
                body = await self._read(answer)
                if body is None:
                    self._raise_too_large(sent)
        status = answer.status
        text = _decode(body, answer.charset)
        failure = failure_of_status(sent, status, answer.headers, self._redact(text))
        if failure is not None and status not in returned_statuses:
            raise failure
        parsed = self._parse(sent, body, text, is_success=failure is None) if expects_json else None
        return Response(status, answer.headers, text, parsed, body)

    @contextlib.contextmanager
    def _failures_named(self, sent: Sent) -> Iterator[None]:
        try:
            yield
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            failure = failure_without_answer(sent, error)
            failure.message = self._redact(failure.message)
            raise failure from None

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes | None:
        """The body, unpacked; None when it is larger than allowed."""
        body = bytearray()
        async for piece in answer.content.iter_any():
            body += piece
            if len(body) > self._limits.body_bytes_max:
                return None
        return bytes(body)

    def _raise_too_large(self, sent: Sent) -> NoReturn:
        reason = f"the answer is larger than {self._limits.body_bytes_max:,} bytes"
        if sent.is_write:
            raise unclear(sent, reason)
        raise Rejected(f"{sent}: {reason}. Ask for less at once.", code="ANSWER_TOO_LARGE")

    def _parse(self, sent: Sent, body: bytes, text: str, *, is_success: bool) -> Any:
        if not body or body.isspace():
            return None
        try:
            return json_text.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
        except ValueError:
            if not is_success:  # the caller asked for this status; errors may well be pages
                return None
            # A log-in page, a proxy's apology, or half of the answer.
            raise unclear(sent, f"the answer is not JSON: {shorten(self._redact(text))}") from None

    def _redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _checked(base_url: str) -> str:
    try:
        url = URL(base_url)
    except ValueError:
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise Invalid("Write an address such as https://erp.example.com.", code="URL_INVALID", field="url")
    if url.user or url.password or url.query_string or url.fragment:
        raise Invalid(
            "The address may not hold a user, password or query: it appears in logs.", code="URL_INVALID", field="url"
        )
    return base_url.rstrip("/")


def _decode(body: bytes, charset: str | None) -> str:
    try:
        return body.decode(charset or "utf-8", errors="replace")
    except LookupError:  # a charset that Python has never heard of
        return body.decode("utf-8", errors="replace")


def _authorization(headers: Mapping[str, str]) -> list[str]:
    value = next((text for name, text in headers.items() if name.lower() == "authorization"), "")
    return [value.partition(" ")[2]] if " " in value else [value]


def _spellings(secrets: Collection[str]) -> list[str]:
    """Each secret as it is and as it can come back in an answer; the longest first, as one may contain another."""
    known = {secret for secret in secrets if len(secret) >= _SECRET_CHARACTERS_MIN}
    escaped = {json_text.dumps(secret)[1:-1] for secret in known}
    encoded = {base64.b64encode(secret.encode()).decode() for secret in known}
    return sorted(known | escaped | encoded, key=len, reverse=True)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")

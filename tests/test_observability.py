"""Log lines carry what operators need and no secrets; metrics are told in Prometheus' format."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from hourledger import observability
from hourledger.observability import (
    REDACTED,
    configure_logging,
    correlated,
    current_correlation_id,
    metrics_response,
    redact,
    scrub,
)
from hourledger.settings import LogFormat, LogLevel

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []  # else the handlers of pytest would be closed
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def logged_as(log_format: LogFormat = "json", log_level: LogLevel = "info") -> io.StringIO:
    stream = io.StringIO()
    configure_logging(log_format, log_level, stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_machines_get_one_json_object_a_line() -> None:
    stream = logged_as()
    structlog.get_logger("hourledger.jobs").info(
        "entry\npushed", amount=Decimal("12.50"), on=date(2025, 7, 1), counts={1: 2}
    )
    (line,) = lines(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "entry\npushed",
        "level": "info",
        "logger": "hourledger.jobs",
        "amount": "12.50",
        "on": "2025-07-01",
        "counts": {"1": 2},
    }


def test_libraries_are_logged_in_the_same_format() -> None:
    stream = logged_as()
    logging.getLogger("uvicorn.error").warning("connecting to %s", "postgresql://root:hunter2@db/x")
    (line,) = lines(stream)
    assert (line["logger"], line["level"]) == ("uvicorn.error", "warning")
    assert line["event"] == f"connecting to postgresql://root:{REDACTED}@db/x"


def test_people_get_readable_lines() -> None:
    stream = logged_as("console")
    structlog.get_logger("hourledger").info("entry pushed", reference="HL-7", password="hunter2")
    assert "entry pushed" in stream.getvalue()
    assert "reference=HL-7" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


def test_less_severe_messages_are_left_out() -> None:
    stream = logged_as(log_level="warning")
    structlog.get_logger().info("quiet")
    logging.getLogger("library").info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_configuring_twice_does_not_double_lines() -> None:
    logged_as()
    stream = logged_as()
    structlog.get_logger().info("once")
    assert len(lines(stream)) == 1


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("logger", ["structlog", "logging"])
def test_errors_come_with_their_traceback_and_without_local_variables(log_format: LogFormat, logger: str) -> None:
    stream = logged_as(log_format)
    log: Any = structlog.get_logger() if logger == "structlog" else logging.getLogger("library")
    try:
        fail("hunter2".upper())
    except RuntimeError:
        log.exception("push failed")
    assert "RuntimeError: no way to" in stream.getvalue()
    assert "in fail" in stream.getvalue()
    assert "HUNTER2" not in stream.getvalue()


def fail(password: str) -> None:
    assert password
    raise RuntimeError(f"no way to https://root:{password}@db/ with Authorization: Bearer {password * 3}")


@pytest.mark.parametrize(
    "key",
    [
        "password", "db_password", "secret", "secretKey", "connection_secrets", "token", "access_token", "tokens",
        "Authorization", "cookie", "api_key", "apiKey", "x-api-key", "privateKey", "credentials", "note", "notes",
        "entry_note", "email", "e_mail", "e-mail", "userEmail", "database_url", "jwt",
    ],
)  # fmt: skip
def test_values_of_private_keys_are_hidden(key: str) -> None:
    event = {"event": "x", key: "hunter2", "inside": {key: "hunter2", "list": [{key: ["hunter2"]}]}}
    shown = redact(None, "info", event)
    assert "hunter2" not in str(shown)
    assert dict(shown)[key] == REDACTED


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("idempotency_key", "k1"), ("key", "k1"), ("notebook", "n"), ("project", "P"), ("passed", 3),
        ("tokenizer", "t"), ("ok", True), ("count", 3), ("amount", Decimal("1.50")), ("password", None),
        ("has_token", True),
    ],
)  # fmt: skip
def test_what_is_not_private_is_shown(key: str, value: object) -> None:
    assert redact(None, "info", {key: value}) == {key: value}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token hl_abc123def456_" + "0" * 64 + " used", f"token hl_abc123def456_{REDACTED} used"),
        (f"got {JWT}!", f"got {REDACTED}!"),
        (f"Authorization: Bearer {JWT}", f"Authorization: Bearer {REDACTED}"),
        ("authorization: basic dXNlcjpwYXNzd29yZA==", f"authorization: basic {REDACTED}"),
        ("postgresql://root:hunter2@db/x", f"postgresql://root:{REDACTED}@db/x"),
        ("postgresql://root:hun@ter2@db/x", f"postgresql://root:{REDACTED}@db/x"),
        ("host=db password=hunter2 dbname=x", f"host=db password={REDACTED} dbname=x"),
        ("https://api.example/?api_key=hunter2&page=2", f"https://api.example/?api_key={REDACTED}&page=2"),
        (
            "[SQL: CALL f(%(a)s)]\n[parameters: {'a': ['hunter2']}]\n(Background)",
            f"[SQL: CALL f(%(a)s)]\n[parameters: {REDACTED}]\n(Background)",
        ),
        ("https://db.example:8000/basic/bearer of news", "https://db.example:8000/basic/bearer of news"),
    ],
)
def test_private_text_is_hidden_wherever_it_stands(text: str, shown: str) -> None:
    assert scrub(text) == shown


def test_other_values_are_shown_as_they_present_themselves() -> None:
    stream = logged_as()
    structlog.get_logger().info("x", value=SecretStr("hunter2"), url=Url("https://root:hunter2@db/"))
    (line,) = lines(stream)
    assert line["value"] == "SecretStr('**********')"
    assert line["url"] == f"Url(https://root:{REDACTED}@db/)"


class Url:
    def __init__(self, url: str) -> None:
        self.url = url

    def __repr__(self) -> str:
        return f"Url({self.url})"


@pytest.mark.parametrize(
    ("proposed", "kept"),
    [
        ("0af7651916cd43dd8448eb211c80319c", True),
        ("req-2025.07_1", True),
        (None, False),
        ("", False),
        ("short", False),
        ("x" * 65, False),
        ("with space", False),
        ("line\nbreak-1", False),
        ("<script>alert(1)", False),
    ],
)
def test_a_callers_correlation_id_is_kept_if_it_is_harmless(proposed: str | None, kept: bool) -> None:
    with correlated(proposed) as correlation_id:
        assert current_correlation_id() == correlation_id
    assert (correlation_id == proposed) is kept
    assert len(correlation_id) >= 8
    assert current_correlation_id() is None


async def test_lines_of_tasks_that_run_at_once_carry_their_own_correlation_id() -> None:
    stream = logged_as()

    async def work(name: str) -> None:
        with correlated(f"request-{name}"):
            await asyncio.sleep(0)
            await asyncio.create_task(log_later(name))

    async def log_later(name: str) -> None:
        await asyncio.sleep(0)
        logging.getLogger("library").warning(name)

    await asyncio.gather(*[work(name) for name in "abc"])
    assert {(line["event"], line["correlation_id"]) for line in lines(stream)} == {
        (name, f"request-{name}") for name in "abc"
    }


def test_metrics_are_told_in_the_format_of_prometheus() -> None:
    observability.PULLS.labels(connector="test_only", outcome="ok").inc()
    observability.PULL_SECONDS.labels(connector="test_only").observe(2)
    response = metrics_response()
    told = bytes(response.body).decode()
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert 'hourledger_pulls_total{connector="test_only",outcome="ok"} 1.0' in told
    assert 'hourledger_pull_seconds_bucket{connector="test_only",le="5.0"} 1.0' in told
    assert "process_resident_memory_bytes" in told

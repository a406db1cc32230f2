"""TimeTagger: one person's records by a cursor that the server issues.

    GET /updates?since=<server_time of the last answer>  ->  {server_time, reset, records, settings}

A TimeTagger account is one person's, so is a connection. A record is deleted by a version whose text begins with
HIDDEN; it runs while t1 == t2. Projects and tasks are the #tags of the text.

The server's cursor alone loses rows: it stamps a write before it stores it, so what is being written while we ask is
stored with a stamp that lies before the server_time we get (tests/peers shows it). So we ask from five minutes before
the cursor, and remember in it which versions of those five minutes we have:

    ────────────────[ 5 minutes ]────────────> time
                    ^           ^ server_time of the last answer
                    asked from here; versions in `seen` are left out of the answer

Source: TimeTagger 26.1.3, server/_apiserver.py (get_updates, _push_items), app/stores.py (HIDDEN), app/utils.py (tags)
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from connectors.base import (
    BadRow,
    Batch,
    CheckResult,
    ConnectorMeta,
    Cursor,
    DeleteEvidence,
    Skipped,
    SourceEntry,
    SourceRow,
)
from connectors.http import HttpClient
from connectors.time_zones import TimeZone
from hourledger.core.errors import Rejected

LOOK_BACK_SECONDS = 300
SEEN_MAX = 2000
BATCH_RECORDS = 500
_TAG = re.compile(r"#([0-9A-Za-z/_\-\u0080-\U0010ffff]+)")
_FAR_FUTURE = 32_503_680_000
_HIDDEN = "HIDDEN"


class TimeTaggerConfig(BaseModel):
    """One account. Its records do not say whose they are, so the connection does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="Base of the API, such as https://timetagger.app/api/v2.")
    token: SecretStr = Field(description="The API token of the account.")
    person: str = Field(min_length=1, description="Whose account it is, by the name to appear on the entries.")
    time_zone: TimeZone = Field(
        description="IANA zone of the person: the day a record starts in there is its work date."
    )


@dataclass(frozen=True, slots=True)
class _Position:
    """What the cursor holds. ``full_at`` is the server_time of the last answer that had everything; ``seen`` is key to
    stamp of the versions handed out that the next answer will have again (empty when there are very many)."""

    server_time: float
    full_at: float
    seen: Mapping[str, float]

    @property
    def since(self) -> float:
        return max(0.0, self.server_time - LOOK_BACK_SECONDS)


@dataclass(frozen=True, slots=True)
class _Answer:
    """``records`` in the order in which they were written; ``st`` is the server's stamp of a version."""

    server_time: float
    is_reset: bool
    records: list[dict[str, Any]]

    @classmethod
    def of(cls, json: Any) -> _Answer:
        # The client reads numbers as Decimal. Stamps go into the cursor and the raw row, which are stored as JSON.
        records = [{**record, "st": float(record["st"])} for record in json["records"]]
        records.sort(key=lambda record: (record["st"], record["key"]))
        return cls(float(json["server_time"]), bool(json["reset"]), records)


class TimeTaggerSource:
    """Records of one account: versions as rows, hidden ones as deleted ids, running ones skipped."""

    meta: ClassVar[ConnectorMeta] = ConnectorMeta(
        key="timetagger",
        title="TimeTagger",
        config=TimeTaggerConfig,
        verified_against="TimeTagger 26.1.3",
    )
    deletes: ClassVar[DeleteEvidence] = DeleteEvidence.TOMBSTONE

    def __init__(self, config: TimeTaggerConfig) -> None:
        self._config = config
        self._zone = ZoneInfo(config.time_zone)
        headers = {"authtoken": config.token.get_secret_value()}
        self._http = HttpClient(config.url, headers=headers, secrets=[config.token])

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._http.__aexit__(None, None, None)  # closes; what went wrong makes no difference to it

    async def check(self) -> CheckResult:
        """An answer without records, which only an accepted token gets."""
        await self._updates(_FAR_FUTURE)
        return CheckResult(f"{self._config.person} at {self._config.url}")

    async def read(self, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """Versions behind the cursor, at least one batch; ``resync`` after a reset, then with everything there is."""
        before = _Position(**cursor) if cursor else None
        since = before.since if before else 0.0
        answer = await self._updates(since)
        is_reset = answer.is_reset
        if before and is_reset and since <= before.full_at:
            # The server repeats a reset to everybody who asks from before it, and so to us for five minutes. It is
            # a new one only if it came after everything was read.
            is_reset = (await self._updates(before.full_at)).is_reset
        fresh = records = answer.records
        if before and not is_reset:
            fresh = [one for one in records if one["st"] >= since and before.seen.get(one["key"]) != one["st"]]

        server_time = answer.server_time
        full_at = before.full_at if before and not is_reset else server_time
        seen = {one["key"]: one["st"] for one in records if one["st"] >= server_time - LOOK_BACK_SECONDS}
        after = _Position(server_time, full_at, seen if len(seen) <= SEEN_MAX else {})
        for start in range(0, max(len(fresh), 1), BATCH_RECORDS):
            is_last = start + BATCH_RECORDS >= len(fresh)
            yield self._batch(
                fresh[start : start + BATCH_RECORDS],
                cursor=asdict(after) if is_last else cursor,
                resync=bool(before and is_reset),
            )

    async def _updates(self, since: float) -> _Answer:
        response = await self._http.request("GET", "updates", is_write=False, params=[("since", str(since))])
        try:
            return _Answer.of(response.json)
        except (KeyError, TypeError, ValueError):
            raise Rejected(
                f"{self._config.url} does not answer as TimeTagger does. The URL must be the base of its API, such as "
                "https://timetagger.app/api/v2.",
                code="UNEXPECTED_ANSWER",
            ) from None

    def _batch(self, records: Sequence[Mapping[str, Any]], *, cursor: Cursor | None, resync: bool) -> Batch:
        visible = [record for record in records if not _text(record).startswith(_HIDDEN)]
        outcomes = [self._understand(record) for record in visible]
        return Batch(
            rows=tuple(one for one in outcomes if isinstance(one, SourceRow)),
            deleted_ids=tuple(record["key"] for record in records if _text(record).startswith(_HIDDEN)),
            bad_rows=tuple(one for one in outcomes if isinstance(one, BadRow)),
            skipped=tuple(one for one in outcomes if isinstance(one, Skipped)),
            cursor=cursor,
            resync=resync,
        )

    def _understand(self, record: Mapping[str, Any]) -> SourceRow | BadRow | Skipped:
        key, start, end = record["key"], record["t1"], record["t2"]
        if start == end:
            return Skipped(key, "still running")
        if end < start:
            reason = f"The record ends {start - end} s before it starts. Correct it in TimeTagger."
            return BadRow(key, "DURATION_NEGATIVE", reason, record)
        try:
            started_at, ended_at = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        except (OverflowError, OSError, ValueError):
            reason = f"{start} to {end} are not seconds since 1970 within the calendar. Correct it in TimeTagger."
            return BadRow(key, "DATE_INVALID", reason, record)
        tags = [tag.lower() for tag in _TAG.findall(_text(record))]
        return SourceRow(
            record,
            SourceEntry(
                external_id=key,
                work_date=started_at.astimezone(self._zone).date(),
                seconds=end - start,
                person=self._config.person,
                project=tags[0] if tags else None,
                task=tags[1] if len(tags) > 1 else None,
                note=" ".join(_TAG.sub(" ", _text(record)).split()),
                started_at=started_at,
                ended_at=ended_at,
            ),
        )


def _text(record: Mapping[str, Any]) -> str:
    return str(record.get("ds", ""))

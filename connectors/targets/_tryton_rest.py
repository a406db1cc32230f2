"""Tryton's REST interface: how values are written, and what its refusals mean.

    GET  <url>/<database>/rest/model/account.move?d=<domain>&f=<field>     search
    POST <url>/<database>/rest/model/account.move                          create, one transaction
    POST <url>/<database>/rest/model/account.move/<id>/post                any button, one transaction

Refusals are texts for people, in the language asked for, so always in English. Source: trytond 8.2
protocols/rest.py, protocols/wrappers.py (400 with the message as JSON), modules/account/message.xml.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Self

from pydantic import SecretStr

from connectors.http import HttpClient, Limits, Response
from hourledger.core.errors import AlreadyThere, Rejected, Transient, Uncertain

Record = dict[str, Any]

_REFUSALS: tuple[tuple[str, type[Rejected], str], ...] = (
    ("External reference must be unique", AlreadyThere, "ALREADY_THERE"),
    ("closed period", Rejected, "PERIOD_CLOSED"),
    ("closed journal-period", Rejected, "PERIOD_CLOSED"),
    ("must reopen the period", Rejected, "PERIOD_CLOSED"),
    ("must create a period", Rejected, "PERIOD_MISSING"),
    ("must balance all its lines", Rejected, "NOT_BALANCED"),
    ("To create a line on account", Rejected, "ACCOUNT_UNKNOWN"),
    ('for field "Account"', Rejected, "ACCOUNT_UNKNOWN"),
    ('for field "Period"', Rejected, "PERIOD_CLOSED"),
    ('for field "Party"', Rejected, "PARTY_UNKNOWN"),
    ('You can not call "post"', Rejected, "ALREADY_POSTED"),
)
_LIMITS = Limits(connect_seconds=5, read_seconds=30, total_seconds=30)


class TrytonRest:
    """Records of one database, as one company; an async context manager."""

    def __init__(self, url: str, database: str, api_key: SecretStr, company_id: int) -> None:
        headers = {
            "Authorization": f"bearer {api_key.get_secret_value()}",
            "X-Tryton-Context": encode({"company": company_id}),
            "Accept-Language": "en",
        }
        self._http = HttpClient(f"{url.rstrip('/')}/{database}/rest/model", headers=headers, limits=_LIMITS)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._http.__aexit__(*exc_info)

    async def search(self, model: str, domain: Sequence[Any], fields: Sequence[str]) -> list[Record]:
        """The records that match, with ``fields`` (dotted ones are nested) and their id.

        Raises:
            Rejected COMPANION_MISSING: the database does not know the field our reference is kept in.
            AuthFailed, NotSent, RateLimited, Transient, Rejected.
        """
        params = [("d", encode(domain)), *(("f", field) for field in fields)]
        try:
            answer = await self._http.request("GET", model, params=params, is_write=False)
        except Transient as error:
            # An unknown field is a crash to Tryton: 500 with the name of the field as its whole text.
            if "'external_ref'" in error.facts.get("answer", ""):
                raise Rejected(
                    "This Tryton has no external reference on account moves. Install the module "
                    "trytond-hourledger and activate hourledger_reference.",
                    code="COMPANION_MISSING",
                ) from None
            raise
        if not isinstance(answer.json, list):
            raise Transient(f"Tryton answered a search in {model} with something else.", answer=answer.text[:500])
        return answer.json

    async def create(self, model: str, values: Mapping[str, Any], fields: Sequence[str]) -> Record:
        """One new record, read back in the same transaction. Raises what ``search`` does, AlreadyThere, Uncertain."""
        return await self._write(model, values, fields)

    async def press(self, model: str, record_id: int, button: str, fields: Sequence[str]) -> Record:
        """Run a button of one record; the record after it. Raises what ``create`` does."""
        return await self._write(f"{model}/{record_id}/{button}", {}, fields)

    async def _write(self, path: str, values: Mapping[str, Any], fields: Sequence[str]) -> Record:
        answer = await self._http.request(
            "POST",
            path,
            json=values,
            params=[("f", field) for field in fields],
            is_write=True,
            returned_statuses={HTTPStatus.BAD_REQUEST},
        )
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise _refusal(answer)
        if not isinstance(answer.json, dict):
            raise Uncertain(f"Tryton answered {answer.status} to {path} without the record.", answer=answer.text[:500])
        return answer.json


def encode(value: Any) -> str:
    """JSON in URL-safe base64, as domains and the context are sent."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def number(value: Decimal) -> Record:
    return {"__class__": "Decimal", "decimal": str(value)}


def day(value: date) -> Record:
    return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}


def read_number(value: Record) -> Decimal:
    return Decimal(value["decimal"])


def read_day(value: Record) -> date:
    return date(value["year"], value["month"], value["day"])


def _refusal(answer: Response) -> Rejected:
    message = str(answer.json["message"] if isinstance(answer.json, dict) and "message" in answer.json else answer.text)
    for words, kind, code in _REFUSALS:
        if words in message:
            return kind(f"Tryton: {message}", code=code, status=answer.status)
    return Rejected(f"Tryton: {message}", status=answer.status)

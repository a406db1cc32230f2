"""Names and codes as people map them, to Tryton's ids. Each is asked for once in a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.targets._tryton_rest import Record, TrytonRest, day
from hourledger.core.errors import Rejected


@dataclass(frozen=True, slots=True)
class Account:
    """``needs_party``: Tryton wants a party on every line there, and on lines of other accounts none."""

    id: int
    needs_party: bool


class TrytonNames:
    """Looks up what an entry names. Every method raises Rejected with a code of its own, and the errors of reading."""

    def __init__(self, rest: TrytonRest, company_id: int) -> None:
        self._rest = rest
        self._company_id = company_id
        self._known: dict[tuple[str, str], Record] = {}

    async def account(self, code: str) -> Account:
        """The account that takes lines: headings and closed accounts share codes with them. Or ACCOUNT_UNKNOWN."""
        domain = [["code", "=", code], ["company", "=", self._company_id], ["closed", "!=", True], ["type", "!=", None]]
        found = await self._one("account", code, "account.account", domain, ["party_required"])
        return Account(found["id"], bool(found["party_required"]))

    async def party(self, name: str) -> int:
        """By its name or its code; PARTY_UNKNOWN, or PARTY_AMBIGUOUS where two have the name."""
        domain = ["OR", ["name", "=", name], ["code", "=", name]]
        return int((await self._one("party", name, "party.party", domain, []))["id"])

    async def currency(self, code: str) -> int:
        """Or CURRENCY_UNKNOWN."""
        return int((await self._one("currency", code, "currency.currency", [["code", "=", code]], []))["id"])

    async def journal(self, code: str) -> int:
        """Or JOURNAL_UNKNOWN."""
        return int((await self._one("journal", code, "account.journal", [["code", "=", code]], []))["id"])

    async def period(self, on: date) -> int:
        """The open period ``on`` lies in; PERIOD_UNKNOWN, or PERIOD_CLOSED: the date is never moved."""
        domain = [
            ["company", "=", self._company_id],
            ["type", "=", "standard"],
            ["start_date", "<=", day(on)],
            ["end_date", ">=", day(on)],
        ]
        found = await self._one("period", on.isoformat(), "account.period", domain, ["state", "name"])
        if found["state"] != "open":
            raise Rejected(
                f"Period {found['name']} is {found['state']} in Tryton. Reopen it there, or book on a later date.",
                code="PERIOD_CLOSED",
            )
        return int(found["id"])

    async def _one(self, kind: str, name: str, model: str, domain: list[Any], fields: list[str]) -> Record:
        if (kind, name) in self._known:
            return self._known[kind, name]
        found = await self._rest.search(model, domain, fields)
        if not found:
            raise Rejected(
                f"Tryton has no {kind} {name!r} that can be used. Create it there, or correct the mapping.",
                code=f"{kind.upper()}_UNKNOWN",
            )
        if len(found) > 1:
            raise Rejected(
                f"Tryton has {len(found)} that are called {kind} {name!r}. Rename one, or map by a code.",
                code=f"{kind.upper()}_AMBIGUOUS",
            )
        self._known[kind, name] = found[0]
        return found[0]

"""Tryton 8.2: journal entries as account moves, over REST. Created as drafts, then posted.

Tryton itself takes any number of moves with one reference. The companion module trytond-hourledger gives moves an
``external_ref`` that the database keeps unique within a company; without it this target refuses to work.

Source: accounting-targets §A1; trytond 8.2.1 modules/account/move.py
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from connectors.base import CheckResult, ConnectorMeta
from connectors.targets._tryton_names import TrytonNames
from connectors.targets._tryton_rest import Record, TrytonRest, day, number, read_day, read_number
from hourledger.core.errors import AuthFailed, Invalid, NotSent, RateLimited, Rejected, Transient
from hourledger.core.ledger import OutgoingEntry, OutgoingLine, RemoteEntry, RemoteLine, RemoteState
from hourledger.core.money import Money

_MOVE = "account.move"
_FIELDS = (
    "number",
    "state",
    "date",
    "external_ref",
    "lines.debit",
    "lines.credit",
    "lines.account.code",
    "lines.second_currency.code",
    "lines.amount_second_currency",
)
_STATES = {"draft": RemoteState.DRAFT, "posted": RemoteState.POSTED}


class TrytonConfig(BaseModel):
    """One company in one database. Accounts are mapped to their codes, customers to the party's name or code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="Base of the server, such as https://tryton.example.com.")
    database: str = Field(pattern=r"^[A-Za-z0-9_\-]+$", description="Name of the database.")
    api_key: SecretStr = Field(description="A validated application key for 'rest' of a user in the group Accounting.")
    company_id: int = Field(1, description="Id of the company whose books these are.")
    journal: str = Field("REV", description="Code of the journal that moves are made in.")
    currency: str = Field(description="The company's currency, such as EUR; must be the one of our books.")


class TrytonTarget:
    """Moves in two steps: create makes a draft, post brings it into the books."""

    meta: ClassVar[ConnectorMeta] = ConnectorMeta(
        key="tryton", title="Tryton", config=TrytonConfig, verified_against="Tryton 8.2.1 on PostgreSQL"
    )

    def __init__(self, config: TrytonConfig) -> None:
        self._config = config
        self._rest = TrytonRest(config.url, config.database, config.api_key, config.company_id)
        self._names = TrytonNames(self._rest, config.company_id)

    async def __aenter__(self) -> Self:
        await self._rest.__aenter__()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._rest.__aexit__(*exc_info)

    async def check(self) -> CheckResult:
        """Company, currency, journal and the companion module.

        Raises:
            Invalid COMPANY_UNKNOWN, CURRENCY_MISMATCH; Rejected JOURNAL_UNKNOWN, COMPANION_MISSING; AuthFailed.
        """
        company_id = self._config.company_id
        found = await self._rest.search("company.company", [["id", "=", company_id]], ["currency.code", "party.name"])
        if not found:
            raise Invalid(f"The key's user has no company {company_id}.", code="COMPANY_UNKNOWN", field="company_id")
        currency = found[0]["currency"]["code"]
        if currency != self._config.currency:
            raise Invalid(
                f"The company's currency is {currency}, not {self._config.currency}.",
                code="CURRENCY_MISMATCH",
                field="currency",
            )
        await self._names.journal(self._config.journal)
        await self._rest.search(_MOVE, [["external_ref", "=", ""]], [])
        return CheckResult(f"{found[0]['party']['name']} in {self._config.database}")

    async def find(self, reference: str) -> list[RemoteEntry]:
        """Moves of the company with this reference, in either state."""
        domain = [["external_ref", "=", reference], ["company", "=", self._config.company_id]]
        return [self._remote(move) for move in await self._rest.search(_MOVE, domain, _FIELDS)]

    async def create(self, entry: OutgoingEntry) -> RemoteEntry:
        """A draft, after looking up what the entry names.

        Raises:
            AlreadyThere; Rejected with ACCOUNT_UNKNOWN, PARTY_UNKNOWN, PARTY_MISSING, PERIOD_CLOSED, CURRENCY_MISMATCH
            and others of the kind; AuthFailed; Uncertain only once the move itself was on its way.
        """
        try:
            move = await self._move(entry)
        except (NotSent, RateLimited):
            raise
        except Transient as error:  # a look-up failed: nothing was written yet
            raise NotSent(error.message, **error.facts) from error
        return self._remote(await self._rest.create(_MOVE, move, _FIELDS))

    async def post(self, remote: RemoteEntry) -> RemoteEntry:
        """The move with its number. Raises Rejected NOT_BALANCED, ALREADY_POSTED and others of the kind; Uncertain."""
        return self._remote(await self._rest.press(_MOVE, int(remote.remote_id), "post", _FIELDS))

    async def _move(self, entry: OutgoingEntry) -> Record:
        return {
            "company": self._config.company_id,
            "journal": await self._names.journal(self._config.journal),
            "period": await self._names.period(entry.accounting_date),
            "date": day(entry.accounting_date),
            "external_ref": entry.reference,
            "description": _on_one_line(entry.text),
            "lines": [["create", [await self._line(line) for line in entry.lines]]],
        }

    async def _line(self, line: OutgoingLine) -> Record:
        """Debit and credit in the company's currency; the document's amount beside it, with the sign of its side."""
        base = line.base_amount
        if base.currency != self._config.currency:
            raise Rejected(
                f"Our books are in {base.currency}, this company's in {self._config.currency}.",
                code="CURRENCY_MISMATCH",
            )
        account = await self._names.account(line.account)
        values: dict[str, Any] = {
            "account": account.id,
            "debit": number(max(base.amount, Money.zero(base.currency).amount)),
            "credit": number(max((-base).amount, Money.zero(base.currency).amount)),
            "description": _on_one_line(line.text),
        }
        if account.needs_party:
            if line.party is None:
                raise Rejected(f"Account {line.account} needs a customer on every line.", code="PARTY_MISSING")
            values["party"] = await self._names.party(line.party)
        if line.amount.currency != base.currency:
            values["second_currency"] = await self._names.currency(line.amount.currency)
            values["amount_second_currency"] = number(line.amount.amount)
        return values

    def _remote(self, move: Record) -> RemoteEntry:
        try:
            return RemoteEntry(
                remote_id=str(move["id"]),
                reference=move["external_ref"] or "",
                state=_STATES[move["state"]],
                accounting_date=read_day(move["date"]),
                lines=tuple(self._remote_line(line) for line in move["lines"]),
                number=move["number"],
            )
        except KeyError as error:  # Tryton leaves out what the user has no right to read
            raise AuthFailed(f"The key's user may not read {error} of moves in Tryton.", code="NO_PERMISSION") from None
        except Invalid as error:
            raise Rejected(f"Move {move['id']} cannot be compared: {error.message}", code="UNREADABLE") from None

    def _remote_line(self, line: Record) -> RemoteLine:
        base = Money.of(read_number(line["debit"]) - read_number(line["credit"]), self._config.currency)
        amount = base
        if line["second_currency"]:
            amount = Money.of(read_number(line["amount_second_currency"]), line["second_currency"]["code"])
        return RemoteLine(line["account"]["code"] or f"account {line['account']['id']}", amount, base)


def _on_one_line(text: str) -> str | None:
    """Tryton refuses line breaks in a description."""
    return " ".join(text.split()) or None

"""A journal entry as beancount text, and back from what beancount read. Debit is positive on both sides.

2026-03-31 * "Acme" "Invoice 2026-007"
  hourledger_ref: "INV-2026-007"
  Assets:Receivable   110.00 USD @@ 100.00 EUR     <- document's currency, at its total in the books' currency
  Income:Services    -110.00 USD @@ 100.00 EUR
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import quote

from beancount.core import account as beancount_account
from beancount.core.amount import Amount
from beancount.core.data import Posting, Transaction

from hourledger.core.errors import Invalid, Rejected
from hourledger.core.ledger import OutgoingEntry, OutgoingLine, RemoteEntry, RemoteLine, RemoteState
from hourledger.core.money import Money, currency_exponent

REFERENCE = "hourledger_ref"
_DOCUMENT_AMOUNT = "hourledger_amount"
_NAME_CHARACTERS_MAX = 200


def file_name(reference: str) -> str:
    """The one file that can hold ``reference``: other references have other names, and none leaves the folder.

    Raises:
        Rejected REFERENCE_UNUSABLE: empty, or too long for a file name.
    """
    name = quote(reference, safe="")
    if name.startswith("."):  # hidden files are not included by a glob
        name = f"%2E{name[1:]}"
    if not 0 < len(name) <= _NAME_CHARACTERS_MAX:
        raise Rejected(
            f"The reference {reference!r} cannot be a file name: 1 to {_NAME_CHARACTERS_MAX} characters.",
            code="REFERENCE_UNUSABLE",
        )
    return f"{name}.beancount"


def as_text(entry: OutgoingEntry) -> str:
    """The file for ``entry``: the same bytes for the same entry, always.

    Raises:
        Rejected ACCOUNT_UNKNOWN: an account code that cannot be the name of a beancount account.
    """
    parties = {line.party for line in entry.lines if line.party}
    payee = f"{_quoted(parties.pop())} " if len(parties) == 1 else ""
    lines = [f"{entry.accounting_date.isoformat()} * {payee}{_quoted(entry.text)}"]
    lines.append(f"  {REFERENCE}: {_quoted(entry.reference)}")
    for line in entry.lines:
        if not beancount_account.is_valid(line.account):
            raise Rejected(
                f"{line.account!r} cannot be an account of beancount. Map it to a name such as Income:Services.",
                code="ACCOUNT_UNKNOWN",
            )
        lines += _posting(line)
    return "\n".join(lines) + "\n"


def as_remote(transaction: Transaction, remote_id: str, *, is_valid: bool) -> RemoteEntry:
    """What beancount has; a transaction it reports an error on is not in the books, so VOID.

    Raises:
        Rejected UNREADABLE: amounts that are not money, such as shares or fractions of a cent.
    """
    try:
        lines = tuple(_line(posting) for posting in transaction.postings)
    except Invalid as error:
        raise Rejected(f"{remote_id} cannot be compared: {error.message}", code="UNREADABLE") from error
    return RemoteEntry(
        remote_id=remote_id,
        reference=transaction.meta[REFERENCE],
        state=RemoteState.POSTED if is_valid else RemoteState.VOID,
        accounting_date=transaction.date,
        lines=lines,
    )


def _posting(line: OutgoingLine) -> list[str]:
    amount, base = line.amount, line.base_amount
    if amount.currency == base.currency:
        text = [f"  {line.account}  {_number(amount)}"]
    elif amount:
        text = [f"  {line.account}  {_number(amount)} @@ {_number(Money(abs(base.minor), base.currency))}"]
    else:
        # A rounding difference of the books' currency alone: there is nothing a price could belong to.
        text = [f"  {line.account}  {_number(base)}", f"    {_DOCUMENT_AMOUNT}: {_number(amount)}"]
    if line.party:
        text.append(f"    party: {_quoted(line.party)}")
    if line.text:
        text.append(f"    text: {_quoted(line.text)}")
    return text


def _line(posting: Posting) -> RemoteLine:
    units, price = posting.units, posting.price
    document = (posting.meta or {}).get(_DOCUMENT_AMOUNT)
    if isinstance(document, Amount):
        return RemoteLine(posting.account, _money(document), _money(units))
    if price is None:
        return RemoteLine(posting.account, _money(units), _money(units))
    # Beancount keeps the price of one unit, to 28 digits; times the units it is the total again, but for the last one.
    assert units is not None
    assert units.number is not None
    assert price.number is not None
    digit = Decimal(1).scaleb(-currency_exponent(price.currency))
    total = (units.number * price.number).quantize(digit, rounding=ROUND_HALF_UP)
    return RemoteLine(posting.account, _money(units), Money.of(total, price.currency))


def _money(amount: Amount | None) -> Money:
    assert amount is not None  # what the file leaves out, beancount has filled in
    assert amount.number is not None
    return Money.of(amount.number, amount.currency)


def _number(money: Money) -> str:
    return f"{money.amount} {money.currency}"


def _quoted(text: str) -> str:
    """On one line, with what would end the string escaped."""
    line = re.sub(r"\s+", " ", text).strip()
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'

"""The euro reference rates of the European Central Bank: downloaded, from a file, or from the one shipped with us.

Public, free, without a key; new rates come on working days around 16:00 Frankfurt time. They are for information:
whether they may be used for a contract is for the contract to say.
"""

from __future__ import annotations

from enum import StrEnum
from importlib import resources
from pathlib import Path

from connectors.exchange_rates.ecb_files import read_rates
from connectors.http import HttpClient, Limits
from connectors.retry import RetryPolicy, retrying
from hourledger.core.errors import Invalid, Missing, Rejected
from hourledger.core.money import ReferenceRates

ECB_URL = "https://www.ecb.europa.eu/stats/eurofxref"
SOURCE = "ECB reference rates"


class EcbFeed(StrEnum):
    """How far a download goes back."""

    HISTORY = "history"
    NINETY_DAYS = "90-days"
    DAILY = "daily"


_FILE = {
    EcbFeed.HISTORY: "eurofxref-hist.zip",
    EcbFeed.NINETY_DAYS: "eurofxref-hist-90d.xml",
    EcbFeed.DAILY: "eurofxref.zip",
}


async def download_rates(
    feed: EcbFeed = EcbFeed.HISTORY,
    *,
    url: str = ECB_URL,
    limits: Limits | None = None,
    retry: RetryPolicy | None = None,
) -> ReferenceRates:
    """What the bank publishes now, below ``url`` (a mirror of it, or a server of a test).

    Raises:
        Rejected EXCHANGE_FILE_UNREADABLE: something else is there, such as a page that says sorry.
        Transient, NotSent, Rejected: see connectors.http_failures; passing ones after a few tries.
    """
    async with HttpClient(url, headers={"Accept": "*/*"}, limits=limits) as http:
        async for attempt in retrying(retry):
            with attempt:
                answer = await http.request("GET", _FILE[feed], is_write=False, expects_json=False)
    try:
        return read_rates(answer.body)
    except Invalid as error:
        raise Rejected(f"{url}/{_FILE[feed]}: {error.message}", code=error.code) from None


def rates_of_file(path: Path) -> ReferenceRates:
    """The rates in a file that somebody downloaded.

    Raises Missing FILE_UNREADABLE, Invalid EXCHANGE_FILE_UNREADABLE.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Missing(f"{path} cannot be read ({error.strerror}).", code="FILE_UNREADABLE", field="file") from None
    return read_rates(content)


def shipped_rates() -> ReferenceRates:
    """A reduced history that comes with Hourledger, for a first look without a network: see the README beside it."""
    return read_rates(resources.files("connectors.exchange_rates").joinpath("eurofxref-hist.csv").read_bytes())

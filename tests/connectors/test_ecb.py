"""The bank's files in all their forms, whole and damaged, from disk and from a server on loopback."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.exchange_rates.ecb import EcbFeed, download_rates, rates_of_file, shipped_rates
from connectors.exchange_rates.ecb_files import read_rates
from connectors.http import Limits
from connectors.retry import RetryPolicy, without_waiting
from hourledger.core.errors import ExternalError, Invalid, Missing
from hourledger.peers.server import choose_port

QUICK = Limits(connect_seconds=0.5, read_seconds=0.5, total_seconds=1.0)
CSV = "Date,USD,JPY,HRK,\n2026-10-30,1.1172,175.68,N/A,\n2026-10-29,1.113,N/A,7.5,\n"
DAILY = "Date, USD, JPY, HRK, \n30 October 2026, 1.1172, 175.68, N/A, \n"
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><Cube>
<Cube time="2026-10-30"><Cube currency="USD" rate="1.1172"/><Cube currency="JPY" rate="175.68"/></Cube>
<Cube time="2026-10-29"><Cube currency="USD" rate="1.113"/><Cube currency="HRK" rate="7.5"/></Cube>
</Cube></gesmes:Envelope>"""


def packed(text: str, name: str = "eurofxref-hist.csv") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize("content", [CSV.encode(), packed(CSV), XML.encode(), b"\xef\xbb\xbf" + CSV.encode()])
def test_every_form_says_the_same(content: bytes) -> None:
    rates = read_rates(content)
    assert rates.base == "EUR"
    assert rates.days == (date(2026, 10, 29), date(2026, 10, 30))
    assert rates.quotes == {
        "USD": {date(2026, 10, 30): Decimal("1.1172"), date(2026, 10, 29): Decimal("1.113")},
        "JPY": {date(2026, 10, 30): Decimal("175.68")},
        "HRK": {date(2026, 10, 29): Decimal("7.5")},
    }


def test_the_daily_form_writes_its_date_in_words() -> None:
    rates = read_rates(packed(DAILY, "eurofxref.csv"))
    assert rates.last_day == date(2026, 10, 30)
    assert rates.quotes["JPY"] == {date(2026, 10, 30): Decimal("175.68")}


def test_the_shipped_file_is_a_history_with_an_ended_currency() -> None:
    rates = shipped_rates()
    assert (rates.days[0], rates.last_day, len(rates.quotes)) == (date(2024, 1, 2), date(2026, 10, 30), 12)
    assert rates.quotes["USD"][date(2026, 10, 30)] == Decimal("1.1172")
    assert rates.in_force("BGN", since=None, source="b")[-1].period.last_day == date(2026, 1, 1)
    assert rates.in_force("USD", since=None, source="b")[-1].period.valid_until is None


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb">]><Cube><Cube time="2026-10-30"><Cube currency="USD" rate="1"/></Cube></Cube>'
DAMAGED = {
    "nothing": b"",
    "a page": b"<html><body>We are working on it</body></html>",
    "a page that is XML": b"<html><body/></html>",
    "half a zip": packed(CSV)[:-30],
    "the first bytes of a zip": b"PK\x03\x04",
    "a zip of something else": packed(CSV, "readme.txt"),
    "no text": b"\xff\xfe\x00\x01",
    "half a line": CSV[:-6].encode(),
    "half a number": CSV[:-5].encode(),
    "half an XML": XML[:-40].encode(),
    "an XML with entities": BOMB.encode(),
    "a rate without a day": b'<Cube><Cube currency="USD" rate="1"/></Cube>',
    "a date that is none": CSV.replace("10-29", "13-29").encode(),
    "a day twice": CSV.replace("10-29", "10-30").encode(),
    "a currency twice": CSV.replace("JPY", "USD").encode(),
    "a code that is none": CSV.replace("JPY", "jen").encode(),
    "a rate that is none": CSV.replace("1.113", "1,113").encode(),
    "a rate in words": CSV.replace("1.113", "about one").encode(),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_what_is_no_whole_file_of_rates_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read_rates(content)
    assert caught.value.code == "EXCHANGE_FILE_UNREADABLE"


@pytest.mark.parametrize("rate", ["0", "-1.1", "NaN", "Infinity", "0.00000000001"])
def test_a_published_rate_is_a_rate(rate: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_rates(CSV.replace("1.113", rate).encode())
    assert caught.value.code == "EXCHANGE_RATE_INVALID"


def test_a_zip_that_unpacks_to_too_much_is_not_read_on() -> None:
    bomb = packed("Date,USD,\n" + "0" * 51_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(Invalid, match="unpacks to more"):
        read_rates(bomb)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing) as caught:
        rates_of_file(tmp_path / "none.zip")
    assert caught.value.code == "FILE_UNREADABLE"
    (tmp_path / "some.csv").write_text(CSV)
    assert rates_of_file(tmp_path / "some.csv").last_day == date(2026, 10, 30)


# --- over the network -----------------------------------------------------------------------------------------------


class Bank:
    """Serves the files; ``answer`` is what it says instead."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[web.StreamResponse] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if self.answers:
            return self.answers.pop(0)
        files = {
            "eurofxref-hist.zip": packed(CSV),
            "eurofxref.zip": packed(DAILY),
            "eurofxref-hist-90d.xml": XML.encode(),
        }
        return web.Response(body=files[request.path.rsplit("/", 1)[-1]], content_type="application/octet-stream")


@asynccontextmanager
async def serving(bank: Bank) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/{path:.*}", bank.handle)
    async with TestServer(application) as server:
        yield str(server.make_url("/stats"))


@pytest.mark.parametrize(
    ("feed", "file", "days"),
    [
        (EcbFeed.HISTORY, "eurofxref-hist.zip", 2),
        (EcbFeed.NINETY_DAYS, "eurofxref-hist-90d.xml", 2),
        (EcbFeed.DAILY, "eurofxref.zip", 1),
    ],
)
async def test_a_download_is_read_like_a_file(feed: EcbFeed, file: str, days: int) -> None:
    bank = Bank()
    async with serving(bank) as url:
        rates = await download_rates(feed, url=url, limits=QUICK)
    assert bank.asked == [f"/stats/{file}"]
    assert len(rates.days) == days
    assert rates.quotes["USD"][date(2026, 10, 30)] == Decimal("1.1172")


REFUSED = {
    # what the server says            its code                     how often it is asked
    "404": (web.Response(status=404, text="gone"),                  "REJECTED",                 1),
    "a redirect": (web.Response(status=302, headers={"Location": "http://elsewhere.example"}), "REDIRECTED", 1),
    "a page": (web.Response(text="<html>Sorry</html>"),             "EXCHANGE_FILE_UNREADABLE", 1),
    "half a file": (web.Response(body=packed(CSV)[:100]),           "EXCHANGE_FILE_UNREADABLE", 1),
    "nothing": (web.Response(body=b""),                             "EXCHANGE_FILE_UNREADABLE", 1),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "code", "asked"), REFUSED.values(), ids=REFUSED.keys())
async def test_something_else_than_the_file_is_an_error_and_no_rates(
    answer: web.Response, code: str, asked: int
) -> None:
    bank = Bank()
    bank.answers = [answer]
    async with serving(bank) as url:
        with pytest.raises(ExternalError) as caught:
            await download_rates(url=url, limits=QUICK)
    assert caught.value.code == code
    assert len(bank.asked) == asked


async def test_what_passes_by_itself_is_tried_again() -> None:
    bank = Bank()
    bank.answers = [web.Response(status=502), web.Response(status=503)]
    async with serving(bank) as url:
        with without_waiting():
            rates = await download_rates(url=url, limits=QUICK)
    assert len(rates.days) == 2
    assert len(bank.asked) == 3


async def test_nobody_there_is_an_error_that_says_so() -> None:
    with without_waiting(), pytest.raises(ExternalError) as caught:
        await download_rates(url=f"http://127.0.0.1:{choose_port()}", limits=QUICK, retry=RetryPolicy(attempts_max=2))
    assert caught.value.code == "NOT_SENT"

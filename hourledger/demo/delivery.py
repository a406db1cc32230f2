"""Chapters 6 and 7: a billing record is posted, and reaches two sets of books through faults, once each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from beancount import loader
from beancount.core.data import Transaction

from connectors.base import JournalTarget
from connectors.targets.beancount import BeancountConfig, initialise
from hourledger.demo import documents as q
from hourledger.demo.chapters import finances, show_finances
from hourledger.demo.console import money
from hourledger.demo.lost_answer import LosesAnswers
from hourledger.demo.processes import run_worker_process
from hourledger.demo.scene import Scene
from hourledger.jobs.push import deliver, open_target
from hourledger.jobs.tools import Tools
from hourledger.peers.fault_proxy import Fault, FaultPlan, run_fault_proxy
from hourledger.transactions import Transactions
from models.database import Database

_DELIVERY_SECONDS_MAX = 90


@asynccontextmanager
async def working(scene: Scene) -> AsyncIterator[None]:
    """With a worker process, as long as the block lasts."""
    async with run_worker_process(scene.folder):
        yield


async def bill(scene: Scene) -> None:
    teller = scene.teller
    teller.chapter(6, "Fleet Dashboard is billed")
    await _connect_books(scene)
    fleet = scene.names["projects"]["Fleet Dashboard"]
    support = scene.names["tasks"]["Fleet Dashboard / Support"]
    values = {"projectIds": [fleet], "until": "2026-10-31", "fixedTaskIds": [support], "billingDate": "2026-10-31",
              "description": "Fleet Dashboard, May to October 2026", "poNumber": "NR-7781"}  # fmt: skip
    teller.query(q.CREATE_BILLING_RECORD, values)
    draft = (await scene.api.mutate(q.CREATE_BILLING_RECORD, **values))["billingRecord"]
    totals = draft["totals"]
    teller.table(
        f"{draft['number']}, {draft['status']}, {draft['billingStatus']}",
        ("hours", "expenses", "fixed revenue", "total"),
        [tuple(money(totals[name]) for name in ("hours", "expenses", "fixedRevenue", "total"))],
        left=0,
    )
    teller.say("The same hours a second time?")
    again = await scene.api.query(
        q.CREATE_BILLING_RECORD, {"input": {"projectIds": [fleet], "until": "2026-10-31", "idempotencyKey": "again"}}
    )
    for error in again["createBillingRecord"]["userErrors"]:
        teller.say(f"  [red]{error['code']}[/red] {error['message']}")
    await scene.api.mutate(q.CONFIRM, billingRecordId=draft["id"])
    teller.query(q.POST, {"billingRecordId": draft["id"]})
    posted = (await scene.api.mutate(q.POST, billingRecordId=draft["id"]))["billingRecord"]
    entry = posted["journalEntry"]
    teller.table(
        f"{posted['number']} is {posted['status']}: journal entry {entry['reference']} of {entry['accountingDate']}",
        ("account", "", "amount", "in EUR"),
        [
            (one["account"]["code"], one["account"]["name"], money(one["amount"]), money(one["baseAmount"]))
            for one in entry["postings"]
        ],
        left=2,
    )
    scene.found["reference"] = entry["reference"]
    show_finances(scene, "Now", [one for one in await finances(scene) if one["code"] == "FD"])


async def push_through_faults(scene: Scene) -> None:
    teller = scene.teller
    teller.chapter(7, "Into two sets of books, through faults, exactly once")
    teller.say(
        "The line to Tryton loses the first answers after the write. The first push to the beancount file dies right\n"
        "after writing it. A naive retry would book both twice."
    )
    await _die_after_writing(scene)
    await _show_deliveries(scene, "After the first push to beancount")
    with teller.working("The worker goes on"):
        async with run_worker_process(scene.folder):
            await _until_verified(scene)
    await _show_deliveries(scene, "In the end")
    proxy = scene.found["proxy"]
    teller.say(
        f"Faults injected on the way to Tryton: {', '.join(f'{n} x {k}' for k, n in proxy.counts.items() if n)}."
    )
    await _read_back(scene)


async def _connect_books(scene: Scene) -> None:
    """Tryton behind the fault proxy, a new beancount ledger, and what accounts and customers are called there."""
    folder = scene.folder / "beancount" / f"{scene.firm.token[3:9]}"
    accounts = {"1200": "Assets:Receivable", "8000": "Income:Consulting", "8010": "Income:OnAccount"}
    initialise(folder, list(accounts.values()), "EUR", date(2026, 1, 1))
    scene.found["beancount_folder"] = folder
    tryton = scene.tryton
    in_tryton = {"1200": tryton.receivable.code, "8000": tryton.revenue.code, "8010": tryton.revenue.code}
    config = {"url": scene.found["proxy_url"], "database": tryton.database, "company_id": tryton.company_id,
              "currency": tryton.currency}  # fmt: skip
    for name, connector, settings, secrets, codes in (
        ("Beancount ledger", "beancount", {"folder": str(folder)}, {}, accounts),
        ("Tryton", "tryton", config, {"api_key": tryton.api_key}, in_tryton),
    ):
        payload = await scene.api.mutate(
            q.CREATE_CONNECTION,
            direction="TARGET",
            connector=connector,
            name=name,
            config=settings,
            secrets=[{"name": key, "value": value} for key, value in secrets.items()],
        )
        connection = scene.connections[name] = payload["connection"]["id"]
        for code, external in codes.items():
            account_id = scene.names["accounts"][code]
            await scene.api.mutate(q.MAP_ACCOUNT, connectionId=connection, accountId=account_id, externalCode=external)
        for company, company_id in scene.names["companies"].items():
            await scene.api.mutate(q.MAP_PARTY, connectionId=connection, companyId=company_id, externalName=company)


async def _die_after_writing(scene: Scene) -> None:
    """One push in this process whose answers are lost; what it leaves behind is what a crash leaves behind."""

    def losing(connector: str, config: Any) -> JournalTarget:
        assert isinstance(config, BeancountConfig)
        return LosesAnswers(open_target(connector, config))

    delivery = next(one for one in await _deliveries(scene) if one["connectionName"] == "Beancount ledger")
    database = Database(scene.database_url)
    try:
        tools = Tools(Transactions(database), scene.box)
        await deliver(tools, scene.firm.organisation_id, _plain_id(delivery["id"]), open_with=losing)
    finally:
        await database.close()


async def _deliveries(scene: Scene) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await scene.api.query(q.DELIVERIES))["deliveries"]["nodes"]
    return nodes


async def _until_verified(scene: Scene) -> None:
    for _ in range(_DELIVERY_SECONDS_MAX * 5):
        states = {one["state"] for one in await _deliveries(scene)}
        if states == {"VERIFIED"}:
            return
        if states & {"REJECTED", "CONFLICT", "PARKED"}:
            return
        await asyncio.sleep(0.2)


async def _show_deliveries(scene: Scene, title: str) -> None:
    scene.teller.table(
        title,
        ("delivery", "to", "state", "pushes", "number there", "last error"),
        [
            (one["reference"], one["connectionName"], one["state"], str(one["attempts"]), one["remoteNumber"] or "-",
             one["errorCode"] or "-")
            for one in await _deliveries(scene)
        ],
        left=3,
    )  # fmt: skip


async def _read_back(scene: Scene) -> None:
    """Ask both sets of books directly what they hold under our reference."""
    reference = scene.found["reference"]
    fields = ["number", "state", "lines.debit", "lines.credit", "lines.amount_second_currency"]
    moves = await scene.tryton.find("account.move", [["external_ref", "=", reference]], fields)
    rows = []
    for move in moves:
        lines = move["lines"]
        debit = sum((_decimal(line["debit"]) for line in lines), Decimal(0))
        credit = sum((_decimal(line["credit"]) for line in lines), Decimal(0))
        usd = sum((max(_decimal(line["amount_second_currency"]), Decimal(0)) for line in lines), Decimal(0))
        rows.append(("Tryton", reference, move["state"], f"{usd:,} USD", f"{debit:,} EUR", f"{credit:,} EUR"))
    entries, errors, _ = loader.load_file(str(scene.found["beancount_folder"] / "main.beancount"))
    assert not errors, errors
    for entry in entries:
        if isinstance(entry, Transaction) and entry.meta.get("hourledger_ref") == reference:
            legs = [_leg(posting) for posting in entry.postings]
            usd = sum((one for one, _ in legs if one > 0), Decimal(0))
            debit = sum((base for _, base in legs if base > 0), Decimal(0))
            credit = -sum((base for _, base in legs if base < 0), Decimal(0))
            rows.append(("beancount", reference, "posted", f"{usd:,} USD", f"{debit:,} EUR", f"{credit:,} EUR"))
    columns = ("read back from", "reference", "state", "document", "debit", "credit")
    scene.teller.table("One balanced entry in each, same cents, same reference", columns, rows, left=3)
    if [row[0] for row in rows] != ["Tryton", "beancount"] or len({row[3:] for row in rows}) != 1:
        raise RuntimeError(f"the books do not agree: {rows}")


def _leg(posting: Any) -> tuple[Decimal, Decimal]:
    """A beancount posting in the document's currency and in that of the books, to the cent."""
    units = Decimal(posting.units.number)
    if posting.price is None:
        return units, units
    return units, (units * Decimal(posting.price.number)).quantize(Decimal("0.01"))


def _decimal(value: Any) -> Decimal:
    if isinstance(value, dict):
        return Decimal(str(value["decimal"]))
    return Decimal(0) if value is None else Decimal(str(value))


def _plain_id(global_id: str) -> int:
    """The number in a global id; only the demo looks inside, because it stands in for the worker here."""
    import base64

    return int(base64.b64decode(global_id + "==").decode().rpartition(":")[2])


@asynccontextmanager
async def faulty_line(scene: Scene) -> AsyncIterator[None]:
    """A proxy in front of Tryton: it loses the answers to the write and to the posting, and refuses once in between."""
    plan = FaultPlan(next_writes=(Fault.DROP_AFTER, Fault.UNAVAILABLE, Fault.DROP_AFTER))
    async with run_fault_proxy(scene.tryton.url, plan=plan) as proxy:
        scene.found["proxy"], scene.found["proxy_url"] = proxy, proxy.url
        yield

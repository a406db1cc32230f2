"""Chapters 1 to 5: the firm, its time, its figures, and what a rate change does to them."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from hourledger.demo import documents as q
from hourledger.demo.console import money
from hourledger.demo.consultancy import PEOPLE, PROJECTS, ROLES
from hourledger.demo.scene import Scene
from hourledger.demo.timetagger_month import edit_some, enter_month, tag_of

_PULL_SECONDS_MAX = 120


async def introduce(scene: Scene) -> None:
    teller = scene.teller
    teller.chapter(1, "A small consultancy")
    teller.say(
        "Brightwater Consulting keeps its books in EUR. Rates are dated and live at four levels: system (role), "
        "person,\ncompany and project. ECB reference rates of 2026 are loaded for its customer in USD."
    )
    teller.table(
        "People",
        ("person", "role", "cost/h", "own billing/h", "role's billing/h", "from July"),
        [
            (
                name,
                role,
                f"{cost}.00",
                f"{billing}.00" if billing else "-",
                f"{ROLES[role][1]}.00",
                f"{ROLES[role][2]}.00",
            )
            for name, (role, cost, billing) in PEOPLE.items()
        ],
        left=2,
    )
    teller.table(
        "Projects",
        ("project", "task", "cost type", "revenue type", "planned h"),
        [
            ((name, f"for {company}", "", "")[number], task, one.cost.value, one.revenue.value, str(one.hours))
            for (_, name, company), tasks in PROJECTS.items()
            for number, (task, one) in enumerate(tasks.items())
        ],
        left=4,
    )
    await _learn_names(scene)


async def _learn_names(scene: Scene) -> None:
    """The global ids of what was set up, as any client learns them."""
    data = await scene.api.query(q.NAMES)
    for kind in ("people", "companies", "projects"):
        scene.names[kind] = {one["name"]: one["id"] for one in data[kind]["nodes"]}
    scene.names["accounts"] = {one["code"]: one["id"] for one in data["accounts"]["nodes"]}
    scene.names["tasks"] = {
        f"{project['name']} / {task['name']}": task["id"]
        for project in data["projects"]["nodes"]
        for task in project["tasks"]["nodes"]
    }


async def pull_exports(scene: Scene) -> None:
    teller = scene.teller
    teller.chapter(2, "Six months of time, from the exports of two time trackers")
    samples = Path(str(resources.files("hourledger.demo"))) / "data"
    for name, config in (
        (
            "Toggl export",
            {"path": str(samples / "toggl"), "profile": "toggl-detailed", "time_zone": "Europe/Amsterdam"},
        ),
        ("Harvest export", {"path": str(samples / "harvest"), "profile": "harvest-detailed", "decimal": ","}),
    ):
        await _connect(scene, name, "csv", config, {}, show=name == "Toggl export")
    pulled = [await _pull(scene, name) for name in ("Toggl export", "Harvest export")]
    teller.say(
        "Nothing is guessed and nothing is lost: until somebody says who and what the names in the files are, "
        "rows wait.\nLinking them turns what waits into time entries, without reading the files again."
    )
    posted = 0
    with teller.working("Linking people, projects and tasks"):
        for name in ("Toggl export", "Harvest export"):
            posted += await _link_all(scene, name, str, PROJECTS)
    teller.query(q.LINK)
    again = [await _pull(scene, name) for name in ("Toggl export", "Harvest export")]
    teller.table(
        "Pulled",
        ("connection", "rows", "became entries", "unreadable, kept", "second pull changed"),
        [
            (name, f"{first['unmapped'] + first['quarantined']:,}", "", str(first["quarantined"]), str(_effect(second)))
            for name, first, second in zip(("Toggl export", "Harvest export"), pulled, again, strict=True)
        ]
        + [("together", "", f"{posted:,}", "", "")],
    )
    waiting = []
    for name in ("Toggl export", "Harvest export"):
        data = await scene.api.query(q.WAITING, {"connectionId": scene.connections[name]})
        waiting += data["sourceRecords"]["nodes"]
    teller.table(
        "What still waits, visible and mappable later",
        ("status", "person", "project", "reason"),
        [(one["status"], one["person"] or "-", one["project"] or "-", one["reason"]) for one in waiting],
        left=4,
    )


async def pull_timetagger(scene: Scene) -> None:
    teller = scene.teller
    teller.chapter(3, "The current month, over HTTP from a real TimeTagger server")
    with teller.working("Everybody enters the month in TimeTagger"):
        entered = await enter_month(scene.timetagger, list(PEOPLE))
    first: Counter[str] = Counter()
    with teller.working("Pulling six accounts"):
        for person in PEOPLE:
            name = f"TimeTagger of {person}"
            token = await scene.timetagger.api_token(person.split()[0].lower())
            config = {"url": scene.timetagger.url, "person": person, "time_zone": "Europe/Amsterdam"}
            await _connect(scene, name, "timetagger", config, {"token": token}, show=False)
            await _pull(scene, name)
            first["posted"] += await _link_all(scene, name, tag_of, PROJECTS)
    edited, deleted = await edit_some(scene.timetagger, list(PEOPLE))
    second: Counter[str] = Counter()
    third: Counter[str] = Counter()
    with teller.working("Pulling again after edits and deletions, and once more"):
        for person in PEOPLE:
            second.update(await _pull(scene, f"TimeTagger of {person}"))
        for person in PEOPLE:
            third.update(await _pull(scene, f"TimeTagger of {person}"))
    teller.table(
        "TimeTagger",
        ("", "entered there", "edited there", "deleted there", "new here", "changed here", "deleted here"),
        [
            ("first pull", str(entered), "", "", str(first["posted"]), "0", "0"),
            ("second pull", "", str(edited), str(deleted), str(second["new"]), str(second["changed"]),
             str(second["deleted"])),
            ("third pull", "", "", "", str(third["new"]), str(third["changed"]), str(third["deleted"])),
        ],
    )  # fmt: skip


async def look_at_finances(scene: Scene) -> None:
    teller = scene.teller
    teller.chapter(4, "What did it cost, what may be billed")
    teller.query(q.FINANCES)
    scene.found["before"] = await finances(scene)
    show_finances(scene, "Projects", scene.found["before"])
    data = await scene.api.query(q.AN_ENTRY, {"code": "FD"})
    entry = data["project"]["timeEntries"]["nodes"][0]
    why = (await scene.api.query(q.EXPLAIN, {"id": entry["id"]}))["explainTimeEntry"]["revenue"]
    teller.say(
        f"Every number answers why. {entry['person']['name']}, {entry['task']['name']}, {entry['workDate']}, "
        f"{entry['hours']} h earn {money(why['amount'])}:"
    )
    teller.table("", ("tried", "whose", "outcome"), [
        (one["level"] or "(stop)", one["subject"] or "", one["outcome"]) for one in why["steps"]
    ], left=3)  # fmt: skip


async def change_a_rate(scene: Scene) -> None:
    teller = scene.teller
    teller.chapter(5, "A rate changes")
    teller.say("Northwind agrees to 139 USD for a developer, from 1 October on. A changed rate alone moves nothing:")
    developer = await scene.api.query("query Roles { roles(first: 50) { nodes { id name } } }")
    role_id = next(one["id"] for one in developer["roles"]["nodes"] if one["name"] == "Developer")
    values = {
        "kind": "BILLING", "level": "COMPANY_ROLE", "companyId": scene.names["companies"]["Northwind Robotics"],
        "roleId": role_id, "rate": "139", "currency": "USD", "validFrom": "2026-10-01",
    }  # fmt: skip
    teller.query(q.SET_RATE, values)
    await scene.api.mutate(q.SET_RATE, **values)
    fleet = scene.names["projects"]["Fleet Dashboard"]
    teller.say(
        "The project keeps its customer's rates as they stood when it was opened, until somebody refreshes them:"
    )
    teller.query(q.REFRESH_COMPANY_RATES, {"projectId": fleet})
    await scene.api.mutate(q.REFRESH_COMPANY_RATES, projectId=fleet)
    async with scene.api.subscribe(q.FINANCES_CHANGED, {"projectIds": [fleet]}) as events:
        teller.say("A page subscribes; then the worker, in another process, recalculates:")
        teller.query(q.FINANCES_CHANGED, {"projectIds": [fleet]})
        await scene.api.mutate(q.RECALCULATE, scope={"projectIds": [fleet]}, reason="new rates with Northwind")
        event = await asyncio.wait_for(_recalculated(events), _PULL_SECONDS_MAX)
    teller.say(
        f"  [green]event {event['seq']}[/green] {event['cause']} {event['project']['code']}: "
        f"revenue {money(event['actualRevenue'])}, unbilled {money(event['unbilledRevenue'])}"
    )
    after = await finances(scene)
    show_finances(scene, "Before", [one for one in scene.found["before"] if one["code"] == "FD"])
    show_finances(scene, "After", [one for one in after if one["code"] == "FD"])


async def _recalculated(events: Any) -> dict[str, Any]:
    async for event in events:
        changed: dict[str, Any] = event["projectFinancesChanged"]
        if changed["cause"] == "RECALCULATED":
            return changed
    raise AssertionError("the subscription ended")


async def finances(scene: Scene) -> list[dict[str, Any]]:
    """All projects with their finances, by code."""
    nodes: list[dict[str, Any]] = (await scene.api.query(q.FINANCES))["projects"]["nodes"]
    return sorted(nodes, key=lambda one: str(one["code"]))


def show_finances(scene: Scene, title: str, projects: list[dict[str, Any]]) -> None:
    """The finances table, one row per project, each in the project's currency."""
    rows = []
    for one in projects:
        figures = one["finances"]
        names = ("actualCost", "actualRevenue", "margin", "unbilledRevenue", "draftRevenue", "billedRevenue")
        amounts = [f"{Decimal(figures[name]['amount']):,}" for name in names]
        hours = f"{Decimal(figures['actualHours']):,.2f}"
        rows.append((one["name"], figures["margin"]["currency"], hours, *amounts))
    columns = ("project", "", "hours", "cost", "revenue", "margin", "unbilled", "on draft", "billed")
    scene.teller.table(title, columns, rows, left=2)


async def _connect(
    scene: Scene, name: str, connector: str, config: dict[str, Any], secrets: dict[str, str], *, show: bool
) -> None:
    values = {"direction": "SOURCE", "connector": connector, "name": name, "config": config,
              "secrets": [{"name": key, "value": value} for key, value in secrets.items()]}  # fmt: skip
    if show:
        scene.teller.query(q.CREATE_CONNECTION, {"name": name, "connector": connector, "profile": config["profile"]})
    payload = await scene.api.mutate(q.CREATE_CONNECTION, **values)
    scene.connections[name] = payload["connection"]["id"]


async def _pull(scene: Scene, name: str) -> dict[str, int]:
    """Ask for a pull, wait for the worker to do it, and give its counts."""
    before = await _last_pull(scene, name)
    await scene.api.mutate(q.PULL, connectionId=scene.connections[name])
    for _ in range(_PULL_SECONDS_MAX * 10):
        last = await _last_pull(scene, name)
        if last is not None and last["finishedAt"] and (before is None or last["id"] != before["id"]):
            if last["error"]:
                raise RuntimeError(f"{name}: {last['errorCode']} {last['error']}")
            return {key: value for key, value in last.items() if isinstance(value, int)}
        await asyncio.sleep(0.1)
    raise TimeoutError(f"{name} was not pulled in time; see worker.log in the data folder")


async def _last_pull(scene: Scene, name: str) -> dict[str, Any] | None:
    nodes = (await scene.api.query(q.CONNECTIONS))["connections"]["nodes"]
    last: dict[str, Any] | None = next(one["lastPull"] for one in nodes if one["name"] == name)
    return last


async def _link_all(scene: Scene, connection: str, external: Any, projects: Any) -> int:
    """Link every name the firm has, written the way the source writes it; returns the entries that were posted."""
    posted = 0

    async def link(kind: str, name: str, target_id: str, parent: str | None = None) -> None:
        nonlocal posted
        values = {"connectionId": scene.connections[connection], "kind": kind, "externalName": name,
                  "parentName": parent, "targetId": target_id}  # fmt: skip
        posted += (await scene.api.mutate(q.LINK, **values))["posted"]

    for person in PEOPLE:
        await link("PERSON", person, scene.names["people"][person])
    for _, project, _ in projects:
        await link("PROJECT", external(project), scene.names["projects"][project])
    for (_, project, _), tasks in projects.items():
        for task in tasks:
            await link("TASK", external(task), scene.names["tasks"][f"{project} / {task}"], external(project))
    return posted


def _effect(counts: dict[str, int]) -> int:
    return counts["new"] + counts["changed"] + counts["deleted"] + counts["unmapped"]

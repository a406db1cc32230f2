"""Rate freezes and period locks through HTTP (project-finances §10 P4)."""

from __future__ import annotations

from datetime import date

from starlette.applications import Starlette

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.services.confirm_billing_record import confirm_billing_record
from hourledger.services.create_billing_record import BillingRequest, create_billing_record
from hourledger.transactions import Transactions
from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.schema.test_lists import statements
from tests.support.world import World, log

LOCK = """workLock { id kind side firstDay lastDay isInForce reason lockedBy releasedBy releaseReason releasedAt
    project { code } }"""
JULY, AUGUST, SEPTEMBER = date(2026, 7, 15), date(2026, 8, 15), date(2026, 9, 15)
IN_AUGUST = {"firstDay": "2026-08-01", "lastDay": "2026-08-31"}
HELD = """{ timeEntries { nodes { workDate heldBy {
    kind keepsCost keepsRevenue keepsWork billingRecordNumber billingRecord { number } workLock { reason } } } } }"""


async def test_p4_a_lock_is_set_listed_and_lifted(api: Api, ids: Ids) -> None:
    given = {"projectId": ids.portal, "side": "COST", "reason": "August is told", "idempotencyKey": "k", **IN_AUGUST}
    rehearsed = await api.mutate("freezeRates", LOCK, **given, dryRun=True)
    assert rehearsed["workLock"]["lastDay"] == "2026-08-31"
    first, again = [(await api.mutate("freezeRates", LOCK, **given))["workLock"] for _ in range(2)]
    assert first == again
    assert first | {"id": ""} == {
        "id": "",
        "kind": "RATE_FREEZE",
        "side": "COST",
        "firstDay": "2026-08-01",
        "lastDay": "2026-08-31",
        "isInForce": True,
        "reason": "August is told",
        "lockedBy": "api@brightwater.example",
        "releasedBy": None,
        "releaseReason": None,
        "releasedAt": None,
        "project": {"code": "PORTAL"},
    }
    everywhere = await api.do("lockPeriod", LOCK, lastDay="2026-07-31", reason="all up to July")
    assert (everywhere["kind"], everywhere["side"], everywhere["firstDay"], everywhere["project"]) == (
        "PERIOD_LOCK",
        "BOTH",
        None,
        None,
    )
    other = await api.do("freezeRates", LOCK, projectId=ids.dashboard, reason="for good")
    assert (other["side"], other["firstDay"], other["lastDay"]) == ("BOTH", None, None)
    lifted = await api.do("releaseWorkLock", LOCK, workLockId=first["id"], reason="told wrongly")
    assert (lifted["isInForce"], lifted["releaseReason"], lifted["releasedBy"]) == (
        False,
        "told wrongly",
        "api@brightwater.example",
    )
    assert lifted["releasedAt"].startswith("2026-11-02T09:00")

    for arguments, reasons in (
        ("", ["for good", "all up to July", "August is told"]),
        ("(inForce: true)", ["for good", "all up to July"]),
        ("(inForce: false)", ["August is told"]),
        (f'(projectId: "{ids.portal}")', ["all up to July", "August is told"]),
        (f'(projectId: "{ids.portal}", inForce: true)', ["all up to July"]),
        ("(first: 1)", ["for good"]),
    ):
        found = await api.query(f"{{ workLocks{arguments} {{ nodes {{ reason }} }} }}")
        assert [one["reason"] for one in found["workLocks"]["nodes"]] == reasons
    shown = await api.query("{ projects { nodes { code locks { nodes { reason } pageInfo { hasNextPage } } } } }")
    assert {one["code"]: [it["reason"] for it in one["locks"]["nodes"]] for one in shown["projects"]["nodes"]} == {
        "FLEET": ["for good", "all up to July"],
        "PORTAL": ["all up to July"],
    }
    node = await api.query("query($id: ID!) { node(id: $id) { ... on WorkLock { reason } } }", id=first["id"])
    assert node == {"node": {"reason": "August is told"}}


async def test_p4_what_is_wrong_is_a_user_error(api: Api, ids: Ids) -> None:
    period = {"reason": "x", **IN_AUGUST}
    await api.do("lockPeriod", LOCK, projectId=ids.portal, **period)
    for mutation, given, code in (
        ("lockPeriod", {"projectId": ids.portal, **period}, "ALREADY_LOCKED"),
        ("lockPeriod", period | {"lastDay": "2026-11-03"}, "PERIOD_NOT_OVER"),
        ("lockPeriod", period | {"lastDay": "9999-12-31"}, "PERIOD_NOT_OVER"),
        ("lockPeriod", period | {"lastDay": "2026-07-31"}, "PERIOD_REVERSED"),
        ("lockPeriod", period | {"projectId": global_id("Project", 999)}, "PROJECT_UNKNOWN"),
        ("lockPeriod", period | {"projectId": ids.build}, "ID_OF_OTHER_TYPE"),
        ("lockPeriod", period | {"reason": " "}, "REASON_INVALID"),
        ("lockPeriod", period | {"reason": "\0"}, "TEXT_INVALID"),
        ("freezeRates", period | {"lastDay": "2026-07-31"}, "PERIOD_REVERSED"),
        ("releaseWorkLock", {"workLockId": global_id("WorkLock", 999), "reason": "x"}, "WORK_LOCK_UNKNOWN"),
    ):
        assert await api.user_error(mutation, **given) == code, given


async def test_p4_work_in_a_locked_period_is_refused_with_the_field_that_says_when(api: Api, ids: Ids) -> None:
    await api.do("lockPeriod", LOCK, reason="August is reported", **IN_AUGUST)
    entry = {
        "personId": ids.person,
        "projectId": ids.portal,
        "taskId": ids.build,
        "hours": "1",
        "workDate": "2026-08-15",
    }
    (error,) = (await api.mutate("logTime", "__typename", entries=[entry]))["userErrors"]
    assert (error["code"], error["field"]) == ("PERIOD_LOCKED", "workDate")
    assert "August is reported" in error["message"]
    spent = {"projectId": ids.portal, "expenseType": "Travel", "description": "Train", "actualAmount": "5"}
    (error,) = (await api.mutate("addExpense", "__typename", **spent, paidOn="2026-08-15"))["userErrors"]
    assert (error["code"], error["field"]) == ("PERIOD_LOCKED", "paidOn")


async def test_p4_an_hour_says_what_holds_it(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal, app: Starlette
) -> None:
    """July is confirmed, August on a draft, of September nothing; August's cost is frozen, and all of it is locked."""
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1", JULY)
        await confirm_billing_record(unit, await create_billing_record(unit, BillingRequest([world.portal])))
        await log(unit, world, "1", AUGUST)
        await create_billing_record(unit, BillingRequest([world.portal]))
        await log(unit, world, "1", SEPTEMBER)
    await api.do("freezeRates", LOCK, projectId=ids.portal, side="COST", reason="costs are told", **IN_AUGUST)
    await api.do("lockPeriod", LOCK, reason="August is reported", **IN_AUGUST)
    gone = await api.do("lockPeriod", LOCK, lastDay="2026-10-31", reason="too early")
    await api.do("releaseWorkLock", LOCK, workLockId=gone["id"], reason="too early")
    with statements(app) as sent:
        found = await api.query(HELD)
    assert len([one for one in sent if "keeps_work" in one]) == 1
    told = {
        one["workDate"]: [
            (
                hold["kind"],
                "".join(word if hold[f"keeps{word}"] else "-" for word in ("Cost", "Revenue", "Work")),
                hold["billingRecordNumber"] == (hold["billingRecord"] or {"number": None})["number"],
                (hold["workLock"] or {"reason": None})["reason"],
            )
            for hold in one["heldBy"]
        ]
        for one in found["timeEntries"]["nodes"]
    }
    assert told == {
        "2026-09-15": [],
        "2026-08-15": [
            ("BILLING_RECORD", "--Work", True, None),
            ("RATE_FREEZE", "Cost--", True, "costs are told"),
            ("PERIOD_LOCK", "CostRevenueWork", True, "August is reported"),
        ],
        "2026-07-15": [("BILLING_RECORD", "CostRevenueWork", True, None)],
    }


async def test_9_4_locks_are_seen_with_projects_and_set_with_their_own_rights(
    api: Api, ids: Ids, token_with: IssueToken
) -> None:
    await api.do("lockPeriod", LOCK, reason="August is reported", **IN_AUGUST)
    reader = api.as_caller(await token_with(Permission.VIEW_PROJECTS))
    assert len((await reader.query("{ workLocks { nodes { reason } } }"))["workLocks"]["nodes"]) == 1
    nobody = api.as_caller(await token_with(Permission.LOG_TIME))
    assert await nobody.code("{ workLocks { nodes { reason } } }") == "PERMISSION_DENIED"
    some = api.as_caller(await token_with(*(EVERYTHING - {Permission.CLOSE_PERIODS, Permission.EDIT_COST_RATES})))
    for mutation in ("lockPeriod", "freezeRates"):
        assert await some.user_error(mutation, projectId=ids.portal, reason="x", **IN_AUGUST) == "PERMISSION_DENIED"

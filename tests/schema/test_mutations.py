"""Every mutation through HTTP, as a front end calls it: the way it goes well, and the ways it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.targets.beancount import initialise
from resolvers.ids import global_id
from tests.conftest import MovableClock
from tests.schema.api import Api
from tests.schema.conftest import Ids


async def logged(api: Api, ids: Ids, hours: str = "8", on: str = "2026-11-02", **more: Any) -> Any:
    entry = {"personId": ids.person, "projectId": ids.portal, "workDate": on, "hours": hours, **more}
    return (await api.do("logTime", "timeEntries { id revenue { amount } }", entries=[entry]))[0]


async def test_a_project_can_be_set_up_from_nothing(api: Api) -> None:
    company = await api.do("createCompany", "company { id currency }", name="Acme", currency="USD")
    role = await api.do("createRole", "role { id name }", name="Analyst")
    person = await api.do(
        "createPerson",
        "person { id primaryRole { name } }",
        name="Ann Able",
        email="ann@example.org",
        primaryRoleId=role["id"],
    )
    project = await api.do(
        "createProject", "project { id currency company { name } }", code="N1", name="Nova", companyId=company["id"]
    )
    task = await api.do(
        "createTask",
        "task { id costRate { amount currency } plannedHours project { code } }",
        projectId=project["id"],
        name="Design",
        costType="FIXED_HOURLY",
        costRate="40.50",
        plannedHours="16",
        plannedStart="2026-11-02",
        plannedCompletion="2026-11-03",
    )
    assignment = await api.do(
        "assignToTask",
        "assignment { id person { name } role { name } plannedHours task { name } }",
        taskId=task["id"],
        personId=person["id"],
        roleId=role["id"],
        plannedHours="16",
    )

    assert project == {"id": project["id"], "currency": "USD", "company": {"name": "Acme"}}
    assert person["primaryRole"] == {"name": "Analyst"}
    assert task["costRate"] == {"amount": "40.50", "currency": "USD"}
    assert assignment["person"] == {"name": "Ann Able"}
    assert assignment["plannedHours"] == "16.00"


async def test_3_6_a_project_gets_another_customer_or_none(api: Api, ids: Ids) -> None:
    other = await api.do("createCompany", "company { id }", name="City Archive", currency="EUR")
    shown = "project { company { name } currency }"
    moved = await api.do("setProjectCompany", shown, projectId=ids.portal, companyId=other["id"])
    left_out = await api.mutate("setProjectCompany", shown, projectId=ids.portal)
    internal = await api.do("setProjectCompany", shown, projectId=ids.portal, companyId=None)
    await api.do("setProjectCompany", shown, projectId=ids.portal, companyId=other["id"])
    await logged(api, ids)
    await api.do("createBillingRecord", "billingRecord { id }", projectIds=[ids.portal])
    refused = await api.mutate("setProjectCompany", shown, projectId=ids.portal, companyId=None)
    assert (moved, internal) == (
        {"company": {"name": "City Archive"}, "currency": "EUR"},
        {"company": None, "currency": "EUR"},
    )
    # Nobody loses a customer by forgetting to name one.
    assert [(one["code"], one["field"]) for one in left_out["userErrors"]] == [("COMPANY_MISSING", "companyId")]
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("CUSTOMER_ON_RECORD", "companyId")]


async def test_work_is_logged_edited_and_deleted(api: Api, ids: Ids) -> None:
    entry = await logged(api, ids, "8")
    edited = await api.do(
        "editTime",
        "timeEntry { hours revenue { amount } }",
        timeEntryId=entry["id"],
        hours="2.5",
        workDate="2026-11-03",
    )
    deleted = await api.do("deleteTime", "deletedId", timeEntryId=entry["id"], reason="Not ours")
    left = await api.query("{ timeEntries { nodes { id } } }")

    assert entry["revenue"] == {"amount": "800.00"}
    assert edited == {"hours": "2.50", "revenue": {"amount": "250.00"}}
    assert deleted == entry["id"]
    assert left["timeEntries"]["nodes"] == []


async def test_a_rate_is_set_and_shown_with_its_days_inclusive(api: Api, ids: Ids) -> None:
    line = await api.do(
        "setRate",
        "rateLine { scope kind level rate { amount currency } validFrom lastDay project { code } }",
        kind="BILLING",
        level="PROJECT_PERSON",
        personId=ids.person,
        projectId=ids.portal,
        rate="130",
        currency="EUR",
        validFrom="2026-12-01",
        lastDay="2026-12-31",
    )
    assert line == {
        "scope": "Bob Best on project PORTAL",
        "kind": "BILLING",
        "level": "PROJECT_PERSON",
        "rate": {"amount": "130.00", "currency": "EUR"},
        "validFrom": "2026-12-01",
        "lastDay": "2026-12-31",
        "project": {"code": "PORTAL"},
    }


async def test_a_dry_run_of_a_recalculation_answers_at_once_and_keeps_nothing(api: Api, ids: Ids) -> None:
    await logged(api, ids, "8")
    await api.do("setRate", "rateLine { id }", kind="BILLING", level="PERSON", personId=ids.person, rate="120",
                 currency="EUR", replaceOverlapping=True)  # fmt: skip
    wanted = """run { id } projects { outcome changed revenueDelta { amount }
        project { finances { actualRevenue { amount } } } }"""
    dry = await api.mutate("recalculate", wanted, scope={"projectIds": [ids.portal, ids.dashboard]}, dryRun=True)
    real = await api.mutate("recalculate", wanted, scope={"projectIds": [ids.portal]})
    run = await api.query("query($id: ID!) { recalculationRun(id: $id) { status reason } }", id=real["run"]["id"])
    after = await api.query(
        "query($id: ID!) { project(id: $id) { finances { actualRevenue { amount } } } }", id=ids.portal
    )

    assert dry["run"] is None
    assert dry["projects"][0] == {
        "outcome": "DONE",
        "changed": 1,
        "revenueDelta": {"amount": "160.00"},
        "project": {"finances": {"actualRevenue": {"amount": "960.00"}}},
    }
    assert real["projects"] == []
    assert run["recalculationRun"]["status"] == "QUEUED"
    assert after["project"]["finances"]["actualRevenue"]["amount"] == "800.00"


async def test_ct_r2_a_rehearsal_shows_the_cost_of_billed_hours_only_where_it_is_asked_for(api: Api, ids: Ids) -> None:
    await logged(api, ids, "2")
    record = await api.do("createBillingRecord", "billingRecord { id }", projectIds=[ids.portal])
    await api.do("confirmBillingRecord", "billingRecord { id }", billingRecordId=record["id"])
    for kind, rate in (("COST", "60"), ("BILLING", "120")):
        await api.do("setRate", "rateLine { id }", kind=kind, level="PERSON", personId=ids.person, rate=rate,
                     currency="EUR", replaceOverlapping=True)  # fmt: skip
    wanted = """projects { changed frozen costDelta { amount } revenueDelta { amount }
        locked(first: 9) { edges { cursor } }
        changes(first: 9) { edges { node {
            revenueAfter { amount } costRateAfter { rate } billingRateAfter { rate } isCapMoved } } } }"""
    found = {}
    for includes in (False, True):
        scope = {"projectIds": [ids.portal], "includesBilledCost": includes}
        found[includes] = (await api.mutate("recalculate", wanted, scope=scope, dryRun=True))["projects"][0]
    without, with_it = found[False], found[True]
    assert (without["changed"], without["frozen"], len(without["locked"]["edges"])) == (0, 1, 1)
    assert (with_it["changed"], with_it["frozen"], len(with_it["locked"]["edges"])) == (1, 0, 0)
    assert (with_it["costDelta"]["amount"], with_it["revenueDelta"]["amount"]) == ("20.00", "0.00")
    assert [one["node"] for one in with_it["changes"]["edges"]] == [
        {
            "revenueAfter": {"amount": "200.00"},
            "costRateAfter": {"rate": "60.00"},
            "billingRateAfter": None,  # kept, not searched
            "isCapMoved": False,
        }
    ]


async def test_an_expense_is_added_in_the_projects_currency(api: Api, ids: Ids) -> None:
    expense = await api.do(
        "addExpense",
        "expense { expenseType actualAmount { amount currency } project { code } }",
        projectId=ids.portal,
        expenseType="Travel",
        description="Train",
        actualAmount="99.90",
        isBillable=True,
    )
    assert expense["actualAmount"] == {"amount": "99.90", "currency": "EUR"}


async def test_a_billing_record_goes_from_draft_to_the_books(api: Api, ids: Ids) -> None:
    await logged(api, ids, "8")
    draft = await api.do(
        "createBillingRecord",
        """billingRecord { id number status billingStatus totals { hours { amount } additional { amount }
           total { amount currency } } lineCount
           lines { nodes { quantity amount { amount } timeEntry { billingState } } } }""",
        projectIds=[ids.portal],
        additionalAmount="50",
        poNumber="PO-7",
    )
    confirmed = await api.do("confirmBillingRecord", "billingRecord { status }", billingRecordId=draft["id"])
    posted = await api.do(
        "postBillingRecord",
        """billingRecord { status billingStatus journalEntry { reference postings { amount { amount }
           account { code } } billingRecord { number } } }""",
        billingRecordId=draft["id"],
    )

    assert draft["number"] == "BR-00001"
    assert draft["totals"] == {
        "hours": {"amount": "800.00"},
        "additional": {"amount": "50.00"},
        "total": {"amount": "850.00", "currency": "EUR"},
    }
    assert draft["lineCount"] == 2
    assert draft["lines"]["nodes"][0] == {
        "quantity": "8.00",
        "amount": {"amount": "800.00"},
        "timeEntry": {"billingState": "ON_DRAFT"},
    }
    assert confirmed["status"] == "CONFIRMED"
    assert posted["billingStatus"] == "BILLED"
    assert [one["amount"]["amount"] for one in posted["journalEntry"]["postings"]] == ["850.00", "-850.00"]
    assert posted["journalEntry"]["billingRecord"] == {"number": "BR-00001"}


async def test_a_deleted_draft_gives_its_work_back(api: Api, ids: Ids) -> None:
    await logged(api, ids, "8")
    draft = await api.do("createBillingRecord", "billingRecord { id }", projectIds=[ids.portal])
    deleted = await api.do("deleteBillingRecord", "billingRecord { status }", billingRecordId=draft["id"])
    seen = await api.query("{ timeEntries { nodes { billingState } } billingRecords { nodes { id } } }")

    assert deleted == {"status": "DELETED"}
    assert seen == {"timeEntries": {"nodes": [{"billingState": "UNBILLED"}]}, "billingRecords": {"nodes": []}}


async def test_a_target_is_connected_mapped_and_a_parked_delivery_sent_again(
    api: Api, ids: Ids, tmp_path: Path
) -> None:
    initialise(tmp_path, ["Assets:Receivable", "Income:Services"], "EUR", MovableClock().now.date())
    connection = await api.do(
        "createConnection",
        "connection { id name direction status }",
        direction="TARGET",
        connector="beancount",
        name="Books",
        config={"folder": str(tmp_path)},
    )
    await logged(api, ids, "8")
    record = await api.do("createBillingRecord", "billingRecord { id }", projectIds=[ids.portal])
    await api.do("confirmBillingRecord", "billingRecord { id }", billingRecordId=record["id"])
    await api.do("postBillingRecord", "billingRecord { id }", billingRecordId=record["id"])
    [parked] = (await api.query("{ deliveries { nodes { id state errorCode connectionName } } }"))["deliveries"][
        "nodes"
    ]
    accounts = (await api.query("{ accounts { nodes { id code } } }"))["accounts"]["nodes"]
    for account in accounts:
        name = "Assets:Receivable" if account["code"] == "1200" else "Income:Services"
        await api.do("mapAccount", "connection { id }", connectionId=connection["id"], accountId=account["id"],
                     externalCode=name)  # fmt: skip
    await api.do("mapParty", "connection { id }", connectionId=connection["id"], companyId=ids.museum,
                 externalName="Museum")  # fmt: skip
    retried = await api.do("retryDelivery", "delivery { state reference }", deliveryId=parked["id"])

    assert connection["status"] == "ACTIVE"
    assert (parked["state"], parked["errorCode"]) == ("PARKED", "MAPPING_MISSING")
    assert parked["connectionName"] == "Books"
    assert retried == {"state": "PENDING", "reference": "BR-00001-r1"}


async def test_a_source_is_connected_pulled_and_its_names_linked(api: Api, ids: Ids, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("Client\n")
    connection = await api.do(
        "createConnection",
        "connection { id }",
        direction="SOURCE",
        connector="csv",
        name="Exports",
        config={"path": str(tmp_path), "profile": "toggl-detailed"},
    )
    pulled = await api.do("pullConnection", "connection { name unmapped }", connectionId=connection["id"])
    linked = await api.mutate(
        "linkExternalName",
        "posted connection { name }",
        connectionId=connection["id"],
        kind="PERSON",
        externalName="bob",
        targetId=ids.person,
    )
    seen = await api.query(
        "query($id: ID!) { sourceRecords(connectionId: $id, statuses: [UNMAPPED]) { nodes { reason } } }",
        id=connection["id"],
    )

    assert pulled == {"name": "Exports", "unmapped": 0}
    assert (linked["posted"], linked["connection"]) == (0, {"name": "Exports"})
    assert seen["sourceRecords"]["nodes"] == []


NEW = {"code": "X", "name": "X"}
SOURCE = {"direction": "SOURCE", "name": "N"}
REFUSALS: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("createCompany", {"name": " ", "currency": "EUR"}, "NAME_INVALID", "name"),
    ("createCompany", {"name": "A", "currency": "XXX"}, "UNKNOWN_CURRENCY", "currency"),
    ("createCompany", {"name": "Meridian Museum", "currency": "EUR"}, "EXISTS", None),
    ("createCompany", {"name": "A\0B", "currency": "EUR"}, "TEXT_INVALID", None),
    ("createProject", {**NEW, "companyId": "nonsense"}, "ID_INVALID", "companyId"),
    ("createProject", {**NEW, "companyId": global_id("Role", 1)}, "ID_OF_OTHER_TYPE", "companyId"),
    ("createProject", {**NEW, "companyId": global_id("Company", 999)}, "COMPANY_UNKNOWN", "companyId"),
    ("logTime", {"entries": []}, "ENTRY_COUNT", "entries"),
    ("recalculate", {"scope": {"projectIds": ["x"]}}, "ID_INVALID", "projectIds"),
    ("recalculate", {"scope": {"firstDay": "2026-02-01", "lastDay": "2026-01-01"}}, "PERIOD_REVERSED", "lastDay"),
    ("commitRecalculation", {"previewId": global_id("RecalculationRun", 999)}, "RUN_UNKNOWN", "runId"),
    ("undoRecalculation", {"runId": global_id("RecalculationRun", 999)}, "RUN_UNKNOWN", "runId"),
    ("cancelRecalculation", {"runId": global_id("Project", 1)}, "ID_OF_OTHER_TYPE", "runId"),
    ("confirmBillingRecord", {"billingRecordId": global_id("BillingRecord", 999)}, "BILLING_RECORD_UNKNOWN", None),
    ("createConnection", {**SOURCE, "connector": "none"}, "CONNECTOR_UNKNOWN", "connector"),
    ("createConnection", {**SOURCE, "connector": "csv", "config": 5}, "CONFIG_INVALID", "config"),
    ("createRole", {"name": "A", "idempotencyKey": " "}, "IDEMPOTENCY_KEY_INVALID", "idempotencyKey"),
]  # fmt: skip


@pytest.mark.parametrize(("mutation", "given", "code", "field"), REFUSALS)
async def test_what_is_refused_says_why_and_where(
    api: Api, ids: Ids, mutation: str, given: dict[str, Any], code: str, field: str | None
) -> None:
    payload = await api.mutate(mutation, "__typename", **given)
    assert [(one["code"], one["field"]) for one in payload["userErrors"]] == [(code, field)]


async def test_a_number_must_be_a_decimal_string(api: Api, ids: Ids) -> None:
    entry = {"personId": ids.person, "projectId": ids.portal, "workDate": "2026-11-02"}
    for hours in (1.5, "NaN", "1e3", "0x10", ""):
        query = "mutation($i: LogTimeInput!) { logTime(input: $i) { dryRun } }"
        variables = {"i": {"idempotencyKey": "k", "entries": [{**entry, "hours": hours}]}}
        assert await api.code(query, **variables) == "DOCUMENT_INVALID"


async def test_expenses_by_the_unit_take_the_price_of_their_type_once(api: Api, ids: Ids) -> None:
    mileage = await api.do(
        "createExpenseType",
        "expenseType { name unit unitRate currency isBuiltIn }",
        name="Mileage",
        unit="KILOMETER",
        unitRate="0.2345",
        currency="EUR",
    )
    assert mileage == {
        "name": "Mileage", "unit": "KILOMETER", "unitRate": "0.2345", "currency": "EUR", "isBuiltIn": False,
    }  # fmt: skip
    values = {"projectId": ids.portal, "expenseType": "Mileage", "description": "To the museum", "paidOn": "2026-11-02"}
    expense = await api.do("addExpense", "expense { actualAmount { amount currency } }", actualUnits="123", **values)
    assert expense == {"actualAmount": {"amount": "28.84", "currency": "EUR"}}  # 28.8435


UNITS = (
    # expense type   what is given                                  code
    ("Travel",       {"actualUnits": "3"},                          "UNIT_PRICE_MISSING"),
    ("Mileage",      {"actualUnits": "3", "actualAmount": "1.00"},  "AMOUNT_AND_UNITS"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "code"), UNITS)
async def test_units_that_do_not_fit_are_refused(
    api: Api, ids: Ids, kind: str, given: dict[str, str], code: str
) -> None:
    await api.do("createExpenseType", "expenseType { name }", name="Mileage", unit="KM", unitRate="1", currency="EUR")
    values = {"projectId": ids.portal, "expenseType": kind, "description": "x", **given}
    assert await api.user_error("addExpense", **values) == code


async def test_hours_of_a_kind_that_does_not_count_as_revenue_cost_and_never_earn(api: Api, ids: Ids) -> None:
    kind = await api.do("createHourType", "hourType { id countsAsRevenue }", name="Rework", countsAsRevenue=False)
    assert kind["countsAsRevenue"] is False
    entry = {"personId": ids.person, "projectId": ids.portal, "workDate": "2026-11-02", "hours": "2"}
    entry["hourTypeId"] = kind["id"]
    logged_entry = (
        await api.do("logTime", "timeEntries { cost { amount } revenue { amount } billingState }", entries=[entry])
    )[0]
    assert logged_entry["cost"]["amount"] != "0.00"
    assert (logged_entry["revenue"]["amount"], logged_entry["billingState"]) == ("0.00", "NOT_BILLABLE")

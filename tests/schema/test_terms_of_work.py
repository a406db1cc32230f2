"""People, issues, general time, kinds of hours, preferences and expenses, as a front end sees them."""

from __future__ import annotations

from typing import Any

import pytest

from hourledger.core.access import Permission
from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.support.world import World


async def test_1_6_role_sets_are_written_and_listed(api: Api, ids: Ids) -> None:
    designer = await api.do("createRole", "role { id description }", name="Designer", description="Draws")
    shares = [
        {"roleId": designer["id"], "sharePercent": "60"},
        {"roleId": ids.role, "sharePercent": "40", "isPrimary": False},
    ]
    person = await api.do(
        "setPersonRoles",
        """person { primaryRole { name } roles { sharePercent isPrimary role { name } }
           roleSets { validFrom lastDay roles { role { name } } } }""",
        personId=ids.person,
        validFrom="2026-11-02",
        roles=shares,
    )
    refused = await api.mutate("setPersonRoles", "__typename", personId=ids.person, roles=shares[:1])

    assert designer["description"] == "Draws"
    assert person == {
        "primaryRole": {"name": "Designer"},
        "roles": [
            {"sharePercent": "60.00", "isPrimary": True, "role": {"name": "Designer"}},
            {"sharePercent": "40.00", "isPrimary": False, "role": {"name": "Developer"}},
        ],
        "roleSets": [
            {"validFrom": None, "lastDay": "2026-11-01", "roles": [{"role": {"name": "Developer"}}]},
            {
                "validFrom": "2026-11-02",
                "lastDay": None,
                "roles": [{"role": {"name": "Designer"}}, {"role": {"name": "Developer"}}],
            },
        ],
    }
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("SHARES_NOT_100", "sharePercent")]


async def test_1_7_people_and_roles_are_changed_and_roles_deleted(api: Api, ids: Ids) -> None:
    person = await api.do(
        "editPerson", "person { name costRateOverrideAllowed }", personId=ids.person, costRateOverrideAllowed=True
    )
    unused = await api.do("createRole", "role { id }", name="Unused")
    renamed = await api.do("editRole", "role { name isActive }", roleId=unused["id"], name="Spare", isActive=False)
    gone = await api.mutate("deleteRole", "deletedId role { name }", roleId=unused["id"])
    other = await api.do("createRole", "role { id }", name="Other")
    kept = await api.mutate("deleteRole", "deletedId role { isActive }", roleId=ids.role, replacementRoleId=other["id"])

    assert person == {"name": "Bob Best", "costRateOverrideAllowed": True}
    assert renamed == {"name": "Spare", "isActive": False}
    assert (gone["deletedId"], gone["role"]) == (unused["id"], None)
    assert (kept["deletedId"], kept["role"]) == (None, {"isActive": False})


async def test_ct_14_job_roles_for_billing_are_set_listed_and_removed(api: Api, ids: Ids) -> None:
    senior = await api.do("createRole", "role { id }", name="Senior")
    days = {"projectId": ids.portal, "personId": ids.person, "validFrom": "2026-08-01", "lastDay": "2026-08-31"}
    made = await api.do("setProjectBillingRole", "projectBillingRole { id }", roleId=senior["id"], **days)
    overlap = await api.user_error("setProjectBillingRole", roleId=ids.role, **days)
    task = await api.query("query($id: ID!) { node(id: $id) { ... on Task { assignments { id } } } }", id=ids.build)
    assignment = task["node"]["assignments"][0]["id"]
    billed = await api.do(
        "setAssignmentBilling",
        "assignment { isBillable billingRole { name } }",
        assignmentId=assignment,
        isBillable=False,
        billingRoleId=senior["id"],
    )
    again = await api.do(
        "setAssignmentBilling",
        "assignment { isBillable billingRole { name } }",
        assignmentId=assignment,
        isBillable=True,
    )
    none = await api.do(
        "setAssignmentBilling", "assignment { billingRole { name } }", assignmentId=assignment, billingRoleId=None
    )
    listed = "query($id: ID!) { project(id: $id) { billingRoles { validFrom lastDay person { name } role { name } } } }"
    before = await api.query(listed, id=ids.portal)
    removed = await api.do("removeProjectBillingRole", "deletedId", projectBillingRoleId=made["id"])
    after = await api.query(listed, id=ids.portal)

    assert overlap == "BILLING_ROLE_OVERLAP"
    assert billed == {"isBillable": False, "billingRole": {"name": "Senior"}}
    assert again == {"isBillable": True, "billingRole": {"name": "Senior"}}
    assert none == {"billingRole": None}
    assert before["project"]["billingRoles"] == [
        {"validFrom": "2026-08-01", "lastDay": "2026-08-31", "person": {"name": "Bob Best"}, "role": {"name": "Senior"}}
    ]
    assert removed == made["id"]
    assert after["project"]["billingRoles"] == []


async def test_1_5_an_issue_takes_hours_and_shows_what_they_cost(api: Api, ids: Ids) -> None:
    issue = await api.do(
        "createIssue", "issue { id name assignments { person { name } issue { name } task { name } } }",
        projectId=ids.portal, name="Login fails", personId=ids.person,
    )  # fmt: skip
    entry = {"personId": ids.person, "projectId": ids.portal, "workDate": "2026-11-02", "hours": "2"}
    [logged] = await api.do(
        "logTime",
        "timeEntries { id hourType issue { name } task { name } }",
        entries=[{**entry, "issueId": issue["id"]}],
    )
    shown = await api.query(
        """query($id: ID!) { project(id: $id) { tasks { nodes { name } }
           issues { nodes { actualHours actualCost { amount } timeEntries { nodes { hours } } } } } }""",
        id=ids.portal,
    )
    moved = await api.do(
        "editTime", "timeEntry { hourType task { name } issue { name } }",
        timeEntryId=logged["id"], hours="2", workDate="2026-11-02", taskId=ids.build,
    )  # fmt: skip
    both = await api.user_error("logTime", entries=[{**entry, "issueId": issue["id"], "taskId": ids.build}])

    assert issue["assignments"] == [{"person": {"name": "Bob Best"}, "issue": {"name": "Login fails"}, "task": None}]
    assert {**logged, "id": None} == {
        "id": None, "hourType": "Issue Time", "issue": {"name": "Login fails"}, "task": None,
    }  # fmt: skip
    assert [one["name"] for one in shown["project"]["tasks"]["nodes"]] == ["Build"]
    assert shown["project"]["issues"]["nodes"] == [
        {"actualHours": "2.00", "actualCost": {"amount": "100.00"}, "timeEntries": {"nodes": [{"hours": "2.00"}]}}
    ]
    assert moved == {"hourType": "Task Time", "task": {"name": "Build"}, "issue": None}
    assert both == "ONE_OF_TWO"
    found = await api.query("query($id: ID!) { node(id: $id) { ... on Issue { name } } }", id=issue["id"])
    assert found == {"node": {"name": "Login fails"}}


async def test_2_10_general_time_is_listed_in_the_currency_of_the_books(api: Api, ids: Ids) -> None:
    entry = {"personId": ids.person, "workDate": "2026-11-02", "hours": "2"}
    await api.do("logTime", "timeEntries { id }", entries=[entry, {**entry, "projectId": ids.portal}])
    query = """query($general: Boolean) { timeEntries(isGeneral: $general) { nodes {
        hourType type { scope } project { code } billingState cost { currency } } } }"""
    general = (await api.query(query, general=True))["timeEntries"]["nodes"]
    assert general == [
        {
            "hourType": "General Overhead", "type": {"scope": "GENERAL"}, "project": None,
            "billingState": "NOT_BILLABLE", "cost": {"currency": "EUR"},
        }
    ]  # fmt: skip
    assert len((await api.query(query, general=False))["timeEntries"]["nodes"]) == 1
    assert len((await api.query(query))["timeEntries"]["nodes"]) == 2


async def test_1_10_kinds_of_hours_are_changed_and_chosen_for_a_project(api: Api, ids: Ids) -> None:
    made = [await api.do("createHourType", "hourType { id }", name=one) for one in ("Rework", "Travel")]
    edited = await api.do(
        "editHourType", "hourType { name description isActive }", hourTypeId=made[0]["id"], name="Repair",
        description="Ours to pay",
    )  # fmt: skip
    project = await api.do(
        "setProjectHourTypes", "project { filtersHourTypes hourTypes { nodes { name } } }",
        projectId=ids.portal, hourTypeIds=[made[0]["id"]],
    )  # fmt: skip
    assert edited == {"name": "Repair", "description": "Ours to pay", "isActive": True}
    assert project["filtersHourTypes"] is True
    names = [one["name"] for one in project["hourTypes"]["nodes"]]
    assert names == ["Issue Time", "Project Time", "Repair", "Task Time"]


async def test_tick_7_kinds_of_hours_are_chosen_for_a_person(api: Api, ids: Ids) -> None:
    made = [await api.do("createHourType", "hourType { id }", name=one) for one in ("Rework", "Travel")]
    await api.do("createHourType", "hourType { id }", name="Standby", scope="GENERAL")
    shown = "person { filtersHourTypes hourTypes { nodes { name isBuiltIn } } }"
    chosen = await api.do("setPersonHourTypes", shown, personId=ids.person, hourTypeIds=[made[0]["id"]])
    refused = await api.mutate(
        "logTime", "__typename",
        entries=[{"personId": ids.person, "projectId": ids.portal, "workDate": "2026-06-01", "hours": "1",
                  "hourTypeId": made[1]["id"]}],
    )  # fmt: skip
    everything = await api.do("setPersonHourTypes", shown, personId=ids.person)

    def own(person: dict[str, Any]) -> list[str]:
        return [one["name"] for one in person["hourTypes"]["nodes"] if not one["isBuiltIn"]]

    assert (chosen["filtersHourTypes"], own(chosen)) == (True, ["Rework"])
    assert (everything["filtersHourTypes"], own(everything)) == (False, ["Rework", "Standby", "Travel"])
    assert refused["userErrors"] == [
        {
            "code": "HOUR_TYPE_NOT_AVAILABLE",
            "field": "hourTypeId",
            "message": "Travel is not in the selection of Bob Best. Choose one of: Project Time, Rework.",
        }
    ]


async def test_1_1_preferences_are_shown_and_set(api: Api, ids: Ids) -> None:
    wanted = "preferences { logOnProjects logOnFutureDates hourEditing }"
    done = await api.do("setPreferences", wanted, logOnProjects=False, hourEditing="ENTERER")
    assert done == {"logOnProjects": False, "logOnFutureDates": True, "hourEditing": "ENTERER"}
    assert (await api.query(f"{{ {wanted} }}"))["preferences"] == done
    refused = await api.mutate("setPreferences", "__typename", logOnProjects=None)
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("PREFERENCE_INVALID", "logOnProjects")]


async def test_6_expenses_are_edited_deleted_and_filtered(api: Api, ids: Ids) -> None:
    values = {"projectId": ids.portal, "expenseType": "Travel"}
    train = await api.do(
        "addExpense", "expense { id type { id } }", description="Train", actualAmount="50", paidOn="2026-06-15",
        isBillable=True, taskId=ids.build, **values,
    )  # fmt: skip
    hotel = await api.do("addExpense", "expense { id }", description="Hotel", actualAmount="90", **values)
    edited = await api.do(
        "editExpense",
        "expense { description actualAmount { amount } paidOn isReimbursed isLocked task { name } }",
        expenseId=train["id"],
        actualAmount="-70",
        isReimbursable=True,
        isReimbursed=True,
    )
    query = """query($task: ID, $type: ID, $billable: Boolean, $first: Date, $last: Date) {
        expenses(taskId: $task, expenseTypeId: $type, isBillable: $billable, firstDay: $first, lastDay: $last) {
        nodes { description } } }"""
    found = {}
    for name, filters in {
        "task": {"task": ids.build},
        "type": {"type": train["type"]["id"]},
        "billable": {"billable": False},
        "june": {"first": "2026-06-01", "last": "2026-06-30"},
    }.items():
        nodes = (await api.query(query, **filters))["expenses"]["nodes"]
        found[name] = [one["description"] for one in nodes]
    deleted = await api.do("deleteExpense", "deletedId", expenseId=hotel["id"])
    left = await api.query(
        """query($id: ID!) { project(id: $id) { expenses { nodes { description } } tasks { nodes {
           expenses { nodes { description } } } } finances { actualExpenseCost { amount } } } }""",
        id=ids.portal,
    )

    assert edited == {
        "description": "Train", "actualAmount": {"amount": "-70.00"}, "paidOn": "2026-06-15", "isReimbursed": True,
        "isLocked": False, "task": {"name": "Build"},
    }  # fmt: skip
    assert found == {"task": ["Train"], "type": ["Hotel", "Train"], "billable": ["Hotel"], "june": ["Train"]}
    assert deleted == hotel["id"]
    assert left["project"] == {
        "expenses": {"nodes": [{"description": "Train"}]},
        "tasks": {"nodes": [{"expenses": {"nodes": [{"description": "Train"}]}}]},
        "finances": {"actualExpenseCost": {"amount": "-70.00"}},
    }


async def test_1_11_kinds_of_expenses_are_changed_and_deleted(api: Api, ids: Ids) -> None:
    kind = await api.do(
        "createExpenseType", "expenseType { id }", name="Mileage", unit="KM", unitRate="1", currency="EUR"
    )
    edited = await api.do(
        "editExpenseType", "expenseType { unitRate unit }", expenseTypeId=kind["id"], name="Mileage", unit="MILE",
        unitRate="1.0375", currency="EUR",
    )  # fmt: skip
    gone = await api.mutate("deleteExpenseType", "deletedId expenseType { name }", expenseTypeId=kind["id"])
    assert edited == {"unitRate": "1.0375", "unit": "MILE"}
    assert (gone["deletedId"], gone["expenseType"]) == (kind["id"], None)


async def test_3_9_the_overtime_ratio_shows_on_the_task(api: Api, ids: Ids) -> None:
    task = await api.do(
        "createTask", "task { id }", projectId=ids.portal, name="Night", revenueType="USER_AND_ROLE_HOURLY"
    )
    done = await api.do("setOvertimeRatio", "task { overtimeRatio }", taskId=task["id"], overtimeRatio="1.5")
    assert done == {"overtimeRatio": "1.5000"}


NEEDS: tuple[tuple[str, dict[str, Any], Permission], ...] = (
    # mutation                  what is given                                          one permission is not enough
    ("setPersonRoles",         {"personId": "Person", "roles": []},                    Permission.EDIT_PROJECTS),
    ("editPerson",             {"personId": "Person"},                                 Permission.EDIT_PROJECTS),
    ("deleteRole",             {"roleId": "Role"},                                     Permission.EDIT_PROJECTS),
    ("setProjectBillingRole",  {"projectId": "Project", "personId": "Person",
                                "roleId": "Role"},                                     Permission.EDIT_PROJECTS),
    ("setOvertimeRatio",       {"taskId": "Task"},                                     Permission.EDIT_PROJECTS),
    ("createIssue",            {"projectId": "Project", "name": "X"},                  Permission.LOG_TIME),
    ("setProjectHourTypes",    {"projectId": "Project"},                               Permission.LOG_TIME),
    ("setPersonHourTypes",     {"personId": "Person"},                                 Permission.EDIT_PROJECTS),
    ("setPreferences",         {},                                                     Permission.EDIT_PROJECTS),
    ("editHourType",           {"hourTypeId": "HourType"},                             Permission.EDIT_PROJECTS),
    ("editExpenseType",        {"expenseTypeId": "ExpenseType", "name": "X"},          Permission.EDIT_PROJECTS),
    ("editExpense",            {"expenseId": "Expense"},                               Permission.VIEW_GENERAL_FINANCE),
    ("deleteExpense",          {"expenseId": "Expense"},                               Permission.VIEW_GENERAL_FINANCE),
)  # fmt: skip


async def test_9_4_each_mutation_needs_its_permissions(
    api: Api, ids: Ids, world: World, token_with: IssueToken
) -> None:
    await api.do("addExpense", "expense { id }", projectId=ids.portal, expenseType="Travel", description="x")
    rows = {"Person": world.person, "Role": world.role, "Project": world.portal, "Task": world.build}
    for mutation, given, held in NEEDS:
        caller = api.as_caller(await token_with(held))
        body = {
            name: global_id(value, rows.get(value, 1)) if name.endswith("Id") else value
            for name, value in given.items()
        }
        assert await caller.user_error(mutation, **body) == "PERMISSION_DENIED", mutation


@pytest.mark.parametrize("query", ["{ expenses { nodes { id } } }", "{ preferences { logOnProjects } }"])
async def test_9_4_lists_need_their_permissions(api: Api, token_with: IssueToken, query: str) -> None:
    assert await api.as_caller(await token_with(Permission.LOG_TIME)).code(query) == "PERMISSION_DENIED"

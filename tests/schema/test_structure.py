"""Moving, copying and deleting through HTTP."""

from __future__ import annotations

from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import Ids


async def test_4_7_a_task_moves_with_its_hours(api: Api, ids: Ids) -> None:
    task = await api.do("createTask", "task { id }", projectId=ids.portal, name="Wander")
    work = {
        "personId": ids.person,
        "projectId": ids.portal,
        "taskId": task["id"],
        "workDate": "2026-06-15",
        "hours": "1",
    }
    await api.do("logTime", "timeEntries { id }", entries=[work])
    given = {"taskId": task["id"], "toProjectId": ids.dashboard}
    wanted = "task { name costType project { code } } issue { name }"
    rehearsed = await api.mutate("moveTask", wanted, dryRun=True, **given)
    assert (rehearsed["task"]["project"]["code"], rehearsed["dryRun"]) == ("FLEET", True)
    moved = await api.mutate("moveTask", wanted, **given)
    assert moved["task"] == {"name": "Wander", "costType": "USER_HOURLY", "project": {"code": "FLEET"}}
    assert moved["issue"] is None
    finances = await api.query('{ project(code: "FLEET") { finances { actualRevenue { amount currency } } } }')
    assert finances["project"]["finances"]["actualRevenue"] == {"amount": "200.00", "currency": "USD"}
    issue = await api.do("createIssue", "issue { id }", projectId=ids.portal, name="Bug")
    moved = await api.mutate("moveTask", "task { name } issue { name }", issueId=issue["id"], toProjectId=ids.dashboard)
    assert (moved["task"], moved["issue"]) == (None, {"name": "Bug"})


async def test_a_task_or_an_issue_is_deleted_and_gone(api: Api, ids: Ids) -> None:
    issue = await api.do("createIssue", "issue { id }", projectId=ids.portal, name="Bug")
    done = await api.do("setIssueStatus", "issue { status }", issueId=issue["id"], status="COMPLETE")
    assert done == {"status": "COMPLETE"}
    for given, gone in (({"issueId": issue["id"]}, issue["id"]), ({"taskId": ids.build}, ids.build)):
        deleted = await api.mutate("deleteTask", "deletedId project { code }", reason="done with", **given)
        assert (deleted["deletedId"], deleted["project"]) == (gone, {"code": "PORTAL"})
        assert (await api.query("query($id: ID!) { node(id: $id) { id } }", id=gone))["node"] is None
    tasks = await api.query('{ project(code: "PORTAL") { tasks { nodes { id } } issues { nodes { id } } } }')
    assert tasks["project"] == {"tasks": {"nodes": []}, "issues": {"nodes": []}}


async def test_a_project_is_deleted_and_restored(api: Api, ids: Ids) -> None:
    gone = await api.do("deleteProject", "deletedId", projectId=ids.portal)
    assert gone == ids.portal
    assert (await api.query('{ project(code: "PORTAL") { id } }'))["project"] is None
    assert (await api.query("query($id: ID!) { node(id: $id) { id } }", id=ids.build))["node"] is None
    back = await api.do("restoreProject", "project { code tasks { nodes { id } } }", projectId=gone)
    assert back == {"code": "PORTAL", "tasks": {"nodes": [{"id": ids.build}]}}


async def test_a_task_is_copied(api: Api, ids: Ids) -> None:
    copied = await api.do("copyTask", "task { name revenueType }", taskId=ids.build, withFinances=False)
    assert copied == {"name": "Build (2)", "revenueType": "NOT_BILLABLE"}


async def test_what_is_wrong_is_said(api: Api, ids: Ids) -> None:
    for mutation, given, code in (
        ("moveTask", {}, "ONE_OF_TWO"),
        ("moveTask", {"taskId": ids.build, "issueId": global_id("Issue", 1)}, "ONE_OF_TWO"),
        ("moveTask", {"taskId": global_id("Project", 1)}, "ID_OF_OTHER_TYPE"),
        ("moveTask", {"taskId": ids.build, "underTaskId": ids.build}, "TASK_CYCLE"),
        ("deleteTask", {}, "ONE_OF_TWO"),
        ("deleteTask", {"issueId": ids.build}, "ID_OF_OTHER_TYPE"),
        ("copyTask", {"taskId": global_id("Task", 10**9)}, "TASK_UNKNOWN"),
        ("deleteProject", {"projectId": global_id("Project", 10**9)}, "PROJECT_UNKNOWN"),
        ("restoreProject", {"projectId": ids.portal}, "PROJECT_UNKNOWN"),
    ):
        assert await api.user_error(mutation, **given) == code


async def test_1_1_what_becomes_of_hours_is_a_preference(api: Api, ids: Ids) -> None:
    wanted = "preferences { onTaskOrIssueDelete onProjectDelete allowDeleteWithLoggedHours allowMoveWithLoggedHours }"
    assert (await api.query(f"{{ {wanted} }}"))["preferences"] == {
        "onTaskOrIssueDelete": "MOVE_TO_PROJECT",
        "onProjectDelete": "KEEP_AS_GENERAL",
        "allowDeleteWithLoggedHours": True,
        "allowMoveWithLoggedHours": True,
    }
    changed = await api.do(
        "setPreferences", wanted, onTaskOrIssueDelete="DELETE", onProjectDelete="DELETE", allowMoveWithLoggedHours=False
    )
    assert changed == {
        "onTaskOrIssueDelete": "DELETE",
        "onProjectDelete": "DELETE",
        "allowDeleteWithLoggedHours": True,
        "allowMoveWithLoggedHours": False,
    }

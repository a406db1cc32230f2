"""Templates through HTTP: made, listed apart, applied once per key."""

from __future__ import annotations

from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import Ids

COUNTS = "project { code fixedCost { amount } } tasks assignments expenses rates rateCards"


async def test_4_7_a_template_is_listed_apart_and_applied(api: Api, ids: Ids) -> None:
    template = await api.do("createProject", "project { id isTemplate }", code="T", name="T", isTemplate=True)
    assert template["isTemplate"] is True
    for listed, codes in (("", ["FLEET", "PORTAL"]), ("(templates: true)", ["T"])):
        found = await api.query(f"{{ projects{listed} {{ nodes {{ code }} }} }}")
        assert [one["code"] for one in found["projects"]["nodes"]] == codes
    await api.do("editProjectFinances", "project { id }", projectId=template["id"], fixedCost="20")
    await api.do("createTask", "task { id }", projectId=template["id"], name="Build", plannedStart="2026-06-15")
    given = {"projectId": ids.portal, "templateId": template["id"], "startDate": "2027-01-04", "idempotencyKey": "k"}
    for _ in range(2):
        applied = await api.mutate("applyTemplate", COUNTS, **given)
        assert applied == {
            "project": {"code": "PORTAL", "fixedCost": {"amount": "20.00"}},
            "tasks": 1,
            "assignments": 0,
            "expenses": 0,
            "rates": 0,
            "rateCards": 0,
            "userErrors": [],
            "dryRun": False,
        }
    tasks = (await api.query('{ project(code: "PORTAL") { tasks { nodes { name plannedStart } } } }'))["project"]
    assert tasks["tasks"]["nodes"][-1] == {"name": "Build (2)", "plannedStart": "2027-01-04"}


async def test_what_is_wrong_with_applying_is_said(api: Api, ids: Ids) -> None:
    for given, code in (
        ({"projectId": ids.portal, "templateId": ids.dashboard}, "NOT_A_TEMPLATE"),
        ({"projectId": ids.portal, "templateId": global_id("Task", 1)}, "ID_OF_OTHER_TYPE"),
    ):
        assert await api.user_error("applyTemplate", **given) == code

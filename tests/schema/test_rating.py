"""Why an hour is worth what it is, rate policies and preserved rates, as a front end asks for them."""

from __future__ import annotations

from hourledger.core.access import Permission
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken

STEPS = "rate { amount currency unitHours } amount { amount } basis conversion steps { level subject outcome }"


async def test_an_entry_says_why_and_an_hour_that_was_not_logged_too(api: Api, ids: Ids) -> None:
    entry = {"personId": ids.person, "projectId": ids.dashboard, "workDate": "2026-06-15", "hours": "2"}
    logged = (
        await api.do(
            "logTime",
            "timeEntries { valuation { cost { amount } "
            f"why {{ policyVersion replays revenue {{ {STEPS} }} }} }} }}",
            entries=[entry],
        )
    )[0]["valuation"]
    why = logged["why"]
    assert (logged["cost"]["amount"], why["policyVersion"], why["replays"]) == ("200.00", "workfront-1", True)
    revenue = why["revenue"]
    assert revenue["rate"] == {"amount": "100.00", "currency": "EUR", "unitHours": "1.00"}
    assert (revenue["amount"]["amount"], revenue["basis"], revenue["conversion"]) == ("400.00", "TIME", "2")
    assert revenue["steps"][-1] == {"level": "PERSON", "subject": "OWNER", "outcome": "found 100.00 EUR/h"}
    supposed = await api.query(
        f'query($who: ID!, $task: ID!) {{ explainRate(personId: $who, taskId: $task, on: "2026-06-15")'
        f" {{ policyVersion cost {{ {STEPS} }} revenue {{ {STEPS} }} }} }}",
        who=ids.person,
        task=ids.build,
    )
    assert supposed["explainRate"]["cost"]["amount"]["amount"] == "50.00"
    assert supposed["explainRate"]["revenue"]["amount"]["amount"] == "100.00"


async def test_the_explanation_needs_both_rate_permissions(api: Api, ids: Ids, token_with: IssueToken) -> None:
    clerk = api.as_caller(await token_with(Permission.VIEW_PROJECTS, Permission.VIEW_COST_RATES))
    query = 'query($who: ID!) { explainRate(personId: $who, on: "2026-06-15") { policyVersion } }'
    answer = await clerk.answer(query, who=ids.person)
    assert answer["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"


async def test_policies_are_listed_added_and_used(api: Api, ids: Ids) -> None:
    listed = (await api.query("{ ratePolicies { version isInUse isShipped content } }"))["ratePolicies"]
    assert [(one["version"], one["isInUse"]) for one in listed] == [
        ("workfront-1", True),
        ("price-lists-1", False),
        ("fall-through-1", False),
        ("most-specific-1", False),
    ]
    own = listed[2]["content"].replace("fall-through-1", "ours-1")
    added = await api.do("addRatePolicy", "ratePolicy { version isInUse isShipped }", content=own)
    assert added == {"version": "ours-1", "isInUse": False, "isShipped": False}
    used = await api.do("useRatePolicy", "ratePolicy { version isInUse }", version="ours-1", reason="contracts")
    assert used == {"version": "ours-1", "isInUse": True}
    broken = await api.mutate("addRatePolicy", "ratePolicy { version }", content=own.replace("PERSON", "PLANET"))
    assert [one["code"] for one in broken["userErrors"]] == ["POLICY_INVALID"]
    assert "line 7" in broken["userErrors"][0]["message"]
    assert await api.user_error("useRatePolicy", version="none") == "POLICY_UNKNOWN"


async def test_a_project_preserves_its_billing_rates(api: Api, ids: Ids) -> None:
    done = await api.do("preserveBillingRates", "project { preserveBillingRates }", projectId=ids.portal)
    assert done == {"preserveBillingRates": True}
    assert await api.user_error("preserveBillingRates", projectId=ids.portal, isOn=False) == "RATES_PRESERVED"

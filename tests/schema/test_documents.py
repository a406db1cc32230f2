"""Documents over HTTP: the token, the rights and the errors of the API; the figures of the API in the file."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.services.add_expense import ExpenseDraft, add_expense
from hourledger.services.risks import RiskDraft, add_risk
from hourledger.transactions import Transactions
from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import IssueToken
from tests.support.world import World

CASE = """query($id: ID!) { project(id: $id) { businessCase {
    plannedBenefit { amount } budgetedLaborCost { amount } budgetedExpenseCost { amount } fixedCost { amount }
    budgetedCost { amount } totalPotentialRiskCost { amount } potentialRiskCost { amount } netValue { amount }
    roiPercent alignmentScore expenses { nodes { description plannedAmount { amount } } }
    risks { nodes { description probabilityPercent potentialCost { amount } } } project { code } } } }"""


async def get(api: Api, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    async with api.http.get(f"{api.url}/documents/{path}", headers={**api.headers, **headers}) as response:
        return response.status, await response.read(), {key.lower(): value for key, value in response.headers.items()}


@pytest.fixture
async def portal(api: Api, transactions: Transactions, admin: Principal, world: World) -> str:
    """With a benefit, a fixed cost, an expense, a risk and a score."""
    portal = global_id("Project", world.portal)
    figures = {"plannedBenefit": "9000", "fixedCost": "100", "alignmentScore": "82.50"}
    await api.do("editProjectFinances", "project { id }", projectId=portal, **figures)
    async with transactions.begin(admin) as unit:
        draft = ExpenseDraft(world.portal, "Travel", "Train", planned_minor=123_456, planned_on=date(2026, 6, 1))
        await add_expense(unit, draft)
        fire = RiskDraft("Fire", probability_percent=Decimal("12.5"), potential_cost=Decimal(2000))
        await add_risk(unit, world.portal, fire)
    return portal


async def test_tick_101_the_pdf_has_the_figures_of_the_api(api: Api, portal: str) -> None:
    case = (await api.query(CASE, id=portal))["project"]["businessCase"]
    assert case["netValue"] == {"amount": "7415.44"}  # 9,000 - 1,334.56 - 250
    assert (case["roiPercent"], case["alignmentScore"]) == ("574.38", "82.50")
    status, content, headers = await get(api, "business-case/PORTAL.pdf")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "application/pdf", "no-store")
    assert headers["content-disposition"].startswith('attachment; filename="business-case-PORTAL.pdf"')
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    amounts = [value["amount"] for value in case.values() if isinstance(value, dict) and "amount" in value]
    amounts += [one["plannedAmount"]["amount"] for one in case["expenses"]["nodes"]]
    amounts += [one["potentialCost"]["amount"] for one in case["risks"]["nodes"]]
    assert len(amounts) == 10
    assert [one for one in amounts if f"{Decimal(one):,} EUR" not in text] == []
    for words in (
        "Collection Portal",
        "Meridian Museum",
        "Train",
        "Fire",
        "12.50 %",
        "574.38 %",
        "82.50 %",
        "Page 1 of",
    ):
        assert words in text
    _, dutch, _ = await get(api, "business-case/PORTAL.pdf?language=nl-BE")
    assert "7.415,44" in " ".join(PdfReader(io.BytesIO(dutch)).pages[0].extract_text().split())


REFUSED = """
    rights                                              path                              status  code
    -                                                   business-case/PORTAL.pdf          401     NOT_AUTHENTICATED
    VIEW_PROJECTS                                       business-case/PORTAL.pdf          403     PERMISSION_DENIED
    VIEW_PROJECTS,VIEW_GENERAL_FINANCE                  business-case/PORTAL.pdf          403     PERMISSION_DENIED
    VIEW_COST_RATES,VIEW_GENERAL_FINANCE                business-case/PORTAL.pdf          403     PERMISSION_DENIED
    VIEW_PROJECTS,VIEW_GENERAL_FINANCE,VIEW_COST_RATES  business-case/NONE.pdf            404     PROJECT_UNKNOWN
    VIEW_PROJECTS,VIEW_GENERAL_FINANCE,VIEW_COST_RATES  business-case/..%2Fx.pdf          404     PROJECT_UNKNOWN
    VIEW_PROJECTS,VIEW_GENERAL_FINANCE,VIEW_COST_RATES  business-case/A%00B.pdf           422     TEXT_INVALID
    VIEW_PROJECTS,VIEW_GENERAL_FINANCE,VIEW_COST_RATES  business-case/PORTAL.pdf?language=fr  422  LANGUAGE_UNKNOWN
    LOG_TIME                                            snapshot/U25hcHNob3Q6MQ==.jsonl   403     PERMISSION_DENIED
    VIEW_PROJECTS                                       snapshot/U25hcHNob3Q6MQ==.jsonl   404     SNAPSHOT_UNKNOWN
    VIEW_PROJECTS                                       snapshot/nonsense.jsonl           422     ID_INVALID
"""


@pytest.mark.parametrize("row", [line.split() for line in REFUSED.strip().splitlines()[1:]], ids="-".join)
async def test_what_is_refused_is_refused_as_by_the_api(
    api: Api, token_with: IssueToken, portal: str, row: list[str]
) -> None:
    rights, path, status, code = row
    token = None if rights == "-" else await token_with(*(Permission(one) for one in rights.split(",")))
    found, content, headers = await get(api.as_caller(token), path)
    assert (found, json.loads(content)["errors"][0]["extensions"]["code"]) == (int(status), code)
    assert headers["cache-control"] == "no-store"
    assert "content-disposition" not in headers


async def test_only_get_is_answered(api: Api, portal: str) -> None:
    async with api.http.post(f"{api.url}/documents/business-case/PORTAL.pdf", headers=api.headers) as response:
        assert response.status == 405


async def test_a_name_cannot_break_out_of_its_header(api: Api, world: World) -> None:
    code = 'A/B "é\\x'
    await api.do("createProject", "project { id }", code=code, name="Odd", currency="EUR")
    status, _, headers = await get(api, "business-case/A%2FB%20%22%C3%A9%5Cx.pdf")
    assert status == 200
    assert headers["content-disposition"] == (
        "attachment; filename=\"business-case-A_B_x.pdf\"; filename*=UTF-8''business-case-A%2FB%20%22%C3%A9%5Cx.pdf"
    )


async def test_106_a_snapshot_as_json_lines_is_what_the_api_shows_to_the_same_caller(
    api: Api, token_with: IssueToken, portal: str
) -> None:
    taken = await api.do("takeSnapshot", "snapshot { id takenAt }", projectId=portal, name="Start")

    async def lines(caller: Api) -> list[dict[str, Any]]:
        status, content, headers = await get(caller, f"snapshot/{taken['id']}.jsonl")
        assert (status, headers["content-type"]) == (200, "application/jsonl")
        return [json.loads(line) for line in content.decode().splitlines()]

    head, *facts = await lines(api)
    assert (head["snapshot"], head["project"], head["currency"]) == ("Start", "PORTAL", "EUR")
    query = "query($id: ID!) { node(id: $id) { ... on Snapshot { facts(first: 200) { nodes { kind key } } } } }"
    shown = (await api.query(query, id=taken["id"]))["node"]["facts"]["nodes"]
    assert [{"kind": one["kind"], "key": one["key"]} for one in facts] == shown
    [expense] = [one for one in facts if one["kind"] == "EXPENSE"]
    assert expense["facts"]["planned_amount"] == {"amount": "1234.56", "currency": "EUR"}
    blind = api.as_caller(await token_with(*(EVERYTHING - {Permission.VIEW_COST_RATES})))
    _, *seen = await lines(blind)
    assert {one["kind"] for one in facts} - {one["kind"] for one in seen} == {"COST_RATE"}
    assert not any("actual_labor" in one["facts"] for one in seen)


async def test_9_1_the_case_of_the_api_hides_what_is_made_of_cost_rates(
    api: Api, token_with: IssueToken, portal: str
) -> None:
    blind = api.as_caller(await token_with(*(EVERYTHING - {Permission.VIEW_COST_RATES})))
    case = (await blind.query(CASE, id=portal))["project"]["businessCase"]
    assert [name for name, value in case.items() if value is None] == [
        "budgetedLaborCost",
        "budgetedCost",
        "netValue",
        "roiPercent",
    ]

"""Finances of a day and of an instant over the API: the known is shown, the rest is null and the answer says why."""

from __future__ import annotations

from datetime import date
from typing import Any

from graphql import GraphQLObjectType, is_non_null_type
from graphql import build_schema as parse_schema

from hourledger.core.access import Permission, Principal
from hourledger.core.finances.as_of import PLAN_HAS_NO_HISTORY
from hourledger.services.log_time import delete_time
from hourledger.transactions import Transactions
from schema.export import sdl
from tests.conftest import MovableClock
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.support.world import World, log

ASK = """
    query ($id: ID!, $asOf: Date, $knownAt: DateTime) {
        project(id: $id) { finances(asOf: $asOf, knownAt: $knownAt) {
            plannedHours actualHours actualRevenue { amount } unbilledRevenue { amount } plannedCost { amount }
        } }
    }
"""


async def ask(api: Api, ids: Ids, **when: str | None) -> tuple[Any, dict[str, str]]:
    body = await api.answer(ASK, id=ids.portal, **when)
    assert "errors" not in body, body
    unknown = {one["field"]: one["message"] for one in body.get("extensions", {}).get("unknown", [])}
    return body["data"]["project"]["finances"], unknown


async def test_known_figures_are_shown_and_the_plan_is_null_with_the_reason(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal, clock: MovableClock
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "8", date(2026, 6, 1))
        late = await log(unit, world, "2", date(2026, 6, 30))
    clock.move(days=1)
    async with transactions.begin(admin) as unit:
        await delete_time(unit, late)
    clock.move(days=1)

    now, unknown = await ask(api, ids)
    assert (now["plannedHours"], now["actualHours"], unknown) == ("0.00", "8.00", {})
    then, unknown = await ask(api, ids, knownAt="2026-11-02T10:00:00Z")
    assert (then["actualHours"], then["actualRevenue"], then["unbilledRevenue"]) == (
        "10.00", {"amount": "1000.00"}, {"amount": "1000.00"},
    )  # fmt: skip
    assert (then["plannedHours"], then["plannedCost"]) == (None, None)
    assert unknown == dict.fromkeys(
        ("ProjectFinances.plannedHours", "ProjectFinances.plannedCost"), PLAN_HAS_NO_HISTORY
    )
    both, _ = await ask(api, ids, knownAt="2026-11-02T10:00:00Z", asOf="2026-06-01")
    assert both["actualHours"] == "8.00"
    assert await ask(api, ids, knownAt="2025-01-01T00:00:00Z") == (None, {})


async def test_an_instant_without_an_offset_is_an_error_with_a_code(api: Api, ids: Ids) -> None:
    body = await api.answer(ASK, id=ids.portal, knownAt="2026-11-02T10:00:00")
    [error] = body["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("KNOWN_AT_WITHOUT_ZONE", "knownAt")


async def test_figures_of_then_are_hidden_as_those_of_now(api: Api, ids: Ids, token_with: IssueToken) -> None:
    caller = api.as_caller(await token_with(Permission.VIEW_PROJECTS))
    body = await caller.answer(ASK, id=ids.portal, asOf="2026-06-30")
    assert body["data"]["project"]["finances"]["actualRevenue"] is None
    hidden = [one["field"] for one in body["extensions"]["hidden"]]
    assert "ProjectFinances.actualRevenue" in hidden
    assert [one["field"] for one in body["extensions"]["unknown"]] == ["ProjectFinances.plannedHours"]


def test_every_figure_without_a_history_of_its_own_may_be_null() -> None:
    """A figure that cannot be null would fail the whole answer of an as-of query (schema.fields.known_hours)."""
    finances = parse_schema(sdl()).get_type("ProjectFinances")
    assert isinstance(finances, GraphQLObjectType)
    assert [name for name, field in finances.fields.items() if is_non_null_type(field.type)] == ["actualHours"]

"""Exchange rates and currencies through HTTP, as a front end sees them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.transactions import Transactions
from models.database import Database
from resolvers.ids import global_id
from tests.schema.api import Api
from tests.schema.conftest import Ids, IssueToken
from tests.support.world import World, log

RATE = "exchangeRate { id currency rate validFrom lastDay source project { code } }"
LIST = """query($currency: String, $on: Date, $project: ID, $first: Int, $after: String) {
    exchangeRates(currency: $currency, on: $on, projectId: $project, first: $first, after: $after) {
        nodes { currency rate validFrom lastDay } pageInfo { hasNextPage endCursor } } }"""


async def listed(api: Api, **given: object) -> list[tuple[str, str, str | None, str | None]]:
    found = await api.query(LIST, **given)
    return [tuple(one.values()) for one in found["exchangeRates"]["nodes"]]


async def test_ct_36_a_rate_is_set_without_sending_the_others_and_shown_with_its_days_inclusive(
    api: Api, ids: Ids
) -> None:
    made = await api.do("setExchangeRate", RATE, currency="USD", rate="1.50", validFrom="2025-12-01")
    assert made == {
        "id": made["id"],
        "currency": "USD",
        "rate": "1.5",
        "validFrom": "2025-12-01",
        "lastDay": None,
        "source": "api@brightwater.example",
        "project": None,
    }
    assert await listed(api) == [
        ("USD", "2", "2025-01-01", "2025-11-30"),
        ("USD", "1.5", "2025-12-01", None),
    ]
    assert await listed(api, on="2025-11-30") == [("USD", "2", "2025-01-01", "2025-11-30")]
    assert await listed(api, currency="GBP") == []
    again = await api.query("query($id: ID!) { node(id: $id) { ... on ExchangeRate { rate } } }", id=made["id"])
    assert again["node"] == {"rate": "1.5"}


async def test_the_list_is_read_page_by_page(api: Api, ids: Ids) -> None:
    for month in (3, 1, 2):
        await api.do("setExchangeRate", RATE, currency="GBP", rate=f"0.{month}", validFrom=f"2026-0{month}-01")
    seen, after = [], None
    while True:
        page = (await api.query(LIST, first=2, after=after))["exchangeRates"]
        seen += [one["rate"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["0.1", "0.2", "0.3", "2"]


async def test_a_projects_rate_is_listed_with_the_project_and_removed_with_it_alone(api: Api, ids: Ids) -> None:
    given = {"currency": "USD", "rate": "1.5", "projectId": ids.dashboard}
    rehearsed = await api.mutate("setExchangeRate", RATE, dryRun=True, **given)
    assert rehearsed["exchangeRate"]["project"] == {"code": "FLEET"}
    assert await listed(api, project=ids.dashboard) == []
    await api.do("setExchangeRate", RATE, **given)
    assert await listed(api, project=ids.dashboard) == [("USD", "1.5", None, None)]
    assert await listed(api) == [("USD", "2", "2025-01-01", None)]
    assert await api.do("removeExchangeRates", "removed", currency="USD", projectId=ids.dashboard) == 1
    assert await listed(api, project=ids.dashboard) == []
    assert await api.user_error("removeExchangeRates", currency="USD") == "CURRENCY_IN_USE"


async def test_2_the_currencies_that_may_be_chosen_are_that_of_the_books_and_those_with_a_rate(
    api: Api, ids: Ids
) -> None:
    await api.do("setExchangeRate", RATE, currency="JPY", rate="163.37")
    found = await api.query("{ currencies { code isBase decimals } }")
    assert [tuple(one.values()) for one in found["currencies"]] == [
        ("EUR", True, 2),
        ("JPY", False, 0),
        ("USD", False, 2),
    ]


async def test_93_a_project_gets_a_currency_with_a_rate_of_its_own_or_a_date_of_the_systems(api: Api, ids: Ids) -> None:
    shown = "project { currency exchangeRateDate }"
    changed = await api.do("setProjectCurrency", shown, projectId=ids.portal, currency="GBP", exchangeRate="0.8")
    assert changed == {"currency": "GBP", "exchangeRateDate": None}
    assert await listed(api, project=ids.portal) == [("GBP", "0.8", None, None)]
    date_set = {"projectId": ids.portal, "exchangeRateDate": "2026-05-01"}
    assert await api.user_error("setProjectExchangeRateDate", **date_set) == "OWN_EXCHANGE_RATES"
    back = await api.do("setProjectCurrency", shown, projectId=ids.portal)
    assert back["currency"] == "EUR"  # CT-48: null is that of the books
    await api.do("removeExchangeRates", "removed", currency="GBP", projectId=ids.portal)
    dated = await api.do("setProjectExchangeRateDate", shown, **date_set)
    assert dated == {"currency": "EUR", "exchangeRateDate": "2026-05-01"}


async def test_95_with_money_in_it_a_project_keeps_its_currency(
    api: Api, ids: Ids, world: World, transactions: Transactions, admin: Principal
) -> None:
    async with transactions.begin(admin) as unit:
        await log(unit, world, "1", unit.today)
    payload = await api.mutate("setProjectCurrency", "project { currency }", projectId=ids.portal, currency="USD")
    assert payload["project"] is None
    [error] = payload["userErrors"]
    assert (error["field"], error["code"]) == ("currency", "PROJECT_CURRENCY_FIXED")
    assert "logged time" in error["message"]
    assert await api.user_error("setBaseCurrency", currency="USD") == "BASE_CURRENCY_FIXED"


async def test_1_the_currency_of_the_books_is_chosen_while_they_are_empty(api: Api, ids: Ids) -> None:
    assert (await api.mutate("setBaseCurrency", "baseCurrency", currency="USD", dryRun=True))["baseCurrency"] == "USD"
    assert await listed(api) == [("USD", "2", "2025-01-01", None)]
    assert await api.do("setBaseCurrency", "baseCurrency", currency="USD") == "USD"
    found = await api.query("{ viewer { organisation { baseCurrency } } }")
    assert found["viewer"]["organisation"] == {"baseCurrency": "USD"}
    assert await listed(api) == [("EUR", "0.5", "2025-01-01", None)]


async def test_an_import_is_queued_once_per_key(api: Api, ids: Ids, database: Database) -> None:
    given = {"currencies": ["USD"], "since": "2026-01-01", "feed": "DAILY", "idempotencyKey": "import-1"}
    for _ in range(2):
        assert await api.do("importExchangeRates", "currencies", **given) == ["USD"]
    async with database.session() as session:
        queued = await session.execute(text("SELECT args FROM procrastinate_jobs"))
        assert [row.args["feed"] for row in queued] == ["daily"]
    assert await api.user_error("importExchangeRates", currencies=["EUR"]) == "BASE_CURRENCY"


BAD = (
    ({"rate": "0"},                     "EXCHANGE_RATE_INVALID"),
    ({"rate": "10000000000"},           "EXCHANGE_RATE_INVALID"),
    ({"currency": "EUR"},               "BASE_CURRENCY"),
    ({"currency": "usd"},               "UNKNOWN_CURRENCY"),
    ({"validFrom": "2025-01-01"},       "EXCHANGE_RATE_OVERLAP"),
    ({"lastDay": "2026-05-31"},         "PERIOD_REVERSED"),
    ({"projectId": "UHJvamVjdDo5OTk="}, "PROJECT_UNKNOWN"),
)  # fmt: skip


@pytest.mark.parametrize(("wrong", "code"), BAD, ids=[str(one[0]) for one in BAD])
async def test_bad_input_is_a_user_error(api: Api, ids: Ids, wrong: dict[str, str], code: str) -> None:
    given = {"currency": "USD", "rate": "3", "validFrom": "2026-06-01", **wrong}
    assert await api.user_error("setExchangeRate", **given) == code
    assert await listed(api) == [("USD", "2", "2025-01-01", None)]


async def test_without_the_right_nothing_is_set_and_without_any_nothing_is_seen(
    api: Api, ids: Ids, token_with: IssueToken
) -> None:
    manager = api.as_caller(await token_with(*(EVERYTHING - {Permission.ADMINISTER})))
    for mutation, given in (
        ("setExchangeRate", {"currency": "USD", "rate": "3"}),
        ("removeExchangeRates", {"currency": "USD"}),
        ("setBaseCurrency", {"currency": "USD"}),
        ("importExchangeRates", {"currencies": ["USD"]}),
        ("setProjectCurrency", {"projectId": ids.portal, "currency": "USD", "exchangeRate": "3"}),
    ):
        assert await manager.user_error(mutation, **given) == "PERMISSION_DENIED", mutation
    assert await listed(manager) == [("USD", "2", "2025-01-01", None)]
    stranger = api.as_caller(await token_with(Permission.VIEW_LEDGER))
    assert await stranger.code(LIST) == "PERMISSION_DENIED"
    assert await stranger.code("{ currencies { code } }") == "PERMISSION_DENIED"
    node = "query($id: ID!) { node(id: $id) { id } }"
    assert await stranger.code(node, id=global_id("ExchangeRate", 1)) == "PERMISSION_DENIED"

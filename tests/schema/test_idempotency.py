"""The same key has one effect, however often and however simultaneously it comes; a dry run has none."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import text

from models.database import Database
from tests.schema.api import Api
from tests.schema.conftest import Ids

COUNTED = ("project", "time_entry", "valuation", "actual", "billing_record", "event", "audit", "idempotency_key")


async def rows(database: Database) -> dict[str, int]:
    async with database.session() as session:
        return {table: (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() for table in COUNTED}


def entry(ids: Ids, hours: str = "8") -> dict[str, Any]:
    return {"personId": ids.person, "projectId": ids.portal, "workDate": "2026-11-02", "hours": hours}


async def test_the_same_request_again_gives_the_same_answer(api: Api, ids: Ids, database: Database) -> None:
    given = {"idempotencyKey": "again", "entries": [entry(ids)]}
    first = await api.mutate("logTime", "timeEntries { id hours }", **given)
    before = await rows(database)
    second = await api.mutate("logTime", "timeEntries { id hours }", **given)
    assert first == second
    assert await rows(database) == before


async def test_what_is_answered_again_is_the_entity_as_it_is_now(api: Api, ids: Ids) -> None:
    await api.do("logTime", "timeEntries { id }", entries=[entry(ids)])
    given = {"idempotencyKey": "draft", "projectIds": [ids.portal]}
    draft = await api.do("createBillingRecord", "billingRecord { id status }", **given)
    await api.do("confirmBillingRecord", "billingRecord { id }", billingRecordId=draft["id"])
    again = await api.do("createBillingRecord", "billingRecord { id status }", **given)
    assert again == {"id": draft["id"], "status": "CONFIRMED"}


async def test_of_many_twins_one_takes_effect_and_all_get_its_answer(api: Api, ids: Ids, database: Database) -> None:
    given = {"idempotencyKey": "twins", "entries": [entry(ids)]}
    answers = await asyncio.gather(*(api.mutate("logTime", "timeEntries { id }", **given) for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["userErrors"] == []
    assert (await rows(database))["time_entry"] == 1


async def test_another_body_under_the_same_key_is_an_error(api: Api, ids: Ids, database: Database) -> None:
    await api.do("logTime", "timeEntries { id }", idempotencyKey="k", entries=[entry(ids, "8")])
    code = await api.user_error("logTime", idempotencyKey="k", entries=[entry(ids, "7")])
    other = await api.user_error("createRole", idempotencyKey="k", name="Other mutation")
    assert (code, other) == ("IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_REUSED")
    assert (await rows(database))["time_entry"] == 1


async def test_a_key_belongs_to_its_caller(api: Api, ids: Ids, database: Database) -> None:
    await api.do("createRole", "role { id }", idempotencyKey="shared", name="One")
    async with database.session() as session:
        await session.execute(text("UPDATE idempotency_key SET subject = 'somebody else'"))
        await session.commit()
    made = await api.do("createRole", "role { name }", idempotencyKey="shared", name="Two")
    assert made == {"name": "Two"}


async def test_a_failed_mutation_leaves_its_key_free(api: Api, ids: Ids) -> None:
    given = {"idempotencyKey": "retry", "code": "R", "name": "Retried"}
    await api.do("createProject", "project { id }", code="R", name="In the way")
    assert await api.user_error("createProject", **given) == "EXISTS"
    made = await api.do("createProject", "project { code }", **{**given, "code": "S"})
    assert made == {"code": "S"}


async def test_a_dry_run_shows_what_would_be_and_changes_nothing(api: Api, ids: Ids, database: Database) -> None:
    await api.do("logTime", "timeEntries { id }", entries=[entry(ids)])
    before = await rows(database)
    logged = await api.mutate(
        "logTime",
        "timeEntries { hours project { finances { actualHours actualRevenue { amount } } } }",
        entries=[entry(ids)],
        dryRun=True,
    )
    drafted = await api.mutate(
        "createBillingRecord",
        "billingRecord { number totals { total { amount } } lines { nodes { amount { amount } } } }",
        projectIds=[ids.portal],
        dryRun=True,
    )
    assert logged["dryRun"] is True
    assert logged["timeEntries"] == [
        {"hours": "8.00", "project": {"finances": {"actualHours": "16.00", "actualRevenue": {"amount": "1600.00"}}}}
    ]
    assert drafted["billingRecord"] == {
        "number": "BR-00001",
        "totals": {"total": {"amount": "800.00"}},
        "lines": {"nodes": [{"amount": {"amount": "800.00"}}]},
    }
    assert await rows(database) == before
    real = await api.do("createBillingRecord", "billingRecord { number }", projectIds=[ids.portal])
    assert real == {"number": "BR-00001"}  # the rehearsal used up no number


async def test_a_dry_run_is_refused_for_the_same_reasons(api: Api, ids: Ids, database: Database) -> None:
    before = await rows(database)
    assert await api.user_error("createBillingRecord", projectIds=[ids.portal], dryRun=True) == "NOTHING_TO_BILL"
    code = await api.user_error("createProject", code="PORTAL", name="Exists", dryRun=True)
    assert code == "EXISTS"
    assert await rows(database) == before


async def test_several_mutations_in_one_document_each_see_the_one_before(api: Api, ids: Ids) -> None:
    done = await api.query(
        """mutation($a: CreateRoleInput!, $b: CreateRoleInput!, $c: CreateRoleInput!) {
             a: createRole(input: $a) { role { name } }
             b: createRole(input: $b) { role { name } userErrors { code } }
             c: createRole(input: $c) { userErrors { code } } }""",
        a={"idempotencyKey": "1", "name": "Rehearsed", "dryRun": True},
        b={"idempotencyKey": "2", "name": "Rehearsed"},
        c={"idempotencyKey": "3", "name": "Rehearsed"},
    )
    assert done["b"] == {"role": {"name": "Rehearsed"}, "userErrors": []}
    assert done["c"] == {"userErrors": [{"code": "EXISTS"}]}

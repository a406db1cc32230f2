"""A change of something that is not there is never a success, whatever else it says or leaves out."""

from __future__ import annotations

import re
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type, is_list_type, is_required_input_field

from hourledger.core.access import Permission
from resolvers.ids import global_id
from tests.schema.api import SCHEMA, Api
from tests.schema.conftest import IssueToken

NOBODY = 999_999


def only_ids_required() -> dict[str, list[str]]:
    """By mutation the ids it needs, of those that need nothing else."""
    mutations = SCHEMA._schema.mutation_type
    assert isinstance(mutations, GraphQLObjectType)
    found = {}
    for name, mutation in mutations.fields.items():
        given = get_named_type(mutation.args["input"].type)
        assert isinstance(given, GraphQLInputObjectType)
        needed = {one: field for one, field in given.fields.items() if is_required_input_field(field)}
        del needed["idempotencyKey"]
        if needed and all(
            get_named_type(field.type).name == "ID" and not is_list_type(getattr(field.type, "of_type", None))
            for field in needed.values()
        ):
            found[name] = list(needed)
    return found


MUTATIONS = only_ids_required()


async def test_nothing_is_changed_of_what_is_not_there_nor_without_the_right_to(
    api: Api, token_with: IssueToken
) -> None:
    assert len(MUTATIONS) > 50
    looker = api.as_caller(await token_with(Permission.VIEW_PROJECTS))
    other = []
    for mutation, needed in MUTATIONS.items():
        ids = await ids_that_fit(api, mutation, needed)
        error = (await api.mutate(mutation, "__typename", **ids))["userErrors"][0]
        if not error["code"].endswith("_UNKNOWN"):
            other.append((mutation, error["code"]))
        assert error["message"].endswith((".", "!")), (mutation, error)
        assert await looker.user_error(mutation, **ids) in {error["code"], "PERMISSION_DENIED"}, mutation
    assert dict(other) == {
        "setProjectCompany": "COMPANY_MISSING",  # whom, or that it is nobody, has to be said
        "assignToTask": "ASSIGNEE_MISSING",  # neither a person nor a role
        "detachRateCard": "NOT_ATTACHED",
        "relateAttributes": "RELATION_OF_ONE",  # twice the same
    }


async def ids_that_fit(api: Api, mutation: str, needed: list[str]) -> dict[str, Any]:
    """Ids of the types that it asks for, which no row has: it says itself which these are."""
    ids = {name: global_id("Nothing", NOBODY) for name in needed}
    for _ in needed:
        error = (await api.mutate(mutation, "__typename", **ids))["userErrors"][0]
        wanted = re.match(r"An? (\w+) is needed here", error["message"])
        if wanted is None:
            break
        ids[error["field"]] = global_id(wanted[1], NOBODY)
    return ids

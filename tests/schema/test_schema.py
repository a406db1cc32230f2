"""The schema as a document: described, committed, and never broken by accident."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from schema import export
from tests.schema.api import SCHEMA


def test_the_committed_schema_is_what_the_code_says() -> None:
    assert export.main(["--check"]) == 0, "run python -m schema.export"


def test_everything_is_described() -> None:
    silent = []
    for name, kind in SCHEMA._schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            silent.append(name)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                if not field.description:
                    silent.append(f"{name}.{field_name}")
                silent += [
                    f"{name}.{field_name}({argument})"
                    for argument, value in getattr(field, "args", {}).items()
                    if not value.description
                ]
    assert silent == []


def test_every_mutation_is_idempotent_can_be_rehearsed_and_answers_with_user_errors() -> None:
    mutations = SCHEMA._schema.mutation_type
    assert mutations is not None
    for name, field in mutations.fields.items():
        [given] = field.args.values()
        inputs = given.type.of_type.fields
        payload = field.type.of_type.fields
        assert str(inputs["idempotencyKey"].type) == "String!", name
        assert str(inputs["dryRun"].type) == "Boolean!", name
        assert str(payload["userErrors"].type) == "[UserError!]!", name
        assert str(payload["dryRun"].type) == "Boolean!", name


def test_every_list_of_rows_has_a_limit() -> None:
    for kind in SCHEMA._schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType):
            continue
        for name, field in kind.fields.items():
            if str(field.type).rstrip("!").endswith("Connection") and name != "connection":
                assert {"first", "after"} <= field.args.keys(), f"{kind.name}.{name}"


def test_no_amount_is_a_float() -> None:
    assert "Float" not in SCHEMA._schema.type_map


def test_a_stale_file_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stale = tmp_path / "schema.graphql"
    stale.write_text(export.sdl().replace('"""Short name, unique in the organisation."""', ""))
    assert export.main(["--check"], stale) == 1
    assert "python -m schema.export" in capsys.readouterr().err
    assert export.main([], stale) == 0
    assert export.main(["--check"], stale) == 0


def test_a_breaking_change_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    released = tmp_path / "released.graphql"
    released.write_text(export.sdl().replace("type Viewer {", "type Viewer {\n  nickname: String\n\n", 1))
    assert export.main(["--check"], released) == 1
    assert "breaking: Field Viewer.nickname was removed." in capsys.readouterr().err
    assert export.main(["--against", str(released)]) == 1
    released.write_text(export.sdl().replace('  """The name in the audit log."""\n  subject: String!\n\n', "", 1))
    assert export.main(["--against", str(released)]) == 0  # an addition breaks nobody


def test_the_file_is_a_schema() -> None:
    assert build_schema(export.FILE.read_text(encoding="utf-8")).query_type is not None

"""Settings come from the environment, and what is wrong with them is said without showing values."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from hourledger.core.errors import Invalid
from hourledger.settings import PREFIX, Settings, load_settings, read_settings


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(variable)


def test_without_any_variable_everything_has_a_default_for_development() -> None:
    settings = read_settings()
    assert settings.database_url is None
    assert settings.secret_key is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8600)
    assert settings.postgres_folder == Path(".data/postgres")


@pytest.mark.parametrize(
    ("environment", "variables", "graphiql", "log_format"),
    [
        ("development", {}, True, "console"),
        ("production", {}, False, "json"),
        ("Production", {"GRAPHIQL": "on", "LOG_FORMAT": "CONSOLE"}, True, "console"),
        ("development", {"GRAPHIQL": "false", "LOG_FORMAT": "json"}, False, "json"),
    ],
)
def test_defaults_follow_the_environment_unless_set(
    monkeypatch: pytest.MonkeyPatch, environment: str, variables: dict[str, str], graphiql: bool, log_format: str
) -> None:
    set_all(monkeypatch, {"ENVIRONMENT": environment, **variables})
    settings = read_settings()
    assert (settings.graphiql, settings.log_format) == (graphiql, log_format)


def test_values_are_read_and_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch,
        {
            "DATABASE_URL": "postgresql://books:tr33@db/hourledger",
            "ALLOWED_ORIGINS": "https://app.example, http://localhost:5173/",
            "DATA_FOLDER": "somewhere",
            "PORT": "",
            "LOG_LEVEL": "DEBUG",
        },
    )
    settings = read_settings()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://books:tr33@db/hourledger"
    assert settings.allowed_origins == ("https://app.example", "http://localhost:5173")
    assert (settings.data_folder, settings.port, settings.log_level) == (Path("somewhere"), 8600, "debug")


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("PORT", "hunter2", "should be a valid integer"),
        ("PORT", "70000", "should be less than or equal to 65535"),
        ("PORT", "tcp://10.0.0.1:8600", "should be a valid integer"),  # what Kubernetes sets for a service of our name
        ("ENVIRONMENT", "hunter2", "should be 'development' or 'production'"),
        ("GRAPHIQL", "hunter2", "should be a valid boolean"),
        ("LOG_LEVEL", "hunter2", "should be 'debug', 'info', 'warning' or 'error'"),
        ("DATABASE_URL", "mysql://root:hunter2@db", "must start with postgresql://"),
        ("ALLOWED_ORIGINS", "https://hunter2.example/path", "every origin must be"),
        ("ALLOWED_ORIGINS", "*", "every origin must be"),
        ("REQUEST_BODY_BYTES_MAX", "0", "should be greater than or equal to 1024"),
        ("DATABSE_URL", "postgresql://root:hunter2@db", "did you mean HOURLEDGER_DATABASE_URL"),
        ("PROT", "hunter2", "did you mean HOURLEDGER_PORT"),
        ("SECRETKEY", "hunter2", "did you mean HOURLEDGER_SECRET_KEY"),
    ],
)
def test_a_bad_value_is_named_with_what_it_must_be_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, problem: str
) -> None:
    set_all(monkeypatch, {variable: value})
    with pytest.raises(Invalid) as refused:
        read_settings()
    error = refused.value
    assert (error.code, error.field) == ("SETTINGS_INVALID", f"HOURLEDGER_{variable}")
    assert f"HOURLEDGER_{variable}: " in error.message
    assert problem in error.message
    shown = "".join(traceback.format_exception(error)) + repr(error) + str(error.facts)
    assert "hunter2" not in shown
    assert error.__context__ is None


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, {"PORT": "x", "ENVIRONMENT": "x", "DATABSE_URL": "x"})
    with pytest.raises(Invalid) as refused:
        read_settings()
    assert refused.value.facts["variables"] == [
        "HOURLEDGER_DATABSE_URL",
        "HOURLEDGER_ENVIRONMENT",
        "HOURLEDGER_PORT",
    ]


def test_variables_that_platforms_invent_for_a_service_of_our_name_do_not_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT_8600_TCP", "PORT_8600_TCP_ADDR"]
    set_all(monkeypatch, {**dict.fromkeys(names, "10.0.0.1"), "TEST_DATABASE_URL": "x"})
    assert read_settings().port == 8600


def test_secrets_do_not_show_in_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, {"DATABASE_URL": "postgresql://root:hunter2@db", "SECRET_KEY": "hunter2"})
    settings = read_settings()
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load_settings.cache_clear()
    try:
        first = load_settings()
        set_all(monkeypatch, {"PORT": "9000"})
        assert load_settings() is first
        assert read_settings().port == 9000
    finally:
        load_settings.cache_clear()


def test_every_setting_is_described_in_one_line() -> None:
    for name, setting in Settings.model_fields.items():
        assert setting.description, name
        assert "\n" not in setting.description, name
        assert setting.description.endswith("."), name


def set_all(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(PREFIX + name, value)

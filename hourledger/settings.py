"""What an operator can set, all of it: environment variables that start with HOURLEDGER_."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hourledger.core.errors import Invalid

PREFIX: Final = "HOURLEDGER_"
_POSTGRES_SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")

Environment = Literal["development", "production"]
LogFormat = Literal["json", "console"]
LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """Each field is the variable HOURLEDGER_<FIELD>; an empty variable counts as absent. Never changes once read."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    environment: Environment = Field(
        default="development", description="What other defaults follow: development is open, production is closed."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL 15 or newer, as postgresql://...; without it an embedded one runs in the data folder.",
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=500, description="Connections one process keeps; as many again in peaks."
    )
    data_folder: Path = Field(
        default=Path(".data"), description="Folder for the embedded PostgreSQL, the key file and documents."
    )
    local_folders: Annotated[tuple[Path, ...] | None, NoDecode] = Field(
        default_factory=lambda values: None if values["environment"] == "development" else (values["data_folder"],),
        description="Folders below which connections may name files (exports, ledgers), separated by commas; "
        "in production the data folder, in development anywhere.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(default=8600, ge=1, le=65535, description="TCP port to listen on.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins whose browsers may call us, as https://host, separated by commas; none: same origin only.",
    )
    request_body_bytes_max: int = Field(
        default=1_048_576, ge=1_024, description="Longest request body that is read; more is refused."
    )
    graphiql: bool = Field(
        default_factory=lambda values: values["environment"] == "development",
        description="Serve GraphiQL and answer introspection; on in development, off in production.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Fernet key(s) that encrypt the secrets of connections, newest first, separated by commas; "
        "without it a key file is made in the data folder.",
    )
    exchange_rates_url: str = Field(
        default="https://www.ecb.europa.eu/stats/eurofxref",
        min_length=1,
        description="Folder from which the euro reference rates are downloaded; a mirror has the same files.",
    )
    log_format: LogFormat = Field(
        default_factory=lambda values: "console" if values["environment"] == "development" else "json",
        description="console for people (default in development), json for machines (default in production).",
    )
    log_level: LogLevel = Field(default="info", description="The least severe messages that are logged.")

    @property
    def postgres_folder(self) -> Path:
        """Where the embedded PostgreSQL lives; its own folder, because it refuses one with other content."""
        return self.data_folder / "postgres"

    @field_validator("environment", "log_format", "log_level", mode="before")
    @classmethod
    def _in_lower_case(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(_POSTGRES_SCHEMES):
            raise ValueError("must start with postgresql:// (no other database is supported)")
        return value

    @field_validator("local_folders", mode="before")
    @classmethod
    def _paths_separated_by_commas(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(Path(folder.strip()) for folder in value.split(",") if folder.strip())

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(origin.strip().rstrip("/") for origin in value.split(",") if origin.strip())

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            scheme, separator, host = origin.partition("://")
            # "*" would let every site act with the credentials of whoever visits it.
            if scheme not in {"http", "https"} or not separator or not host or "/" in host or "*" in host:
                raise ValueError("every origin must be http(s)://host[:port], without a path and without *")
        return value


@cache
def load_settings() -> Settings:
    """The settings of this process, read from its environment once."""
    return read_settings()


def read_settings() -> Settings:
    """The settings as the environment has them now.

    Raises:
        Invalid SETTINGS_INVALID: names every variable that is wrong and what it must be; never shows a value, for a
            secret may have been put into the wrong variable.
    """
    problems = _misspelt(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        problems |= _problems(error)
    else:
        if not problems:
            return settings
    # Outside the handler: the validation error holds the values, so it must not travel along as context.
    listed = "; ".join(f"{variable}: {problem}" for variable, problem in problems.items())
    raise Invalid(
        f"The settings cannot be used. {listed}. Correct or unset the variable and start again.",
        code="SETTINGS_INVALID",
        field=next(iter(problems)),
        variables=list(problems),
    )


def _problems(error: ValidationError) -> dict[str, str]:
    found: dict[str, str] = {}
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        if problem["type"] == "default_factory_not_called":  # follows from the environment, reported by itself
            continue
        message = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
        found.setdefault(PREFIX + str(problem["loc"][0]).upper(), message)
    return found


def _misspelt(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that nearly are a setting. Ignoring HOURLEDGER_DATABSE_URL would start with an empty database.

    Others with our prefix are left alone: container platforms invent such names for services called hourledger.
    """
    known = [name.upper() for name in Settings.model_fields]
    found: dict[str, str] = {}
    for variable in environment:
        name = variable.removeprefix(PREFIX)
        if name == variable or name in known or name.startswith("TEST_"):
            continue
        if meant := get_close_matches(name, known, n=1, cutoff=0.75):
            found[variable] = f"is not a setting, did you mean {PREFIX}{meant[0]}"
    return found

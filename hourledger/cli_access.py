"""The commands about who may call us: organisations, tokens, issuers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from hourledger.core.access import EVERYTHING, READ_ONLY, Principal
from hourledger.core.errors import Invalid, Missing
from hourledger.runtime import open_runtime
from hourledger.services.issue_token import issue_token
from hourledger.services.revoke_token import revoke_token
from hourledger.services.set_up import create_organisation
from hourledger.services.trust_issuer import trust_issuer
from hourledger.settings import load_settings
from models.database import Database, Session
from models.queries.organisations import organisation_by_name

organisation_cli = typer.Typer(
    help="Organisations: the firms whose work and books are kept here.", no_args_is_help=True
)
token_cli = typer.Typer(help="API tokens.", no_args_is_help=True)
issuer_cli = typer.Typer(help="OIDC issuers whose tokens are accepted.", no_args_is_help=True)

Organisation = Annotated[str, typer.Option("--organisation", "-o", help="Name of the organisation.")]
_T = TypeVar("_T")
_out = Console()


async def administrator(database: Database, organisation: str) -> Principal:
    """Whoever may run commands on this machine may do everything in the organisation."""
    async with database.session() as session:
        found = await organisation_by_name(session, organisation)
    if found is None:
        raise Missing(f"There is no organisation {organisation!r}.", code="ORGANISATION_UNKNOWN")
    return Principal(found.id, "command line", EVERYTHING)


@organisation_cli.command("create")
def create_organisation_command(
    name: str,
    currency: Annotated[str, typer.Option(help="Currency of the books, such as EUR.")] = "EUR",
    time_zone: Annotated[str, typer.Option(help="Time zone of its dates, such as Europe/Amsterdam.")] = "UTC",
) -> None:
    """Create an organisation and print a token that may do everything in it."""

    async def create(_database: Database, session: Session) -> str:
        organisation = await create_organisation(session, name, base_currency=currency, time_zone=time_zone)
        return await issue_token(
            session,
            Principal(organisation.id, "command line", EVERYTHING),
            subject="administrator",
            permissions=EVERYTHING,
            expires_at=None,
            now=datetime.now(UTC),
        )

    token = _committed(create)
    _out.print(f"Organisation {name!r} is there. Keep this token, it is shown only now:\n{token}", soft_wrap=True)


@token_cli.command("create")
def create_token_command(
    subject: Annotated[str, typer.Argument(help="Who or what will use it, for the audit log.")],
    organisation: Organisation,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Valid for so many days.")] = 90,
    read_only: Annotated[bool, typer.Option(help="May look at everything and change nothing.")] = False,
) -> None:
    """Create an API token and print it, once."""

    async def create(database: Database, session: Session) -> str:
        now = datetime.now(UTC)
        return await issue_token(
            session,
            await administrator(database, organisation),
            subject=subject,
            permissions=READ_ONLY if read_only else EVERYTHING,
            expires_at=now + timedelta(days=days),
            now=now,
        )

    _out.print(_committed(create), soft_wrap=True)


@token_cli.command("revoke")
def revoke_token_command(
    prefix: Annotated[str, typer.Argument(help="The middle of the token: hl_PREFIX_...")], organisation: Organisation
) -> None:
    """Make a token worthless, within seconds."""

    async def revoke(database: Database, session: Session) -> None:
        principal = await administrator(database, organisation)
        await revoke_token(session, principal, prefix=prefix, now=datetime.now(UTC))

    _committed(revoke)
    _out.print(f"The token {prefix} is revoked.")


@issuer_cli.command("trust")
def trust_issuer_command(
    issuer: Annotated[str, typer.Argument(help="The iss of its tokens, such as https://login.example.com.")],
    organisation: Organisation,
    audience: Annotated[str, typer.Option(help="The aud its tokens must have.")],
    keys: Annotated[Path, typer.Option(help="File with its public keys (the JSON behind its jwks_uri).")],
) -> None:
    """Accept the tokens of an OIDC issuer. Its permissions claim decides what a token may do. Again: new keys."""
    try:
        jwks = json.loads(keys.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(f"{keys} cannot be read as JSON: {error}.", code="ISSUER_KEYS_INVALID") from None

    async def trust(database: Database, session: Session) -> None:
        principal = await administrator(database, organisation)
        await trust_issuer(session, principal, issuer=issuer, audience=audience, jwks=jwks, now=datetime.now(UTC))

    _committed(trust)
    _out.print(f"Tokens of {issuer} for {audience} are accepted.")


def _committed(command: Callable[[Database, Session], Awaitable[_T]]) -> _T:
    """Run a command in one transaction and commit it."""

    async def run(url: str) -> _T:
        database = Database(url)
        try:
            async with database.session() as session:
                result = await command(database, session)
                await session.commit()
                return result
        finally:
            await database.close()

    with open_runtime(load_settings()) as runtime:
        return asyncio.run(run(runtime.database_url))

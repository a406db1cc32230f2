"""API tokens: issued once, proven by argon2, gone when revoked or expired."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from hourledger.auth import authenticate as authenticate_module
from hourledger.auth import tokens
from hourledger.auth.authenticate import authenticate
from hourledger.core.access import EVERYTHING, Permission, Principal
from hourledger.core.errors import Denied, Invalid, Missing
from hourledger.services.issue_token import issue_token
from hourledger.services.revoke_token import revoke_token
from models.database import Database
from models.queries.access import find_token, list_tokens
from models.tables import AuditRow
from tests.auth.conftest import Issue, administrator
from tests.auth.issuer import NOW

UNKNOWN = "hl_000000000000_" + "0" * 64


async def test_a_token_gives_the_principal_it_was_issued_for(database: Database, ours: int, issue: Issue) -> None:
    text = await issue(ours, Permission.LOG_TIME, Permission.VIEW_PROJECTS, subject="nightly import")
    expected = Principal(ours, "nightly import", frozenset({Permission.LOG_TIME, Permission.VIEW_PROJECTS}))
    assert await authenticate(database, f"Bearer {text}", now=NOW) == expected
    assert await authenticate(database, f"bearer  {text} ", now=NOW) == expected, "the scheme's case does not matter"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "NOT_AUTHENTICATED"),
        ("", "NOT_AUTHENTICATED"),
        ("Bearer", "NOT_AUTHENTICATED"),
        ("Bearer   ", "NOT_AUTHENTICATED"),
        ("Basic dXNlcjpwYXNzd29yZA==", "NOT_AUTHENTICATED"),
        (UNKNOWN, "NOT_AUTHENTICATED"),  # the token without its scheme
        (f"Bearer {UNKNOWN}", "TOKEN_INVALID"),
        ("Bearer hl_", "TOKEN_INVALID"),
        ("Bearer hl_x_y", "TOKEN_INVALID"),
        (f"Bearer {UNKNOWN}0", "TOKEN_INVALID"),
        ("Bearer hl_\x00", "TOKEN_INVALID"),
        ("Bearer é", "TOKEN_INVALID"),
        ("Bearer " + "a" * 100_000, "TOKEN_INVALID"),
        ("Bearer ' OR 1=1 --", "TOKEN_INVALID"),
    ],
)
async def test_what_is_no_token_is_refused(database: Database, authorization: str | None, code: str) -> None:
    with pytest.raises(Denied) as refused:
        await authenticate(database, authorization, now=NOW)
    assert refused.value.code == code


async def test_unknown_wrong_and_revoked_are_answered_alike(database: Database, ours: int, issue: Issue) -> None:
    revoked, good = await issue(ours), await issue(ours)
    await revoke(database, ours, revoked)
    answers = [await refusal(database, text) for text in (UNKNOWN, with_another_secret(good), revoked)]
    assert {(answer.code, answer.message, str(answer.facts)) for answer in answers} == {
        ("TOKEN_INVALID", answers[0].message, "{}")
    }


async def test_an_unknown_prefix_takes_as_long_as_a_wrong_secret() -> None:
    token = await tokens.generate()
    wrong, unknown = [], []
    for _ in range(5):
        wrong.append(await seconds_to_verify(with_another_secret(token.text), token.secret_hash))
        unknown.append(await seconds_to_verify(UNKNOWN, None))
    assert min(unknown) > min(wrong) / 3, "without argon2 it would be a hundred times quicker"


async def test_a_secret_is_proven_by_argon2_once(ours: int) -> None:
    token = await tokens.generate()
    assert await tokens.verify(token.text, token.secret_hash)
    first, again = (
        await seconds_to_verify(with_another_secret(token.text), token.secret_hash),
        min([await seconds_to_verify(token.text, token.secret_hash) for _ in range(5)]),
    )
    assert again < first / 3
    other = await tokens.generate()
    assert not await tokens.verify(token.text, other.secret_hash), "the proof is of this hash only"


@pytest.mark.parametrize(("seconds_after_expiry", "code"), [(-1, None), (0, "TOKEN_EXPIRED"), (1, "TOKEN_EXPIRED")])
@pytest.mark.parametrize("remembered", [False, True], ids=["first", "remembered"])
async def test_a_token_works_until_it_expires(
    database: Database, ours: int, issue: Issue, seconds_after_expiry: int, code: str | None, *, remembered: bool
) -> None:
    expires_at = NOW + timedelta(hours=1)
    text = await issue(ours, expires_at=expires_at)
    if remembered:
        await authenticate(database, f"Bearer {text}", now=NOW)
    now = expires_at + timedelta(seconds=seconds_after_expiry)
    if code is None:
        assert (await authenticate(database, f"Bearer {text}", now=now)).organisation_id == ours
    else:
        assert (await refusal(database, text, now=now)).code == code


async def test_that_a_token_expired_is_told_only_to_its_holder(database: Database, ours: int, issue: Issue) -> None:
    text = await issue(ours, expires_at=NOW + timedelta(hours=1))
    later = NOW + timedelta(days=1)
    assert (await refusal(database, with_another_secret(text), now=later)).code == "TOKEN_INVALID"


async def test_a_revocation_shows_within_five_seconds(
    database: Database, ours: int, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(authenticate_module._seen, "clock", lambda: seconds[0])
    text = await issue(ours)
    await authenticate(database, f"Bearer {text}", now=NOW)
    await revoke(database, ours, text)
    seconds[0] += 5
    assert (await refusal(database, text)).code == "TOKEN_INVALID"


async def test_without_a_given_time_it_is_now(database: Database, ours: int) -> None:
    async with database.session() as session:
        text = await issue_token(
            session,
            administrator(ours),
            subject="short",
            permissions=frozenset({Permission.LOG_TIME}),
            expires_at=NOW + timedelta(hours=1),  # long ago by now
            now=NOW,
        )
        await session.commit()
    assert datetime.now(UTC) > NOW + timedelta(hours=1)
    with pytest.raises(Denied) as refused:
        await authenticate(database, f"Bearer {text}")
    assert refused.value.code == "TOKEN_EXPIRED"


async def test_nobody_grants_what_it_lacks(database: Database, ours: int) -> None:
    limited = Principal(ours, "office", frozenset({Permission.ADMINISTER, Permission.LOG_TIME}))
    cases = [
        (Principal(ours, "reader", EVERYTHING - {Permission.ADMINISTER}), {Permission.LOG_TIME}, "PERMISSION_DENIED"),
        (limited, {Permission.LOG_TIME, Permission.VIEW_LEDGER}, "PERMISSION_NOT_HELD"),
    ]
    async with database.session() as session:
        for principal, permissions, code in cases:
            with pytest.raises(Denied) as refused:
                await issue_token(session, principal, subject="x", permissions=permissions, expires_at=None, now=NOW)
            assert refused.value.code == code
    assert refused.value.facts["permissions"] == ["VIEW_LEDGER"]


@pytest.mark.parametrize(
    ("subject", "permissions", "expires_at", "code"),
    [
        ("  ", {Permission.LOG_TIME}, None, "SUBJECT_INVALID"),
        ("a\x00b", {Permission.LOG_TIME}, None, "SUBJECT_INVALID"),
        ("x" * 201, {Permission.LOG_TIME}, None, "SUBJECT_INVALID"),
        ("import", set(), None, "PERMISSIONS_EMPTY"),
        ("import", {Permission.LOG_TIME}, NOW, "EXPIRY_INVALID"),
        ("import", {Permission.LOG_TIME}, datetime(2030, 1, 1), "EXPIRY_INVALID"),
    ],
)
async def test_a_token_that_makes_no_sense_is_not_issued(
    database: Database, ours: int, subject: str, permissions: set[Permission], expires_at: datetime | None, code: str
) -> None:
    async with database.session() as session:
        with pytest.raises(Invalid) as refused:
            await issue_token(
                session,
                administrator(ours),
                subject=subject,
                permissions=permissions,
                expires_at=expires_at,
                now=NOW,
            )
        assert refused.value.code == code
        assert await list_tokens(session, ours) == []


async def test_a_token_of_another_organisation_cannot_be_revoked_or_seen(
    database: Database, ours: int, theirs: int, issue: Issue
) -> None:
    text = await issue(theirs)
    with pytest.raises(Missing, match="no token with this prefix"):
        await revoke(database, ours, text)
    async with database.session() as session:
        assert await list_tokens(session, ours) == []
    assert (await authenticate(database, f"Bearer {text}", now=NOW)).organisation_id == theirs


async def test_revoking_twice_keeps_the_first_time_and_both_are_audited(
    database: Database, ours: int, issue: Issue
) -> None:
    text = await issue(ours)
    await revoke(database, ours, text)
    await revoke(database, ours, text, now=NOW + timedelta(days=1))
    async with database.session() as session:
        (listed,) = await list_tokens(session, ours)
        audited = (await session.exec(select(AuditRow).where(AuditRow.organisation_id == ours))).all()
    assert listed.revoked_at == NOW
    assert [row.action for row in audited] == ["issue", "revoke", "revoke"]
    assert {row.entity_id for row in audited} == {listed.id}


async def test_the_secret_is_nowhere_but_in_the_answer(
    database: Database, ours: int, issue: Issue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    text = await issue(ours)
    secret = text.split("_")[2]
    prefix = tokens.prefix_of(text)
    assert prefix is not None
    await authenticate(database, f"Bearer {text}", now=NOW)
    await revoke(database, ours, text)
    authenticate_module._seen.forget_all()
    refused = await refusal(database, text)
    async with database.session() as session:
        row = await find_token(session, prefix)
        listed = await list_tokens(session, ours)
        audited = (await session.exec(select(AuditRow).where(AuditRow.organisation_id == ours))).all()
    assert row is not None
    token = await tokens.generate()
    places = [repr(row), repr(listed), repr(audited), repr(refused), str(refused.__context__), caplog.text]
    assert not [place for place in places if secret in place]
    assert "argon2" not in repr(listed)
    assert token.text not in repr(token)
    assert token.secret_hash not in repr(token)


async def refusal(database: Database, text: str, now: datetime = NOW) -> Denied:
    with pytest.raises(Denied) as refused:
        await authenticate(database, f"Bearer {text}", now=now)
    return refused.value


async def revoke(database: Database, organisation_id: int, text: str, now: datetime = NOW) -> None:
    prefix = tokens.prefix_of(text)
    assert prefix is not None
    async with database.session() as session:
        await revoke_token(session, administrator(organisation_id), prefix=prefix, now=now)
        await session.commit()


async def seconds_to_verify(text: str, secret_hash: str | None) -> float:
    began = time.perf_counter()
    await tokens.verify(text, secret_hash)
    return time.perf_counter() - began


def with_another_secret(text: str) -> str:
    return f"{text[:-1]}{'0' if text[-1] != '0' else '1'}"

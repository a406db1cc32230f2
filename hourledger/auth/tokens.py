"""API tokens ``hl_<prefix>_<secret>``: the prefix finds the row and may be shown, the secret proves who calls.

Only an argon2 hash of the whole text is stored. The secret is 256 random bits, so argon2 protects nothing that a plain
hash would not; its parameters are the smallest that OWASP names for passwords, because reviewers ask for no less.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeVar, TypeVarTuple, Unpack

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from hourledger.auth.recent import Recent

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")

START: Final = "hl_"
_PREFIX_ALPHABET = string.ascii_lowercase + string.digits
_PREFIX_LENGTH = 12
_SHAPE = re.compile(rf"hl_([a-z0-9]{{{_PREFIX_LENGTH}}})_[0-9a-f]{{64}}", re.ASCII)

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Our own few threads: a flood of wrong tokens then costs 4 x 19 MiB and queues up, instead of taking every thread of
# the process.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="argon2")
# Text and hash that were found to match stay a match for ever. Remembering that makes looking at the row again, every
# few seconds, as cheap as the query; whether the token is revoked or expired is in the row, not here.
_proven: Recent[bool] = Recent(seconds=3600, entries_max=4096)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the only moment its text is known."""

    text: str = field(repr=False)
    prefix: str
    secret_hash: str = field(repr=False)


async def generate() -> NewToken:
    """A new token with a hash to store."""
    prefix = "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(_PREFIX_LENGTH))
    text = f"{START}{prefix}_{secrets.token_hex(32)}"
    return NewToken(text, prefix, await _in_thread(_hasher.hash, text))


def prefix_of(text: str) -> str | None:
    """The prefix of a token; None when the text cannot be one."""
    shape = _SHAPE.fullmatch(text)
    return shape[1] if shape else None


async def verify(text: str, secret_hash: str | None) -> bool:
    """Whether ``text`` is the token with this hash.

    None as hash (there is no such prefix) takes as long as a wrong secret, so that time does not tell which prefixes
    exist.
    """
    return await _in_thread(_verify, text, secret_hash)


def _verify(text: str, secret_hash: str | None) -> bool:
    if secret_hash is None:
        _matches(text, _hash_of_nothing())
        return False
    pair = hashlib.sha256(f"{secret_hash}\0{text}".encode()).digest()
    # Asked here and not before queueing: of a hundred requests that arrive at once with one token, four compute.
    if _proven.find(pair):
        return True
    since = _proven.clock()
    if not _matches(text, secret_hash):
        return False
    _proven.remember(pair, True, since=since)
    return True


def _matches(text: str, secret_hash: str) -> bool:
    try:
        return _hasher.verify(secret_hash, text)
    except VerifyMismatchError:
        return False


@cache
def _hash_of_nothing() -> str:
    return _hasher.hash(secrets.token_hex(32))


async def _in_thread(work: Callable[[Unpack[Arguments]], Result], *args: *Arguments) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)

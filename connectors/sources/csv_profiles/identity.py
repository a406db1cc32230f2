"""External ids for rows of exports that have none: the same row has the same id in every file it appears in.

    id = hash(person, work date, project, task, note, start time), and "-2", "-3" ... for rows alike in all of these

The file's name, the row's place in it and the duration take no part, so a re-export of an overlapping range brings the
same ids, and a corrected duration is a change of the same row. Exports hold whole days, so rows that are alike are
always in a file together, in the order the product prints them: counting them from the start of each file gives each
the same number every time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

_BITMAP_BYTES_MIN = 1024


def natural_key(parts: Sequence[str]) -> bytes:
    """16 bytes that stand for these texts. Never change this: every id ever stored was made by it."""
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=16).digest()


def external_id(identity: str, occurrence: int) -> str:
    """``identity`` for the first of rows alike, then identity-2, identity-3 ..."""
    return identity if occurrence == 1 else f"{identity}-{occurrence}"


class RepeatedKeys:
    """Finds the keys that occur more than once, in memory that does not grow with the number of rows.

    A bitmap says "never seen" for certain and "seen" with a small chance of being wrong. Keys it believes seen are
    kept; among them is every key that really repeats, and the few others merely count to one.
    """

    def __init__(self, file_bytes: int) -> None:
        # A row has about 150 bytes, a bit stands for 4: about 3 rows in 100 are kept for nothing.
        self._bitmap = bytearray(max(_BITMAP_BYTES_MIN, file_bytes // 32))
        self._suspects: set[bytes] = set()

    def add(self, key: bytes) -> None:
        place, bit = divmod(int.from_bytes(key[:8]) % (len(self._bitmap) * 8), 8)
        if self._bitmap[place] & (1 << bit):
            self._suspects.add(key)
        self._bitmap[place] |= 1 << bit

    def counter(self) -> Occurrences:
        return Occurrences(self._suspects)


class Occurrences:
    """Numbers rows alike within one file, from 1."""

    def __init__(self, repeated: set[bytes]) -> None:
        self._counts = dict.fromkeys(repeated, 0)

    def number(self, key: bytes) -> int:
        if key not in self._counts:
            return 1
        self._counts[key] += 1
        return self._counts[key]

"""Texts that answers show, kept in memory because searches at every keystroke find the same documents."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from shared.adapters.local.search.store import StoredContents

MAX_DOCUMENTS: Final = 10_000
MAX_BYTES: Final = 10_000
"""Documents whose texts and paths take more memory are not kept, so all together take 100 MB at most."""


class ShownTexts:
    """Reads contents of rows, which never change, and keeps the last ones. Any thread may use it."""

    def __init__(self, read: Callable[[sqlite3.Connection, Sequence[int]], StoredContents]) -> None:
        self._read = read
        self._kept: StoredContents = {}

    def of(self, connection: sqlite3.Connection, rows: Sequence[int]) -> StoredContents:
        """Return the contents of ``rows``, which the snapshot of ``connection`` contains."""
        found = {row: kept for row in rows if (kept := self._kept.get(row)) is not None}
        missing = [row for row in rows if row not in found]
        if missing:
            read = self._read(connection, missing)
            found |= read
            if len(self._kept) + len(read) > MAX_DOCUMENTS:
                self._kept = {}
            self._kept.update((row, content) for row, content in read.items() if _is_short(content))
        return found

    def forget(self, rows: Iterable[int]) -> None:
        """Drop the contents of removed documents."""
        kept = self._kept
        for row in rows:
            kept.pop(row, None)


def _is_short(content: tuple[str, tuple[tuple[Any, ...], ...]]) -> bool:
    _, passages = content
    size = sys.getsizeof(passages) + sum(map(sys.getsizeof, passages))
    return size + sum(sys.getsizeof(text) for passage in passages for text in passage) <= MAX_BYTES

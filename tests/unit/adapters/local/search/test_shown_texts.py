"""The memory that texts of answers take."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from shared.adapters.local.search.shown_texts import ShownTexts
from shared.adapters.local.search.store import StoredContents


@pytest.mark.parametrize(
    ("passages", "text", "is_kept"),
    [(5, "a" * 300, True), (400, "tree house", False), (1, "a" * 11_000, False), (10, "\u6d77" * 900, False)],
    ids=["usual", "many passages", "long text", "wide characters"],
)
def test_only_small_documents_are_kept(passages: int, text: str, is_kept: bool) -> None:
    reads: list[int] = []

    def read(_: sqlite3.Connection, rows: Sequence[int]) -> StoredContents:
        reads.extend(rows)
        content = [("objects[].name", f"objects[{number}].name", text) for number in range(passages)]
        return {row: (f"d{row}", tuple(content)) for row in rows}

    texts = ShownTexts(read)
    with closing(sqlite3.connect(":memory:")) as connection:
        assert texts.of(connection, [1])[1][0] == "d1"
        assert len(texts.of(connection, [1])[1][1]) == passages
    assert reads == ([1] if is_kept else [1, 1])

"""Records whose file may not grow, as on a full disk."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.adapters.local.records.records import SqliteRecords

LARGE = {"text": "x" * 100_000}
"""A body that needs pages of its own."""


@contextmanager
def full_store(records: SqliteRecords) -> Iterator[None]:
    """Let SQLite refuse every write that needs another page, during the block."""
    with records._connections.writing() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (most,) = connection.execute("PRAGMA max_page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with records._connections.writing() as connection:
            connection.execute(f"PRAGMA max_page_count = {most}")

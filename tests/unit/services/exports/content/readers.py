"""Independent readers of exports: DuckDB and Datasette."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_sqlite_scanner
from datasette.app import Datasette


def duckdb_rows(path: Path, source: str) -> list[dict[str, Any]]:
    """Return the rows of ``source``, an expression of SQL with one place for the path of a file."""
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM {source}", [str(path)])  # noqa: S608 - given by a test
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def duckdb_sqlite_rows(path: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of a SQLite file, read by DuckDB."""
    folder = Path(duckdb_extension_sqlite_scanner.__file__).parent / "extensions"
    extension = next(folder.rglob("sqlite_scanner.duckdb_extension"))
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{extension}'")
        found = connection.execute("SELECT * FROM sqlite_scan(?, ?)", [str(path), table])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def datasette_rows(path: Path, table: str) -> list[Mapping[str, Any]]:
    """Return the first thousand rows of a table, as Datasette's API gives them."""

    async def read() -> list[Mapping[str, Any]]:
        datasette = Datasette([str(path)], settings={"max_returned_rows": 1000})
        database = next(name for name in datasette.databases if name != "_internal")
        answer = await datasette.client.get(
            datasette.urls.table(database, table) + ".json?_shape=array&_size=max"
        )
        assert answer.status_code == 200, answer.text
        rows: Sequence[Mapping[str, Any]] = json.loads(answer.text)
        return list(rows)

    return asyncio.run(read())

"""Run tables in other readers of SQLite: DuckDB and Datasette."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_sqlite_scanner
import pytest
from datasette.app import Datasette
from datasette.utils import tilde_encode

from shared.domain.runs.run_table.names import quoted
from shared.services.runs.tables.tables import RunTables
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.tables.table_runs import RESULT, add_table_run, rows
from tests.unit.services.storage import ANNA

pytestmark = pytest.mark.slow


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Path]:
    """An opened run table with values of all types, also such that no column holds."""
    world = RunWorld(tmp_path)
    media = world.add_without_bytes()
    odd = {"count": "three", "indoor": None, "Title": "a\x00b", "free": {"x": [1]}, "people": ["Bob"]}
    large = {"count": 2**63 - 1, "scene": {"light": 1e300}, "Title": "'; DROP TABLE segments; --"}
    run = add_table_run(
        world.documents,
        {media.media_id: [RESULT, None, odd, large]},
        overviews={media.media_id: {"summary": "A day", "parts": [{"name": "noon"}]}},
    )
    with RunTables(world.documents, world.blobs).open(ANNA.tenant_id, run.run_id) as path:
        yield path


def tables_of(path: Path) -> list[str]:
    return [name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]


def all_rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    return rows(path, f"SELECT * FROM {quoted(table)}")  # noqa: S608


def test_duckdb_reads_the_same_values(table: Path) -> None:
    folder = Path(duckdb_extension_sqlite_scanner.__file__).parent
    extension = next(folder.rglob("sqlite_scanner.duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    connection.execute(f"ATTACH '{table}' AS run (TYPE sqlite, READ_ONLY)")
    for name in tables_of(table):
        found = connection.execute(f"TABLE run.{quoted(name)}").fetchall()
        assert found == all_rows(table, name), name
    types = dict(
        connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'segments'"
        ).fetchall()
    )
    assert (types["scene.location"], types["scene.light"], types["count"]) == ("VARCHAR", "DOUBLE", "BIGINT")
    joined = """SELECT p.name, h.colour FROM run."segments.people" p
        JOIN run."segments.people.hats" h ON h.segment_id = p.segment_id AND h.position_1 = p.position
        ORDER BY h.position"""
    assert connection.execute(joined).fetchall() == [("Ann", "red"), ("Ann", "blue")]
    connection.close()


def test_datasette_serves_the_same_values(table: Path) -> None:
    async def read() -> dict[str, list[dict[str, Any]]]:
        datasette = Datasette([str(table)])
        found = {}
        for name in tables_of(table):
            path = f"/{tilde_encode(table.stem)}/{tilde_encode(name)}.json?_shape=array"
            answer = await datasette.client.get(path)
            assert answer.status_code == 200, answer.text
            found[name] = answer.json()
        return found

    for name, served in asyncio.run(read()).items():
        values = [tuple(value for column, value in row.items() if column != "rowid") for row in served]
        assert sorted(values, key=repr) == sorted(all_rows(table, name), key=repr), name

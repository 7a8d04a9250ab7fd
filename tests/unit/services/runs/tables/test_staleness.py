"""Run tables that are missing, out of date, damaged or interrupted."""

import sqlite3
from pathlib import Path

import pytest

from shared.domain import blob_keys, keys
from shared.domain.clock import timestamp
from shared.domain.ids import segment_id
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, PromptRun
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.jobs import Interrupted
from shared.services.records.documents import put
from shared.services.runs.tables.tables import RunTables
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.tables.table_runs import RECIPE, add_table_run, rows, table_rows, write_result
from tests.unit.services.storage import ANNA, StopAfter

TENANT = ANNA.tenant_id
COUNTS = "SELECT count FROM segments ORDER BY video_id, ordinal"


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def run(world: RunWorld, media: Media) -> PromptRun:
    return add_table_run(world.documents, {media.media_id: [{"count": 1}, {"count": 2}]})


@pytest.fixture
def tables(world: RunWorld) -> RunTables:
    return RunTables(world.documents, world.blobs)


def stored(world: RunWorld, run: PromptRun) -> bytes | None:
    key = blob_keys.run_table(TENANT, run.run_id)
    return world.blobs.read(key) if world.blobs.stat(key) else None


def change_retry(world: RunWorld, run: PromptRun, media: Media, status: RetryStatus) -> None:
    retry = SegmentRetry(
        retry_id="rty_1",
        run_id=run.run_id,
        media_id=media.media_id,
        segment_id=segment_id(media.media_id, RECIPE, 0),
        status=status,
        created_at=timestamp(),
    )
    world.documents.write(put(keys.segment_retry(TENANT, run.run_id, "rty_1"), retry))


def scratch_files(world: RunWorld) -> list[Path]:
    return list(world.blobs._scratch.path.glob("*.sqlite"))


def test_first_reader_builds_and_the_next_reads_the_stored_table(
    world: RunWorld, run: PromptRun, tables: RunTables
) -> None:
    assert stored(world, run) is None
    assert table_rows(tables, run, COUNTS) == [(1,), (2,)]
    first = stored(world, run)
    # A change without a trace in the run shows that the stored table is read.
    assert first is not None
    key = blob_keys.run_table(TENANT, run.run_id)
    with world.blobs.as_file(key) as path:
        copy = path.with_suffix(".copy")
        copy.write_bytes(path.read_bytes())
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE segments SET count = 7")
    connection.commit()
    connection.close()
    world.blobs.write(key, copy.read_bytes(), "application/vnd.sqlite3")
    assert table_rows(tables, run, COUNTS) == [(7,), (7,)]


def test_changes_of_an_opened_copy_stay_private(world: RunWorld, run: PromptRun, tables: RunTables) -> None:
    with tables.open(TENANT, run.run_id) as path:
        connection = sqlite3.connect(path)
        connection.execute("DELETE FROM segments")
        connection.commit()
        connection.close()
    assert table_rows(tables, run, COUNTS) == [(1,), (2,)]
    assert not path.exists()


def test_result_of_a_finished_retry_is_shown(
    world: RunWorld, run: PromptRun, media: Media, tables: RunTables
) -> None:
    table_rows(tables, run, COUNTS)
    change_retry(world, run, media, RetryStatus.PROCESSING)
    world.documents.write(write_result(run, media.media_id, 0, {"count": 5}))
    before = stored(world, run)
    assert table_rows(tables, run, COUNTS) == [(5,), (2,)]
    assert stored(world, run) == before, "no table is stored while a retry changes the results"
    world.documents.write(write_result(run, media.media_id, 0, {"count": 6}))
    assert table_rows(tables, run, COUNTS) == [(6,), (2,)]
    change_retry(world, run, media, RetryStatus.COMPLETED)
    assert table_rows(tables, run, COUNTS) == [(6,), (2,)]
    assert stored(world, run) != before


def test_new_title_is_shown(world: RunWorld, run: PromptRun, media: Media, tables: RunTables) -> None:
    assert table_rows(tables, run, "SELECT title FROM media") == [("t",)]
    world.keep(media.model_copy(update={"title": "Harbour"}))
    assert table_rows(tables, run, "SELECT title FROM media") == [("Harbour",)]


def test_hidden_medium_is_not_in_the_next_opened_table(
    world: RunWorld, media: Media, tables: RunTables
) -> None:
    other = world.add_without_bytes()
    run = add_table_run(world.documents, {media.media_id: [{"count": 1}], other.media_id: [{"count": 9}]})
    assert sorted(table_rows(tables, run, COUNTS)) == [(1,), (9,)]
    world.keep(media.model_copy(update={"deleting": True}))
    assert table_rows(tables, run, COUNTS) == [(9,)]
    content = stored(world, run)
    assert content is not None
    assert media.media_id.encode() not in content


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_damaged_table_is_built_again(
    world: RunWorld, run: PromptRun, tables: RunTables, content: bytes
) -> None:
    world.blobs.write(blob_keys.run_table(TENANT, run.run_id), content, "application/vnd.sqlite3")
    assert table_rows(tables, run, COUNTS) == [(1,), (2,)]


def test_table_of_another_layout_is_built_again(
    world: RunWorld, run: PromptRun, tables: RunTables, tmp_path: Path
) -> None:
    old = tmp_path / "old.db"
    connection = sqlite3.connect(old)
    connection.execute("CREATE TABLE about (run_id TEXT, fingerprint TEXT)")
    connection.execute("INSERT INTO about VALUES ('run', 'of another layout')")
    connection.commit()
    connection.close()
    world.blobs.write(blob_keys.run_table(TENANT, run.run_id), old.read_bytes(), "application/vnd.sqlite3")
    assert table_rows(tables, run, COUNTS) == [(1,), (2,)]


def test_interrupted_build_keeps_the_old_table_and_no_file(
    world: RunWorld, run: PromptRun, media: Media, tables: RunTables
) -> None:
    table_rows(tables, run, COUNTS)
    before = stored(world, run)
    world.documents.update(
        MediumState, keys.medium_state(TENANT, run.run_id, media.media_id), _with_later_update
    )
    for checks in range(2):
        stop = StopAfter(checks)

        def check(stop: StopAfter = stop) -> None:
            if stop():
                raise Interrupted

        with pytest.raises(Interrupted), tables.open(TENANT, run.run_id, check):
            pass
        assert stored(world, run) == before
        assert scratch_files(world) == []
    assert table_rows(tables, run, COUNTS) == [(1,), (2,)]
    assert stored(world, run) != before


def test_error_of_the_reader_leaves_no_file(world: RunWorld, run: PromptRun, tables: RunTables) -> None:
    with pytest.raises(sqlite3.OperationalError), tables.open(TENANT, run.run_id) as path:
        rows(path, "SELECT nothing FROM nowhere")
    assert scratch_files(world) == []


def _with_later_update(state: MediumState) -> MediumState:
    state.updated_at = "later"
    return state

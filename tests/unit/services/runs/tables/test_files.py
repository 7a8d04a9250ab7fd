"""Files of run tables: built from records, stamped with a fingerprint."""

import sqlite3
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.markers.marker import MarkerColor, MarkerTarget, MarkerTargetType
from shared.domain.media import Media
from shared.ports.jobs import Interrupted
from shared.services.library.markers.markers import Markers
from shared.services.runs.tables.build import build
from shared.services.runs.tables.contents import read_contents
from shared.services.runs.tables.file import FIELDS, create, insert, stored_fingerprint, writing
from shared.services.runs.tables.markers import marker_rows
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.tables.table_runs import RESULT, add_table_run, rows
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path / "world")


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


def test_two_builds_have_the_same_fingerprint_and_rows(world: RunWorld, media: Media, tmp_path: Path) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT, None]})
    contents = read_contents(world.documents, run)
    first, second = tmp_path / "first", tmp_path / "second"
    for path in (first, second):
        build(path, world.documents, run, contents, lambda: None)
    assert stored_fingerprint(first) == stored_fingerprint(second) == contents.fingerprint
    query = "SELECT * FROM segments ORDER BY segment_id"
    assert rows(first, query) == rows(second, query)
    assert len(rows(first, query)) == 2


def test_build_asks_before_each_page_whether_to_go_on(world: RunWorld, media: Media, tmp_path: Path) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT]})

    def stop() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        build(tmp_path / "table", world.documents, run, read_contents(world.documents, run), stop)
    assert stored_fingerprint(tmp_path / "table") is None


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0 and then nothing"])
def test_other_files_have_no_fingerprint(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert stored_fingerprint(path) is None


def test_half_a_surrogate_pair_becomes_a_replacement_character(tmp_path: Path) -> None:
    path = tmp_path / "table"
    with writing(path) as connection:
        create(connection, FIELDS)
        values = [["a"] * len(FIELDS.columns), ["\ud83d"] * len(FIELDS.columns)]
        insert(connection, FIELDS, [tuple(row) for row in values])
    with sqlite3.connect(path) as connection:
        assert [row[0] for row in connection.execute(f"SELECT * FROM {FIELDS.name}")] == ["a", "\ufffd"]  # noqa: S608


def test_markers_are_read_of_marked_media_only(world: RunWorld, media: Media) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT]})
    assert list(marker_rows(world.documents, run, read_contents(world.documents, run))) == []
    target = MarkerTarget(type=MarkerTargetType.VIDEO, id=media.media_id)
    Markers(world.documents, max_markers=100).put(ANNA, target, MarkerColor.RED, "look")
    (row,) = marker_rows(world.documents, run, read_contents(world.documents, run))
    assert (row[1], row[2], row[6], row[7]) == ("video", media.media_id, "red", "look")
    assert world.documents.get(Media, keys.media(ANNA.tenant_id, media.media_id)) is not None

"""What a run table contains."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.domain.errors import Conflict, NotFound
from shared.domain.ids import segment_id
from shared.domain.media import Media
from shared.domain.runs.prompt_run import RunStatus
from shared.services.runs.tables.tables import RunTables
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.tables.table_runs import (
    RECIPE,
    RESULT,
    SCHEMA,
    add_table_run,
    rows,
    table_rows,
    write_result,
)
from tests.unit.services.storage import ANNA, BERT


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def tables(world: RunWorld) -> RunTables:
    return RunTables(world.documents, world.blobs)


def test_results_are_in_typed_columns_and_child_tables(
    world: RunWorld, media: Media, tables: RunTables
) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT, None]})
    first, second = (segment_id(media.media_id, RECIPE, number) for number in (0, 1))
    with tables.open(ANNA.tenant_id, run.run_id) as path:
        found = rows(
            path,
            """SELECT segment_id, video_id, ordinal, start_seconds, end_seconds, transcription, succeeded,
            error_message, "scene.location", "scene.light", "count", indoor, tags, Title, SEGMENT_ID_2,
            "say ""hi""; --" FROM segments ORDER BY ordinal""",
        )
        people = rows(path, 'SELECT * FROM "segments.people"')
        hats = rows(path, 'SELECT * FROM "segments.people.hats"')
    spoken = ("Good morning.", 1, None)
    fields = ("Brücke", 0.25, 3, 1, '["a", "b"]', "A film", "mine", "hello")
    assert found == [
        (first, media.media_id, 0, 0.0, 10.0, *spoken, *fields),
        (second, media.media_id, 1, 10.0, 20.0, None, 0, "no answer", *[None] * 8),
    ]
    assert people == [(first, 0, "Ann"), (first, 1, "Bob")]
    assert hats == [(first, 0, 0, "red"), (first, 0, 1, "blue")]


def test_columns_are_named_with_their_paths(world: RunWorld, media: Media, tables: RunTables) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT]})
    found = table_rows(tables, run, "SELECT * FROM fields WHERE column_name != path ORDER BY path")
    assert found == [
        ("segments", "SEGMENT_ID_2", "SEGMENT_ID", "string"),
        ("segments.people.hats", "colour", "people[].hats[].colour", "string"),
        ("segments.people", "name", "people[].name", "string"),
    ]


def test_media_wide_results_have_their_tables(world: RunWorld, media: Media, tables: RunTables) -> None:
    overview = {"summary": "A day", "parts": [{"name": "morning"}, {"name": "noon"}], "more": 1}
    run = add_table_run(world.documents, {media.media_id: []}, overviews={media.media_id: overview})
    with tables.open(ANNA.tenant_id, run.run_id) as path:
        assert rows(path, "SELECT video_id, status, summary FROM media_results") == [
            (media.media_id, "completed", "A day")
        ]
        assert rows(path, 'SELECT * FROM "media_results.parts"') == [
            (media.media_id, 0, "morning"),
            (media.media_id, 1, "noon"),
        ]
        assert rows(path, "SELECT * FROM other_values") == [(media.media_id, None, "more", "1")]


def test_about_and_media_describe_the_run(world: RunWorld, media: Media, tables: RunTables) -> None:
    other = world.add_without_bytes()
    run = add_table_run(world.documents, {other.media_id: [RESULT], media.media_id: [RESULT] * 2})
    with tables.open(ANNA.tenant_id, run.run_id) as path:
        about = rows(path, "SELECT run_id, layout_version, prompt_id, prompt_name FROM about")
        found = rows(
            path, "SELECT video_id, title, media_type, duration_seconds, status, total_segments FROM media"
        )
    assert about == [(run.run_id, 1, "prm_1", "Colours")]
    assert found == [
        (other.media_id, "t", "video", 60.0, "completed", 1),
        (media.media_id, "t", "video", 60.0, "completed", 2),
    ]


@pytest.mark.parametrize(
    "value", ["three", [], {"a": 1}, True, 2**70, 1.5, "\ud800"], ids=lambda value: type(value).__name__
)
def test_no_value_fails_a_build(world: RunWorld, media: Media, tables: RunTables, value: Any) -> None:
    names = SCHEMA["properties"]
    run = add_table_run(world.documents, {media.media_id: [dict.fromkeys(names, value), RESULT]})
    with tables.open(ANNA.tenant_id, run.run_id) as path:
        assert rows(path, "SELECT count FROM segments ORDER BY ordinal") == [(None,), (3,)]
        kept = rows(path, "SELECT value FROM other_values WHERE path = 'count'")
    assert [json.loads(text) for (text,) in kept] == [value if value != "\ud800" else "\ufffd"]


def test_more_results_than_a_page_are_complete(world: RunWorld, media: Media, tables: RunTables) -> None:
    run = add_table_run(world.documents, {media.media_id: [{"count": 0}]})
    for start in range(1, 601, 60):
        writes = [write_result(run, media.media_id, n, {"count": n}) for n in range(start, start + 60)]
        world.documents.write(*writes)
    assert table_rows(tables, run, "SELECT count(*), sum(count) FROM segments") == [(601, sum(range(601)))]


def test_markers_are_in_the_opened_copy_only(world: RunWorld, media: Media) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT]})
    marker = ("video", media.media_id, None, "red", "look", "then", "now")
    tables = RunTables(world.documents, world.blobs, lambda *_: [marker])
    assert table_rows(tables, run, "SELECT * FROM markers") == [marker]
    assert table_rows(tables, run, "SELECT * FROM markers") == [marker]
    assert table_rows(RunTables(world.documents, world.blobs), run, "SELECT * FROM markers") == []


def test_run_of_another_tenant_is_not_found(world: RunWorld, media: Media, tables: RunTables) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT]})
    with pytest.raises(NotFound), tables.open(BERT.tenant_id, run.run_id):
        pass


def test_run_that_has_not_ended_has_no_table(world: RunWorld, media: Media, tables: RunTables) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT]}, status=RunStatus.PROCESSING)
    with pytest.raises(Conflict, match="ended"), tables.open(ANNA.tenant_id, run.run_id):
        pass

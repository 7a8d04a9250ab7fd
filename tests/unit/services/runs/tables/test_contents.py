"""What a run table contains."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.domain import blob_keys, keys
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, NotFound
from shared.domain.ids import recipe_fingerprint, segment_id
from shared.domain.markers.marker import MarkerColor, MarkerTarget, MarkerTargetType
from shared.domain.media import Media, Segment
from shared.domain.query.hits import segment_result_id
from shared.domain.runs.prompt_run import RunStatus
from shared.services.library.markers.markers import Markers
from shared.services.records.documents import put
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


def test_markers_of_the_run_are_in_the_opened_copy_only(
    world: RunWorld, media: Media, tables: RunTables
) -> None:
    run, other = (add_table_run(world.documents, {media.media_id: [RESULT]}) for _ in range(2))
    segment = segment_id(media.media_id, RECIPE, 0)
    elsewhere = add_segment(world, media)
    markers = Markers(world.documents, max_markers=100)
    for target_type, target_id, field_path in (
        ("prompt_run", run.run_id, None),
        ("video", media.media_id, None),
        ("segment", segment, None),
        ("segment", elsewhere, None),
        ("result", segment_result_id(segment, run.run_id), "people[].name"),
        ("result", segment_result_id(segment, other.run_id), None),
    ):
        target = MarkerTarget(type=MarkerTargetType(target_type), id=target_id, field_path=field_path)
        markers.put(ANNA, target, MarkerColor.RED, target_type)
    query = "SELECT target_type, target_id, video_id, segment_id, field_path, color, note FROM markers"
    expected = [
        ("prompt_run", run.run_id, None, None, None, "red", "prompt_run"),
        (
            "result",
            segment_result_id(segment, run.run_id),
            media.media_id,
            segment,
            "people[].name",
            "red",
            "result",
        ),
        ("segment", segment, media.media_id, segment, None, "red", "segment"),
        ("video", media.media_id, media.media_id, None, None, "red", "video"),
    ]
    for _ in range(2):
        assert sorted(table_rows(tables, run, query)) == expected
    with world.blobs.as_file(blob_keys.run_table(ANNA.tenant_id, run.run_id)) as path:
        assert rows(path, query) == []


def add_segment(world: RunWorld, media: Media) -> str:
    """Add a segment that no run has processed, and the one that the runs have."""
    for recipe in (RECIPE, "fixed:7"):
        identifier = segment_id(media.media_id, recipe, 0)
        segment = Segment(
            segment_id=identifier,
            media_id=media.media_id,
            recipe=recipe,
            ordinal=0,
            start=0.0,
            end=7.0,
            created_at=timestamp(),
        )
        key = keys.segment(ANNA.tenant_id, media.media_id, recipe_fingerprint(recipe), 0)
        world.documents.write(put(key, segment))
    return identifier


def test_run_of_another_tenant_is_not_found(world: RunWorld, media: Media, tables: RunTables) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT]})
    with pytest.raises(NotFound), tables.open(BERT.tenant_id, run.run_id):
        pass


def test_run_that_has_not_ended_has_no_table(world: RunWorld, media: Media, tables: RunTables) -> None:
    run = add_table_run(world.documents, {media.media_id: [RESULT]}, status=RunStatus.PROCESSING)
    with pytest.raises(Conflict, match="ended"), tables.open(ANNA.tenant_id, run.run_id):
        pass

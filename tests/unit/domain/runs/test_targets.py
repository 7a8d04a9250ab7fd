from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.domain.errors import InvalidRequest
from shared.domain.runs.targets import (
    MAX_NAMED_MEDIA,
    ImportTarget,
    IndexTarget,
    MediaTarget,
    PlaygroundTarget,
    RunTarget,
)

TARGETS: TypeAdapter[RunTarget] = TypeAdapter(RunTarget)

STORED: list[tuple[RunTarget, str]] = [
    (IndexTarget.of("idx_1"), '{"type":"index","index_id":"idx_1"}'),
    (MediaTarget.of(["vid_2", "vid_1"]), '{"type":"videos","video_ids":["vid_2","vid_1"]}'),
    (MediaTarget.of(["vid_1"], "idx_1"), '{"type":"videos","video_ids":["vid_1"],"index_id":"idx_1"}'),
    (PlaygroundTarget(), '{"type":"playground"}'),
    (
        ImportTarget(import_job_id="imp_1", index_id="idx_1"),
        '{"type":"import_job","import_job_id":"imp_1","index_id":"idx_1"}',
    ),
    (
        ImportTarget(import_job_id="imp_1", index_id="idx_1", first_attempt=1, last_attempt=2),
        '{"type":"import_job","import_job_id":"imp_1","index_id":"idx_1","first_attempt":1,"last_attempt":2}',
    ),
]


@pytest.mark.parametrize(("target", "stored"), STORED)
def test_stored_json_of_each_target_round_trips(target: RunTarget, stored: str) -> None:
    assert TARGETS.dump_json(target).decode() == stored
    assert TARGETS.validate_json(stored) == target


def test_round_trips_include_each_kind_of_target() -> None:
    union, _ = get_args(RunTarget)
    assert {type(target) for target, _ in STORED} == set(get_args(union))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "galaxy"},
        {"type": "index"},
        {"type": "index", "index_id": " "},
        {"type": "videos"},
        {"type": "videos", "video_ids": []},
        {"type": "videos", "video_ids": "vid_1"},
        {"type": "videos", "video_ids": ["vid_1", ""]},
    ],
)
def test_malformed_stored_target_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TARGETS.validate_python(body)


@pytest.mark.parametrize("index_id", [None, "", "  "])
def test_index_target_needs_an_index_id(index_id: str | None) -> None:
    with pytest.raises(InvalidRequest) as refused:
        IndexTarget.of(index_id)
    assert (refused.value.field, refused.value.code) == ("target.index_id", "validation_error")
    assert refused.value.rule == "must be a non-empty string"


@pytest.mark.parametrize(
    ("video_ids", "code", "rule"),
    [
        (None, "target_empty", "must be a non-empty list"),
        ([], "target_empty", "must be a non-empty list"),
        (["vid_1", " "], "validation_error", "must be a non-empty string"),
        (["vid_1"] * (MAX_NAMED_MEDIA + 1), "validation_error", "must name at most 5000 media"),
    ],
)
def test_malformed_list_of_media_is_refused(video_ids: list[str] | None, code: str, rule: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        MediaTarget.of(video_ids)
    assert (refused.value.field, refused.value.code) == ("target.video_ids", code)
    assert refused.value.rule == rule


def test_blank_index_id_of_named_media_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        MediaTarget.of(["vid_1"], " ")
    assert refused.value.field == "target.index_id"


def test_ids_are_stripped_and_counted_once() -> None:
    target = MediaTarget.of([" vid_1", "vid_2", "vid_1 "], " idx_1 ")
    assert (target.video_ids, target.index_id) == (("vid_1", "vid_2"), "idx_1")


def test_target_cannot_be_changed() -> None:
    target = IndexTarget.of("idx_1")
    with pytest.raises(ValidationError):
        target.index_id = "idx_2"  # type: ignore[misc]

"""Rules of markers: notes, fields, colors of filters, and the markers that a result shows."""

from typing import get_args

import pytest

from functions.api.wire import ColorFilter
from shared.domain.errors import InvalidRequest
from shared.domain.markers.marker import (
    MarkerColor,
    MarkerInfo,
    MarkerTarget,
    MarkerTargetType,
    TargetMarkers,
)
from shared.domain.markers.rules import (
    ANY_COLOR,
    MAX_NOTE_CHARACTERS,
    check_field_path,
    check_target,
    checked_note,
    matches_color,
)


def info(marker_id: str, color: MarkerColor | None = None) -> MarkerInfo:
    return MarkerInfo(marker_id=marker_id, color=color, note=None if color else "n", updated_at="2026-01-01")


@pytest.mark.parametrize(
    ("note", "kept"), [(" cut here ", "cut here"), ("", None), (" \n", None), (None, None), ("e" * 500,) * 2]
)
def test_note_is_trimmed_and_blank_note_is_none(note: str | None, kept: str | None) -> None:
    assert checked_note(MarkerColor.RED, note) == kept


@pytest.mark.parametrize(
    ("color", "note"), [(None, None), (None, "  "), (MarkerColor.RED, "n" * (MAX_NOTE_CHARACTERS + 1))]
)
def test_marker_without_content_or_with_long_note_is_refused(
    color: MarkerColor | None, note: str | None
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_note(color, note)
    assert refused.value.field == "note"


@pytest.mark.parametrize("target_type", [MarkerTargetType.VIDEO, MarkerTargetType.PROMPT_RUN])
def test_media_and_runs_have_no_fields(target_type: MarkerTargetType) -> None:
    check_target(MarkerTarget(type=target_type, id="x"))
    with pytest.raises(InvalidRequest, match="field_path"):
        check_target(MarkerTarget(type=target_type, id="x", field_path="mood"))


@pytest.mark.parametrize("path", ["people", "people[0].name", "moods", ""])
def test_unknown_field_path_is_refused(path: str) -> None:
    known = {"people[].name", "mood"}
    check_field_path(MarkerTarget(type=MarkerTargetType.SEGMENT, id="x", field_path="people[].name"), known)
    with pytest.raises(InvalidRequest) as refused:
        check_field_path(MarkerTarget(type=MarkerTargetType.SEGMENT, id="x", field_path=path), known)
    assert refused.value.field == "target.field_path"


def test_filter_matches_color_and_any_matches_each_marker() -> None:
    red, noted = info("mrk_1", MarkerColor.RED), info("mrk_2")
    assert matches_color("red", [noted, red])
    assert not matches_color("blue", [noted, red])
    assert matches_color(ANY_COLOR, [noted])
    assert not matches_color(ANY_COLOR, [None])
    assert matches_color(None, [None])


def test_filter_accepts_every_color_and_any() -> None:
    assert set(get_args(ColorFilter)) == {*MarkerColor, ANY_COLOR}


def test_own_marker_of_result_hides_that_of_its_segment() -> None:
    segment = TargetMarkers(own=info("s"), fields={"mood": info("sm"), "place": info("sp")})
    result = TargetMarkers(fields={"mood": info("rm")})
    shown = result.over(segment)
    assert shown.own == info("s")
    assert shown.fields == {"mood": info("rm"), "place": info("sp")}
    assert result.with_marker(None, info("r")).over(segment).own == info("r")


def test_markers_of_target_are_replaced_and_removed_by_field() -> None:
    markers = TargetMarkers().with_marker("mood", info("a")).with_marker(None, info("b"))
    assert [each.marker_id for each in markers.all] == ["b", "a"]
    assert (markers.at(None), markers.at("mood"), markers.at("place")) == (info("b"), info("a"), None)
    assert markers.with_marker("mood", None).with_marker(None, None).all == []

"""The demo page: escaping of untrusted text, verdicts, repeated texts and the player."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from shared.cli.demo.archive import next_steps, players_of
from shared.cli.demo.distinct_texts import distinct
from shared.cli.demo.page import Answer, Content, clock, render, span

HOSTILE: Final = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;"
PLAYER: Final = "data/blobs/objects/media/local/vid_1/playback.mp4"


def hit(*matches: tuple[str, str], start: float | None = 0.0, end: float | None = 1.0) -> Any:
    return SimpleNamespace(
        video_id="vid_1",
        gif_uri=None,
        thumbnail_uri=None,
        start_time=start,
        end_time=end,
        similarity_score=0.5,
        matched_field_instances=[
            SimpleNamespace(field_path=path, value_preview=preview) for path, preview in matches
        ],
    )


def segment(**metadata: Any) -> Any:
    return SimpleNamespace(
        video_id="vid_1", thumbnail_uri=None, start_time=0.0, end_time=1.0, metadata=metadata
    )


def page(answers: list[Answer], segments: list[Any], players: dict[str, str] | None = None) -> str:
    return render(Content("title", ["fact"], answers, segments, players or {}))


def test_text_is_escaped_in_page() -> None:
    answer = Answer(HOSTILE, [hit((HOSTILE, HOSTILE))], expected=HOSTILE)
    metadata = {"transcription": HOSTILE, "on_screen_text": [HOSTILE], HOSTILE: {HOSTILE: HOSTILE}}
    hostile = render(Content(HOSTILE, [HOSTILE], [answer], [segment(**metadata)], {"vid_1": HOSTILE}))
    tame = {"transcription": "a", "on_screen_text": ["b"], "c": {"d": "e"}}
    harmless = page([Answer("q", [hit(("a", "b"))], expected="e")], [segment(**tame)], {"vid_1": "f"})
    assert "<img" not in hostile
    assert "onerror='" not in hostile
    assert hostile.count("<script") == harmless.count("<script") == 1
    assert hostile.count("<") == harmless.count("<")


def test_only_hit_that_meets_expectation_is_framed() -> None:
    hits = [hit(), hit(), hit()]
    assert page([Answer("q", hits, "found at place 2", met_by=1)], []).count('class="good"') == 1
    missed = page([Answer("q", hits, "not found first")], [])
    assert 'class="good"' not in missed
    assert 'class="missed"' in missed


def test_unchecked_hit_has_no_verdict() -> None:
    unchecked = page([Answer("q", [hit()])], [])
    assert not re.search(r'class="(good|met|missed)"', unchecked)
    assert not Answer("q", []).missed


def test_search_without_hits_says_so() -> None:
    assert "Nothing was found." in page([Answer("q", [])], [])
    assert "Searches" not in page([], [])


def test_warnings_of_medium_are_shown() -> None:
    warned = render(Content("title", ["fact"], [], [], warnings=["The pauses are <left> out."]))
    assert '<p class="warning">The pauses are &lt;left&gt; out.</p>' in warned
    assert 'class="warning"' not in page([], [])


def test_picture_plays_time_span_of_archived_file() -> None:
    shown = page([Answer("q", [hit(start=32.458, end=37.458)])], [segment()], {"vid_1": PLAYER})
    assert f'href="{PLAYER}#t=32.458,37.458"' in shown
    assert f'src="{PLAYER}"' in shown
    assert "playsinline" in shown
    assert 'content="width=device-width' in shown


def test_medium_without_player_has_no_link() -> None:
    shown = page([Answer("q", [hit(start=None, end=None)])], [segment()])
    assert "<video" not in shown
    assert "href=" not in shown


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (
            [
                ("text[]", "GATE B12"),
                ("on_screen_text", "FLIGHT TK417 | GATE B12"),
                ("summary", "“Gate B12”."),
            ],
            [("text[]", "GATE B12")],
        ),
        ([("objects[]", "cat"), ("summary", "an educated guess")], None),
        (
            [("a", "one"), ("b", "two"), ("c", "three"), ("d", "four")],
            [("a", "one"), ("b", "two"), ("c", "three")],
        ),
        ([("metadata_text", "summary: one"), ("summary", "one")], [("summary", "one")]),
        ([("metadata_text", "summary: one")], None),
        ([("a", " — "), ("b", "one")], [("b", "one")]),
    ],
)
def test_text_is_shown_once(found: list[tuple[str, str]], kept: list[tuple[str, str]] | None) -> None:
    assert distinct(found) == (found if kept is None else kept)


def test_clock_rounds_to_tenths() -> None:
    assert [clock(seconds) for seconds in (0.0, 59.96, 75.2)] == ["0:00.0", "1:00.0", "1:15.2"]


@pytest.mark.parametrize(
    ("start", "end", "shown"), [(0.0, 1.0, "0:00.0–0:01.0"), (0.0, 0.0, ""), (None, None, "")]
)
def test_picture_has_no_time_span(start: float | None, end: float | None, shown: str) -> None:
    assert span(hit(start=start, end=end)) == shown


def test_players_are_existing_files_of_archive(tmp_path: Path) -> None:
    key = "media/local/vid_1/play back.mp4"
    file = tmp_path / "data" / "blobs" / "objects" / key
    file.parent.mkdir(parents=True)
    file.touch()
    media = [
        SimpleNamespace(video_id="vid_1", media_type="video", video_uri=f"media://local/{key}"),
        SimpleNamespace(video_id="vid_2", media_type="image", video_uri=f"media://local/{key}"),
        SimpleNamespace(video_id="vid_3", media_type="video", video_uri="media://local/media/gone.mp4"),
    ]
    expected = {"vid_1": "data/blobs/objects/media/local/vid_1/play%20back.mp4"}
    assert players_of(media, tmp_path) == expected


def test_next_steps_quote_folder_and_query() -> None:
    steps = next_steps(Path("my demo/data"), "sk_live_1", 'it\'s a "cat"')
    assert "make serve 'DATA=./my demo/data'" in steps
    assert "export VIDEO_VECTOR_API_KEY=sk_live_1" in steps
    assert "it'\"'\"'s a" in steps

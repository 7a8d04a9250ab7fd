"""Escaping of untrusted text (speech, text on screen, extracted values) in the demo page."""

from types import SimpleNamespace
from typing import Final

from shared.cli.demo.page import Answer, render

HOSTILE: Final = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;"


def test_text_is_escaped_in_page() -> None:
    match = SimpleNamespace(field_path=HOSTILE, value_preview=HOSTILE)
    hit = SimpleNamespace(
        gif_uri=None,
        thumbnail_uri=None,
        start_time=0.0,
        end_time=1.0,
        similarity_score=0.5,
        matched_field_instances=[match],
    )
    metadata = {"transcription": HOSTILE, "on_screen_text": [HOSTILE], HOSTILE: {HOSTILE: HOSTILE}}
    segment = SimpleNamespace(thumbnail_uri=None, start_time=0.0, end_time=1.0, metadata=metadata)
    answer = Answer(HOSTILE, [hit], expected=HOSTILE)
    page = render(HOSTILE, [HOSTILE], [answer], [segment])
    harmless = render("title", ["fact"], [Answer("q", [hit], expected="e")], [segment])
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<") == harmless.count("<")

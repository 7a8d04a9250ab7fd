"""Chat messages of an extraction, and their limits."""

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.evidence import FrameEvidence, SegmentEvidence, Tag, TextLine
from shared.models.language.chat_messages import (
    MAX_FRAMES,
    MAX_QUOTED_ANSWER,
    MAX_RESULTS,
    MAX_TRANSCRIPT,
    extraction_messages,
    readable_text,
    repair_messages,
    without_images,
)
from shared.ports.models import ExtractionRequest
from tests.unit.models.evidence import CAFE, STRING, schema_of

SCHEMA = schema_of(naïve=STRING)
IMAGES = [b"\xff\xd8first", b"\xff\xd8second"]


def user_text(request: ExtractionRequest, share: float = 1.0) -> str:
    [_, user] = extraction_messages(request, share)
    text: str = user["content"][0]["text"]
    return text


def request_for(results: list[dict[str, Any]] | None = None, **seen: Any) -> ExtractionRequest:
    evidence = SegmentEvidence(**{"start": 0.0, "end": 9.5, "media_type": "audio", "title": "It's", **seen})
    return ExtractionRequest("Do it.", SCHEMA, evidence, segment_results=results or [])


def frame(at: float, text: str = "", label: str = "") -> FrameEvidence:
    lines = (TextLine(text=text, confidence=0.9, box=(0, 0, 1, 1)),) if text else ()
    tags = (Tag(label=label, confidence=0.876),) if label else ()
    return FrameEvidence(timestamp=at, shot=0, picture="p", text_lines=lines, tags=tags)


def test_message_has_task_schema_and_evidence() -> None:
    seen = {
        "transcript": "hello",
        "language": "en",
        "frames": (frame(1.0, "MENU", "cup"), frame(2.0), frame(3.25, label="hat")),
    }
    assert user_text(request_for([{"a": "é"}, {"a": 2}], **seen)) == "\n".join(
        [
            *("Task:", "Do it.", ""),
            *("JSON schema of the answer:", json.dumps(SCHEMA, ensure_ascii=False), ""),
            *('Material: audio "It\'s", 0.00 s to 9.50 s.', "Speech (en):", "hello"),
            "Frame at 1.00 s: tags: cup 0.88; text: MENU",
            *("Frame at 3.25 s: tags: hat 0.88", ""),
            *("Results of the segments, in order of time:", '{"a": "é"}', '{"a": 2}'),
        ]
    )


def test_absent_evidence_has_no_heading() -> None:
    text = user_text(request_for())
    assert text.endswith('Material: audio "It\'s", 0.00 s to 9.50 s.')
    assert "Speech:\nhello" in user_text(request_for(transcript="hello"))


def test_images_follow_text_in_order() -> None:
    messages = extraction_messages(ExtractionRequest("Do it.", SCHEMA, CAFE, IMAGES))
    assert [message["role"] for message in messages] == ["system", "user"]
    text, *images = messages[1]["content"]
    assert text["type"] == "text"
    sent = [image["image_url"]["url"].removeprefix("data:image/jpeg;base64,") for image in images]
    assert [base64.b64decode(each) for each in sent] == IMAGES


def test_readable_text_counts_images_instead_of_showing_them() -> None:
    messages = extraction_messages(ExtractionRequest("Do it.", SCHEMA, CAFE, IMAGES))
    text = messages[1]["content"][0]["text"]
    plain = without_images(messages)
    assert plain[1] == {"role": "user", "content": text}
    assert readable_text(messages) == f"[system]\n{messages[0]['content']}\n\n[user]\n{text}\n[2 pictures]"
    assert readable_text(plain) == f"[system]\n{messages[0]['content']}\n\n[user]\n{text}"


@pytest.mark.parametrize(("share", "kept"), [(1.0, MAX_TRANSCRIPT), (0.5, MAX_TRANSCRIPT // 2), (0.0, 0)])
def test_transcript_is_cut_to_its_share(share: float, kept: int) -> None:
    text = user_text(request_for(transcript="§" * (MAX_TRANSCRIPT + 5)), share)
    assert text.count("§") == kept


def test_share_of_short_transcript_is_of_its_own_length() -> None:
    assert user_text(request_for(transcript="§" * 10), 0.5).count("§") == 5


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_frames_and_results_are_sampled_over_time(share: float) -> None:
    frames = tuple(frame(float(number), "t" * 500) for number in range(100))
    results = [{"number": number, "t": "t" * 2000} for number in range(100)]
    text = user_text(request_for(results, frames=frames), share)
    for pattern, limit in ((r"Frame at ([\d.]+) s.*", MAX_FRAMES), (r'\{"number": (\d+), .*', MAX_RESULTS)):
        kept = list(re.finditer(pattern, text))
        assert 0.9 * limit * share < sum(len(line[0]) for line in kept) <= limit * share
        numbers = [float(line[1]) for line in kept]
        gaps = [b - a for a, b in zip([-1, *numbers], [*numbers, 100], strict=True)]
        assert max(gaps) <= 2 * 100 / len(kept), "no part of the time is left out"


@given(st.lists(st.text(alphabet="xyz", max_size=40), max_size=40), st.floats(0.0, 1.0))
def test_results_never_exceed_their_share(texts: list[str], share: float) -> None:
    results = [{"§": text} for text in texts]
    text = user_text(request_for(results), share)
    lines = text.partition("in order of time:\n")[2].splitlines()
    whole = [json.dumps(result, ensure_ascii=False) for result in results]
    assert sum(map(len, lines)) <= int(sum(map(len, whole)) * share)
    if share == 1.0:
        assert lines == whole


def test_single_long_result_is_cut() -> None:
    text = user_text(request_for([{"t": "§" * 2 * MAX_RESULTS}]))
    assert MAX_RESULTS - 20 < text.count("§") < MAX_RESULTS


def test_repair_quotes_answer_and_errors_within_limits() -> None:
    errors = [("a.b", "is wrong"), ("", "is no object"), *((f"f{number}", "bad") for number in range(30))]
    assistant, user = repair_messages("x" * (MAX_QUOTED_ANSWER + 1), errors)
    assert assistant == {"role": "assistant", "content": "x" * MAX_QUOTED_ANSWER}
    assert user["role"] == "user"
    lines = [line for line in user["content"].splitlines() if line.startswith("- ")]
    assert lines[:3] == ["- a.b: is wrong", "- root: is no object", "- f0: bad"]
    assert len(lines) == 20

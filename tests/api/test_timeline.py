"""Timelines of media, over the stored evidence of their bytes."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from functions.api.videos import timeline_schemas
from shared.domain.access import Caller
from shared.domain.evidence import (
    FrameEvidence,
    PictureEvidence,
    Shot,
    SpeechSpan,
    Tag,
    TextLine,
    Transcript,
    Utterance,
    Word,
)
from shared.domain.media import Media
from shared.runtime import Runtime
from shared.services.runs.analysis import content_keys
from tests.api.imports import import_picture

WORDS = (
    Word(text=" Good", start=0.51234, end=0.8, confidence=0.987),
    Word(text=" day", start=0.8, end=1.2, confidence=0.9),
)
SPOKEN = Transcript(
    language="en", utterances=(Utterance(text="Good day", start=0.5, end=1.2, words=WORDS),), model="m"
)
SIGN = TextLine(text="Exit", confidence=0.9, box=(0.1, 0.1, 0.3, 0.2))
MOVED = TextLine(text="Exit", confidence=0.8, box=(0.6, 0.1, 0.8, 0.2))


@pytest.fixture
def media(client: TestClient, runtime: Runtime, tmp_path: Path) -> Media:
    video_id = import_picture(client, runtime, tmp_path)
    return runtime.library.media.get(Caller(tenant_id="acme", user_id="u", scopes=frozenset()), video_id)


def store(runtime: Runtime, media: Media, name: str, evidence: Transcript | PictureEvidence) -> None:
    key = f"{content_keys.content_folder(media)}{name}.json"
    runtime.ports.blobs.write(key, evidence.model_dump_json().encode(), content_keys.JSON)


def frame(media: Media, at: float, shot: int, *lines: TextLine, tags: tuple[Tag, ...] = ()) -> FrameEvidence:
    picture = content_keys.frame_key(media, at)
    return FrameEvidence(
        timestamp=at, shot=shot, picture=picture, text_lines=lines, tags=tags, embedding=(1.0,)
    )


def test_medium_without_runs_has_empty_timeline(client: TestClient, media: Media) -> None:
    answer = client.get(f"/videos/{media.media_id}/timeline")
    empty: list[object] = []
    assert answer.json() == {
        "video_id": media.media_id,
        "analysed": False,
        "frame_rate": None,
        "language": None,
        "truncated": False,
        **dict.fromkeys(("shots", "speech", "utterances", "text_lines", "tags", "frames"), empty),
    }


def test_timeline_has_words_and_speech(client: TestClient, runtime: Runtime, media: Media) -> None:
    store(runtime, media, "speech-m-mix", SPOKEN)
    found = client.get(f"/videos/{media.media_id}/timeline").json()
    assert (found["analysed"], found["language"], found["shots"]) == (True, "en", [])
    assert found["speech"] == [{"start": 0.5, "end": 1.2}]
    assert found["utterances"] == [
        {
            "start": 0.5,
            "end": 1.2,
            "text": "Good day",
            "words": [["Good", 0.512, 0.8, 0.99], ["day", 0.8, 1.2, 0.9]],
        }
    ]


def test_speech_without_transcript_has_spans(client: TestClient, runtime: Runtime, media: Media) -> None:
    key = content_keys.speech_spans_key(media)
    runtime.ports.blobs.write(
        key, f"[{SpeechSpan(start=1, end=2).model_dump_json()}]".encode(), content_keys.JSON
    )
    found = client.get(f"/videos/{media.media_id}/timeline").json()
    assert (found["analysed"], found["speech"]) == (True, [{"start": 1.0, "end": 2.0}])
    assert found["utterances"] == []


def test_text_and_tags_span_the_frames_that_show_them(
    client: TestClient, runtime: Runtime, media: Media
) -> None:
    street = Tag(label="street", confidence=0.4)
    pictures = PictureEvidence(
        shots=(Shot(start=0, end=6), Shot(start=6, end=9)),
        frames=(
            frame(media, 1, 0, SIGN, tags=(street,)),
            frame(media, 3, 0, SIGN, MOVED, tags=(street.model_copy(update={"confidence": 0.7}),)),
            frame(media, 5, 0),
            frame(media, 7, 1, SIGN),
        ),
    )
    store(runtime, media, "pictures-a", pictures)
    found = client.get(f"/videos/{media.media_id}/timeline").json()
    assert found["shots"] == [{"start": 0, "end": 6}, {"start": 6, "end": 9}]
    times = [(line["start"], line["end"], line["box"][0]) for line in found["text_lines"]]
    assert times == [(0, 5, 0.1), (3, 5, 0.6), (6, 9, 0.1)]
    assert found["tags"] == [{"start": 0, "end": 5, "label": "street", "kind": "scene", "confidence": 0.7}]
    assert [each["time"] for each in found["frames"]] == [1, 3, 5, 7]


def test_picture_of_frame_opens_by_signed_link(
    client: TestClient, anonymous: TestClient, runtime: Runtime, media: Media
) -> None:
    seen = frame(media, 0, 0)
    runtime.ports.blobs.write(seen.picture, b"\xff\xd8frame", content_keys.JPEG)
    store(runtime, media, "pictures-a", PictureEvidence(shots=(Shot(start=0, end=0),), frames=(seen,)))
    (found,) = client.get(f"/videos/{media.media_id}/timeline").json()["frames"]
    link = client.post("/videos/signed-url", json={"gcs_uri": found["picture_uri"]}).json()["signed_url"]
    assert anonymous.get(link).content == b"\xff\xd8frame"


def test_unfinished_analysis_is_not_shown(client: TestClient, runtime: Runtime, media: Media) -> None:
    store(runtime, media, "pictures-a/000001", PictureEvidence(shots=(), frames=()))
    assert client.get(f"/videos/{media.media_id}/timeline").json()["analysed"] is False


@pytest.mark.slow
def test_full_timeline_stays_below_the_limit_of_a_function(
    client: TestClient, runtime: Runtime, media: Media
) -> None:
    said = [Word(text=" wonderful", start=n / 3, end=n / 3 + 0.25, confidence=0.91) for n in range(20_000)]
    utterances = tuple(
        Utterance(
            text="wonderful " * 20, start=said[n].start, end=said[n + 19].end, words=tuple(said[n : n + 20])
        )
        for n in range(0, 20_000, 20)
    )
    store(runtime, media, "speech-m-mix", SPOKEN.model_copy(update={"utterances": utterances}))
    lines = timeline_schemas.MAX_SPANS + 10
    tags = tuple(Tag(label="a street at night", confidence=0.5) for _ in range(2))
    frames = tuple(
        frame(media, n, n, SIGN.model_copy(update={"text": f"{n} {'long line ' * 30}"}), tags=tags)
        for n in range(lines)
    )
    shots = tuple(Shot(start=n, end=n + 0.5) for n in range(lines))
    store(runtime, media, "pictures-a", PictureEvidence(shots=shots, frames=frames))
    answer = client.get(f"/videos/{media.media_id}/timeline")
    assert answer.json()["truncated"] is True
    assert len(answer.json()["text_lines"]) == timeline_schemas.MAX_SPANS
    assert len(answer.content) < 5_500_000

"""Transcripts as files, read back by pysubs2 and compared with the stored words."""

import re
from pathlib import Path

import pysubs2
import pytest
from starlette.testclient import TestClient

from shared.domain.access import Caller
from shared.domain.evidence import Transcript, Utterance, Word
from shared.domain.media import Media
from shared.runtime import Runtime
from shared.services.runs.analysis import content_keys
from tests.api.imports import import_picture, run_imports, send
from tests.unit.media.samples import make_audio, make_video

pytestmark = pytest.mark.slow

WORDS = (
    Word(text=" Is", start=0.51234, end=0.8, confidence=0.98),
    Word(text=" 1", start=0.8, end=1.0, confidence=0.9),
    Word(text=" <", start=1.0, end=1.2, confidence=0.9),
    Word(text=" 2", start=1.2, end=1.4, confidence=0.9),
    Word(text=" &", start=1.4, end=1.5, confidence=0.9),
    Word(text=" 3", start=1.5, end=1.6, confidence=0.9),
    Word(text=" -->", start=1.6, end=1.7, confidence=0.9),
    Word(text=" 2?", start=1.7, end=2.1, confidence=0.9),
    Word(text=" {\\an8}Yes,", start=2.2, end=2.5, confidence=0.9),
    Word(text=" <i>surely</i>.", start=2.5, end=2.9, confidence=0.9),
)
SPOKEN = Transcript(
    language="en", utterances=(Utterance(text="spoken", start=0.5, end=2.9, words=WORDS),), model="m"
)
SILENT = Transcript(language=None, utterances=(), model="m")
EMPTY = {"srt": "", "vtt": "WEBVTT\n\n", "txt": ""}


def imported(client: TestClient, runtime: Runtime, path: Path, title: str = 'Räder; "1"') -> Media:
    answer = send(client, path, title=title)
    run_imports(runtime)
    (video_id,) = client.get(f"/import-jobs/{answer.json()['job_id']}").json()["video_ids"]
    return runtime.library.media.get(Caller(tenant_id="acme", user_id="u", scopes=frozenset()), video_id)


def store(runtime: Runtime, media: Media, transcript: Transcript) -> None:
    key = content_keys.transcript_key(media, transcript.model)
    runtime.ports.blobs.write(key, transcript.model_dump_json().encode(), content_keys.JSON)


@pytest.fixture
def media(client: TestClient, runtime: Runtime, tmp_path: Path) -> Media:
    return imported(client, runtime, make_audio(tmp_path / "talk.mp3", "libmp3lame", seconds=4))


def test_subtitles_have_the_times_and_texts_of_the_words(
    client: TestClient, runtime: Runtime, media: Media
) -> None:
    store(runtime, media, SPOKEN)
    path = f"/videos/{media.media_id}/transcript"
    for form in ("srt", "vtt"):
        answer = client.get(path, params={"format": form})
        assert answer.headers["Content-Language"] == "en"
        assert answer.headers["Content-Disposition"].endswith(f"R%C3%A4der%3B%20%221%22.{form}")
        read = pysubs2.SSAFile.from_string(answer.text, format_=form, keep_html_tags=True)
        assert [(line.start, line.end) for line in read] == [(512, 2100), (2200, 2900)]
    subrip = client.get(path, params={"format": "srt"}).text
    lines = [line.text for line in pysubs2.SSAFile.from_string(subrip)]
    assert lines == ["Is 1 \u2039 2 & 3 --\u203a 2?", "(\\an8)Yes, \u2039i\u203asurely\u2039/i\u203a."]
    webvtt = client.get(path, params={"format": "vtt"}).text
    assert "Is 1 &lt; 2 &amp; 3 --&gt; 2?" in webvtt
    assert "&lt;i&gt;surely&lt;/i&gt;." in webvtt
    assert (
        client.get(path, params={"format": "txt"}).text == "Is 1 < 2 & 3 --> 2?\n{\\an8}Yes, <i>surely</i>.\n"
    )


def test_cues_of_words_have_the_times_of_the_words(
    client: TestClient, runtime: Runtime, media: Media
) -> None:
    store(runtime, media, SPOKEN)
    path = f"/videos/{media.media_id}/transcript"
    text = client.get(path, params={"format": "srt", "cues": "word"}).text
    read = pysubs2.SSAFile.from_string(text)
    assert [line.start / 1000 for line in read] == pytest.approx([w.start for w in WORDS], abs=0.001)
    assert [line.end / 1000 for line in read] == pytest.approx([w.end for w in WORDS], abs=0.001)


def test_words_are_in_json_and_inside_of_webvtt(client: TestClient, runtime: Runtime, media: Media) -> None:
    store(runtime, media, SPOKEN)
    path = f"/videos/{media.media_id}/transcript"
    body = client.get(path, params={"words": True}).json()
    assert (body["video_id"], body["language"]) == (media.media_id, "en")
    words = [word for cue in body["cues"] for word in cue["words"]]
    assert [(w["text"], w["start"], w["end"], w["confidence"]) for w in words] == [
        (w.text.strip(), w.start, w.end, w.confidence) for w in WORDS
    ]
    assert all(cue["words"] is None for cue in client.get(path).json()["cues"])
    tagged = client.get(path, params={"words": True, "format": "vtt"}).text
    times = [f"{float(seconds):.3f}" for seconds in re.findall(r"<00:00:(\d\d\.\d\d\d)>", tagged)]
    assert times == [f"{w.start:.3f}" for w in (*WORDS[1:8], WORDS[9])]


@pytest.mark.parametrize("form", EMPTY)
def test_medium_without_speech_has_an_empty_file(
    client: TestClient, runtime: Runtime, media: Media, form: str
) -> None:
    store(runtime, media, SILENT)
    answer = client.get(f"/videos/{media.media_id}/transcript", params={"format": form})
    assert (answer.status_code, answer.text) == (200, EMPTY[form])
    assert "Content-Language" not in answer.headers
    if form != "txt":
        assert list(pysubs2.SSAFile.from_string(answer.text, format_=form)) == []


def test_silent_video_has_an_empty_file_before_any_run(
    client: TestClient, runtime: Runtime, tmp_path: Path
) -> None:
    silent = imported(client, runtime, make_video(tmp_path / "film.mp4", seconds=1, audio=None))
    answer = client.get(f"/videos/{silent.media_id}/transcript")
    assert answer.json() == {"video_id": silent.media_id, "language": None, "cues": []}


def test_transcript_that_is_not_there_is_not_found(
    client: TestClient, runtime: Runtime, media: Media, tmp_path: Path
) -> None:
    path = f"/videos/{media.media_id}/transcript"
    missing = client.get(path)
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "resource_transcript_not_found"
    picture_id = import_picture(client, runtime, tmp_path)
    assert client.get(f"/videos/{picture_id}/transcript").status_code == 404
    assert client.get("/videos/vid_unknown/transcript").json()["error"]["code"] == "resource_video_not_found"
    store(runtime, media, SPOKEN)
    assert client.get(path, params={"language": "EN"}).status_code == 200
    assert client.get(path, params={"language": "de"}).status_code == 404


def test_segments_without_a_run_have_no_cues(client: TestClient, runtime: Runtime, media: Media) -> None:
    store(runtime, media, SPOKEN)
    answer = client.get(f"/videos/{media.media_id}/transcript", params={"cues": "segment"})
    assert answer.json()["cues"] == []

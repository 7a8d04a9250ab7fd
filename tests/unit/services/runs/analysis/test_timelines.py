from pathlib import Path

import pytest

from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.evidence import PictureEvidence, Shot, SpeechSpan
from shared.domain.media import Media
from shared.services.runs.analysis import content_keys
from shared.services.runs.analysis.timelines import Timelines
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.medium_work import frame, spoken
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def timelines(world: RunWorld) -> Timelines:
    return Timelines(world.documents, world.blobs)


def test_medium_of_another_tenant_is_not_found(timelines: Timelines, media: Media) -> None:
    stranger = Caller(tenant_id="other", user_id="u", scopes=frozenset())
    with pytest.raises(NotFound):
        timelines.read(stranger, media.media_id)


def test_medium_without_results_is_not_analysed(timelines: Timelines, media: Media) -> None:
    assert timelines.read(ANNA, media.media_id).analysed is False


def test_transcript_takes_precedence_over_spans(world: RunWorld, timelines: Timelines, media: Media) -> None:
    spans = f"[{SpeechSpan(start=7, end=8).model_dump_json()}]".encode()
    world.blobs.write(content_keys.speech_spans_key(media), spans, content_keys.JSON)
    assert timelines.read(ANNA, media.media_id).speech == (SpeechSpan(start=7, end=8),)
    transcript = spoken("hello")
    key = content_keys.transcript_key(media, "m")
    world.blobs.write(key, transcript.model_dump_json().encode(), content_keys.JSON)
    found = timelines.read(ANNA, media.media_id)
    assert found.utterances == transcript.utterances
    assert len(found.speech) == len(transcript.utterances)


def test_frames_are_read_without_embeddings(world: RunWorld, timelines: Timelines, media: Media) -> None:
    evidence = PictureEvidence(shots=(Shot(start=0, end=60),), frames=(frame(3.0),))
    key = content_keys.frame_analysis_key(media, world.models.pack())
    world.blobs.write(key, evidence.model_dump_json().encode(), content_keys.JSON)
    found = timelines.read(ANNA, media.media_id)
    assert (found.analysed, found.shots, found.utterances) == (True, evidence.shots, ())
    assert [each.timestamp for each in found.frames] == [3.0]

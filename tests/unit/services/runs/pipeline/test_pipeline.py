"""Results of a run over real media, with small models that count their calls."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.media import Media, MediaType, ProcessingStatus, Segment
from shared.domain.prompts.prompt import SemanticIndexing
from shared.domain.runs.prompt_run import RunStatus, VideoResult
from shared.ports.search_index import SearchFilter, TextQuery
from tests.unit.media.samples import make_audio, make_video
from tests.unit.services.run_world import FIXED_2, OVERVIEW, SHOTS, RunWorld
from tests.unit.services.small_models import _vector
from tests.unit.services.storage import ANNA, never


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film of six seconds: red, green and blue for two seconds each, with a tone."""
    return make_video(tmp_path / "film.mp4", seconds=6.0, scene_seconds=2.0)


def results_with_text(world: RunWorld, text: str) -> list[str]:
    query = TextQuery(_vector(text), text, limit=10)
    hits = world.search_index.search_text(query, SearchFilter(ANNA.tenant_id))
    return [hit.result_id for hit in hits if hit.dense_score is not None and hit.dense_score > 0.999]


def test_segment_results_contain_their_speech_and_text(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    results = world.results(run, media)
    assert run.status is RunStatus.COMPLETED
    assert [(r.start, r.end) for r in results] == [(0, 2), (2, 4), (4, pytest.approx(6, abs=0.1))]
    assert [r.metadata["lines"] for r in results] == [["IT IS RED"], ["IT IS GREEN"], ["IT IS BLUE"]]
    assert results[1].metadata["transcription"] == "word4 word5 word6 word7"
    assert results[1].metadata["words"] == 4
    assert "[on_screen_text]: IT IS GREEN" in results[1].metadata_text
    assert "[visual_tags]: a green wall" in results[1].metadata_text
    for result in results:
        assert result.indexed
        assert result.field_extraction.succeeded
        assert result.transcription.succeeded
        assert result.image_embedding.succeeded
    assert results_with_text(world, "IT IS GREEN") == [f"segment:{results[1].segment_id}:{run.run_id}"]
    assert world.search_index.counts().documents == 3


def test_counters_are_sums_over_records(world: RunWorld, film: Path) -> None:
    first, second = world.add(film), world.add(film)
    run = world.run_now([first, second])
    assert (run.total_segments, run.completed_segments) == (6, 6)
    assert run.media_counts[MediaType.VIDEO] == {
        "total": 2,
        "completed": 2,
        "partial": 0,
        "failed": 0,
        "cancelled": 0,
    }
    assert run.total_seconds == pytest.approx(12, abs=0.2)
    assert run.billing_actual_mt == pytest.approx(run.billing_estimated_mt)
    assert run.billing_status == "confirmed"
    state = world.medium_state(run, first)
    assert (state.total_segments, state.successful_segments, state.processing_segments) == (3, 3, 0)
    stored = world.documents.get(Media, keys.media("anna", first.media_id))
    assert stored is not None
    assert stored.status is ProcessingStatus.PROCESSED
    assert stored.metadata_keys == ["lines", "transcription", "words"]


def test_same_bytes_are_analysed_once(world: RunWorld, film: Path) -> None:
    world.run_now([world.add(film), world.add(film)])
    images_read = world.models.reader.images_read
    world.run_now([world.add(film)], options=SHOTS)
    assert world.models.transcriber.calls == 1
    assert world.models.reader.images_read == images_read


def test_second_run_reuses_segments_and_reports_it(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    first = world.run_now([media])
    second = world.run_now([media])
    third = world.run_now([media], options=SHOTS)
    assert [run.created_new_segments for run in (first, second, third)] == [True, False, True]
    assert [r.segment_id for r in world.results(first, media)] == [
        r.segment_id for r in world.results(second, media)
    ]
    assert not {r.segment_id for r in world.results(third, media)} & {
        r.segment_id for r in world.results(first, media)
    }


def test_segments_have_thumbnails_and_previews(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    world.run_now([media])
    for segment in world.documents.every(Segment, keys.segment("anna", media.media_id)):
        assert segment.thumbnail_key
        assert segment.preview_key
        assert world.blobs.read(segment.thumbnail_key).startswith(b"\xff\xd8")
        assert world.blobs.read(segment.preview_key).startswith(b"GIF8")


def test_audio_has_no_frames_and_image_no_transcript(world: RunWorld, tmp_path: Path) -> None:
    audio = world.add(make_audio(tmp_path / "tone.mp3", "libmp3lame", seconds=5.0))
    path = tmp_path / "frame.png"
    _write_image(path)
    image = world.add(path)
    run = world.run_now([audio, image])
    assert run.status is RunStatus.COMPLETED
    audio_results = world.results(run, audio)
    assert [r.image_embedding.succeeded for r in audio_results] == [None] * len(audio_results)
    assert audio_results[0].metadata["transcription"].startswith("word0")
    [image_result] = world.results(run, image)
    assert image_result.transcription.succeeded is None
    assert image_result.metadata["lines"] == ["IT IS GREEN"]
    assert image_result.image_embedding.succeeded


def test_disabled_transcription_and_embedding_are_skipped(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    options = FIXED_2.model_copy(update={"enable_transcription": False, "enable_image_embedding": False})
    run = world.run_now([media], options=options)
    for result in world.results(run, media):
        assert "transcription" not in result.metadata
        assert result.transcription.succeeded is None
        assert result.image_embedding.succeeded is None
    assert world.models.transcriber.calls == 0
    assert world.search_index.counts().picture_vectors == 0


def test_each_text_of_medium_is_embedded_once(world: RunWorld, film: Path) -> None:
    world.run_now([world.add(film)])
    texts = world.models.text.texts
    assert len(texts) == len(set(texts))


def test_fields_without_semantic_indexing_are_not_embedded(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    rules = SemanticIndexing(disabled_segment_fields=["words", "transcription"])
    run = world.run_now([media], world.new_prompt(semantic_indexing=rules.model_dump()))
    assert world.results(run, media)[0].metadata["words"] == 4
    embedded = world.models.text.texts
    assert not [text for text in embedded if text.startswith("words:")]
    assert "word0 word1 word2 word3" not in embedded
    assert "IT IS RED" in embedded


def test_medium_has_media_wide_result(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    prompt = world.new_prompt(video_level=OVERVIEW.model_dump())
    run = world.run_now([media], prompt, SHOTS)
    result = world.documents.get(VideoResult, keys.video_result("anna", run.run_id, media.media_id))
    assert result is not None
    assert result.status == "completed"
    assert sum(result.metadata["parts"]) == 12
    assert run.video_level_counts == {"total": 1, "completed": 1, "failed": 0, "partial": 0}
    assert world.search_index.counts().documents == run.total_segments + 1


def test_fixed_segmentation_has_no_media_wide_result(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.run_now([media], world.new_prompt(video_level=OVERVIEW.model_dump()), FIXED_2)
    assert world.documents.get(VideoResult, keys.video_result("anna", run.run_id, media.media_id)) is None
    assert run.video_level_counts["total"] == 0


def test_model_calls_are_stored_with_user_and_segment(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    calls = world.run_views.model_calls(ANNA, run.run_id)
    assert {call.segment_id for call in calls} == {r.segment_id for r in world.results(run, media)}
    assert {(call.media_id, call.user_id, call.video_seconds) for call in calls} >= {
        (media.media_id, ANNA.user_id, 2.0)
    }


def test_segments_are_extracted_in_parallel(world: RunWorld, tmp_path: Path) -> None:
    media = world.add(make_video(tmp_path / "long.mp4", seconds=12.0, scene_seconds=2.0))
    run = world.execute([media])
    world.new_pipeline(parallel=4).run(world.job(run.run_id), never)
    results = world.results(run, media)
    assert [r.ordinal for r in results] == list(range(6))
    assert all(r.indexed and r.field_extraction.succeeded for r in results)
    assert len(world.models.extractor.requests) == 6


def _write_image(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (320, 200), (20, 180, 30)).save(path)

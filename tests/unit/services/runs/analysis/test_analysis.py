"""The analysis of a medium computes what the options and the media type require, and nothing twice."""

from pathlib import Path

import pytest

from shared.domain.evidence import PictureEvidence, SpeechSpan
from shared.domain.media import Media, MediaType
from shared.domain.runs.prompt_run import RunOptions, SegmentationType
from shared.ports.jobs import Interrupted
from shared.services.runs.analysis import content_keys
from shared.services.runs.analysis.analysis import analyse, requires_transcript
from shared.services.runs.execution.context import MediumWork
from tests.unit.media.samples import make_audio
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.medium_work import frame, medium_work
from tests.unit.services.small_models import SPACE, Detector

SMART = SegmentationType.SMART
CONTENT_AWARE = SegmentationType.CONTENT_AWARE
FIXED = SegmentationType.FIXED
VISUAL = PictureEvidence(shots=(), frames=(frame(0.0),), space=SPACE)


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def sound(world: RunWorld, tmp_path: Path) -> Media:
    """A medium with one second of audio, and a stored visual analysis of its bytes."""
    media = world.add(make_audio(tmp_path / "sound.wav", "pcm_s16le", seconds=1.0))
    key = content_keys.frame_analysis_key(media, world.models.pack())
    world.blobs.write(key, VISUAL.model_dump_json().encode(), content_keys.JSON)
    return media


def work_on(world: RunWorld, media: Media, options: RunOptions) -> MediumWork:
    return medium_work(world, media, world.execute([media], options=options))


@pytest.mark.parametrize(
    ("media_type", "segmentation", "transcription", "transcribed", "detected"),
    [
        (MediaType.AUDIO, CONTENT_AWARE, True, 1, 0),
        (MediaType.AUDIO, CONTENT_AWARE, False, 0, 1),
        (MediaType.AUDIO, FIXED, True, 1, 0),
        (MediaType.AUDIO, FIXED, False, 0, 0),
        (MediaType.VIDEO, SMART, False, 0, 1),
        (MediaType.VIDEO, CONTENT_AWARE, False, 0, 0),
        (MediaType.VIDEO, FIXED, True, 1, 0),
        (MediaType.IMAGE, SMART, False, 0, 0),
    ],
)
def test_speech_is_detected_only_if_segmentation_needs_it(
    world: RunWorld,
    sound: Media,
    media_type: MediaType,
    segmentation: SegmentationType,
    transcription: bool,
    transcribed: int,
    detected: int,
) -> None:
    media = sound.model_copy(update={"media_type": media_type})
    options = RunOptions(
        video_segmentation_type=segmentation,
        audio_segmentation_type=CONTENT_AWARE if segmentation is SMART else segmentation,
        video_segment_duration=2,
        audio_segment_duration=2,
        enable_transcription=transcription,
    )
    work = work_on(world, media, options)
    found = analyse(work)
    assert (world.models.transcriber.calls, world.models.detector.calls) == (transcribed, detected)
    assert (found.transcript is not None) is requires_transcript(work) is transcription
    assert bool(found.spans) is bool(transcribed or detected)
    assert found.visual == (None if media_type is MediaType.AUDIO else VISUAL)


def test_medium_without_audio_has_neither_transcript_nor_spans(world: RunWorld, sound: Media) -> None:
    silent = sound.model_copy(update={"has_audio": False, "media_type": MediaType.VIDEO})
    found = analyse(work_on(world, silent, RunOptions()))
    assert (found.transcript, found.spans) == (None, ())
    assert (world.models.transcriber.calls, world.models.detector.calls) == (0, 0)


def test_failed_transcription_is_replaced_by_detected_speech(world: RunWorld, sound: Media) -> None:
    world.models.transcriber.error = RuntimeError("out of memory")
    found = analyse(work_on(world, sound, RunOptions()))
    assert found.transcript is not None
    assert found.transcript.failure is not None
    assert found.complete_transcript is None
    assert found.spans == (SpeechSpan(start=0.0, end=1.0),)


def test_failed_speech_detection_leaves_no_spans(world: RunWorld, sound: Media) -> None:
    class BrokenDetector(Detector):
        def speech(self, audio: object) -> list[SpeechSpan]:
            raise RuntimeError("out of memory")

    world.models.detector = BrokenDetector()
    assert analyse(work_on(world, sound, RunOptions(enable_transcription=False))).spans == ()


def test_stop_signal_of_transcription_ends_analysis(world: RunWorld, sound: Media) -> None:
    world.models.transcriber.stop_before = 0
    with pytest.raises(Interrupted):
        analyse(work_on(world, sound, RunOptions()))


def test_repeated_analysis_reads_stored_results(world: RunWorld, sound: Media) -> None:
    for options in (RunOptions(), RunOptions(enable_transcription=False)):
        work = work_on(world, sound, options)
        assert analyse(work) == analyse(work)
    assert (world.models.transcriber.calls, world.models.detector.calls) == (1, 1)

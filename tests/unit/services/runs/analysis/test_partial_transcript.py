"""An interrupted transcription resumes, and yields the same transcript."""

from pathlib import Path
from typing import Any

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.domain.evidence import TranscribedWindow, Transcript
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.jobs import Interrupted
from shared.services.runs.analysis import content_keys
from shared.services.runs.analysis.partial_transcript import PartialTranscript
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA

SECONDS = 5


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path / "world")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=float(SECONDS))


def transcript_of(world: RunWorld, media: Media) -> Transcript:
    key = content_keys.transcript_key(media, world.models.transcriber.model)
    return Transcript.model_validate_json(world.blobs.read(key))


def window_keys(world: RunWorld, media: Media) -> list[str]:
    prefix = content_keys.transcript_windows_prefix(media, world.models.transcriber.model)
    return list(world.blobs.keys(prefix))


def interrupt_before(world: RunWorld, run: PromptRun, window: int) -> None:
    world.models.transcriber.stop_before = window
    with pytest.raises(Interrupted):
        world.work(run.run_id)


def test_interrupted_transcription_does_each_window_once(world: RunWorld, film: Path, tmp_path: Path) -> None:
    whole = RunWorld(tmp_path / "whole")
    uninterrupted = whole.add(film)
    whole.run_now([uninterrupted])
    windows = whole.models.transcriber.windows
    assert windows >= SECONDS
    assert window_keys(whole, uninterrupted) == []

    media = world.add(film)
    run = world.execute([media])
    for window in range(windows):
        interrupt_before(world, run, window)
        assert len(window_keys(world, media)) == window
    world.models.transcriber.stop_before = None
    world.work(run.run_id)
    assert world.models.transcriber.windows == windows
    assert transcript_of(world, media) == transcript_of(whole, uninterrupted)
    assert window_keys(world, media) == []
    assert world.runs.get(ANNA, run.run_id).status.is_terminal


def test_killed_transcription_loses_at_most_two_windows(tmp_path: Path) -> None:
    """A killed process has written neither the pending window nor the window in progress."""
    blobs = FolderBlobs(tmp_path, link_base_url=lambda: "http://test.local", signing_key=b"k" * 32)
    first = PartialTranscript(blobs, "content/anna/ab/speech-m/")
    for number in range(4):
        assert first.find(number, number + 1.0) is None
        first.save(TranscribedWindow(start=number, end=number + 1.0, language="en", words=()))
    resumed = PartialTranscript(blobs, "content/anna/ab/speech-m/")
    found = [resumed.find(number, number + 1.0) is not None for number in range(5)]
    assert found == [True, True, True, False, False]
    assert resumed.find(0.0, 1.5) is None, "a window with other bounds is not found"
    resumed.delete()
    assert list(blobs.keys("content/")) == []


def test_single_window_is_not_written_on_its_own(tmp_path: Path) -> None:
    written: list[str] = []

    class RecordingBlobs(FolderBlobs):
        def write(self, key: str, *args: Any, **kwargs: Any) -> None:
            written.append(key)
            super().write(key, *args, **kwargs)

    blobs = RecordingBlobs(tmp_path, link_base_url=lambda: "http://test.local", signing_key=b"k" * 32)
    with PartialTranscript(blobs, "content/anna/ab/speech-m/") as partial:
        partial.find(0.0, 1.0)
        partial.save(TranscribedWindow(start=0.0, end=1.0, language="en", words=()))
    partial.delete()
    assert written == []

"""Key frames are analysed in batches; each batch is stored, and is not analysed again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import numpy as np
import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.domain.evidence import Tag, TextLine
from shared.domain.media import Media
from shared.media.decode.still_image import to_jpeg
from shared.media.derive.key_frames import KeyFrame
from shared.services.runs.analysis import content_keys
from shared.services.runs.analysis.frame_batches import BATCH_FRAMES, FrameBatches, round_vector
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.stop_check import RunCancelled
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.medium_work import medium_work
from tests.unit.services.small_models import Reader, Tagger
from tests.unit.services.storage import ANNA
from tests.waiting import HANG_TIMEOUT

GREEN = np.full((16, 16, 3), (0, 200, 0), np.uint8)
JPEG = to_jpeg(GREEN)


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def work(world: RunWorld, media: Media) -> MediumWork:
    return medium_work(world, media)


def key_frame(second: float) -> KeyFrame:
    return KeyFrame(second, 0, GREEN, JPEG)


def stored_batches(world: RunWorld, work: MediumWork) -> list[str]:
    prefix = content_keys.frame_batches_prefix(work.media, work.ports.models)
    return sorted(key.removeprefix(prefix) for key in world.blobs.keys(prefix))


def analyse(work: MediumWork, count: int) -> list[float]:
    """Analyse the first ``count`` frames of a film, and return the times of their evidence."""
    with FrameBatches(work) as batches:
        for second in range(count):
            batches.add(key_frame(float(second)))
        return [frame.timestamp for frame in batches.finish()]


@pytest.mark.parametrize(
    ("frames", "batches"),
    [
        (0, []),
        (1, ["000000000.json"]),
        (BATCH_FRAMES, ["000000000.json"]),
        (BATCH_FRAMES + 1, ["000000000.json", "000008000.json"]),
    ],
)
def test_batches_are_stored_by_time_of_first_frame(
    world: RunWorld, work: MediumWork, frames: int, batches: list[str]
) -> None:
    assert analyse(work, frames) == list(range(frames))
    assert stored_batches(world, work) == batches
    assert world.models.reader.images_read == frames


def test_interrupted_pass_keeps_complete_batches_only(world: RunWorld, work: MediumWork) -> None:
    with FrameBatches(work) as batches:
        for second in range(2 * BATCH_FRAMES - 1):
            batches.add(key_frame(float(second)))
    assert stored_batches(world, work) == ["000000000.json"]
    read = world.models.reader.images_read
    assert analyse(work, 2 * BATCH_FRAMES) == list(range(2 * BATCH_FRAMES))
    assert world.models.reader.images_read == read + BATCH_FRAMES


def test_text_is_read_while_frame_is_tagged(world: RunWorld, media: Media) -> None:
    both_at_work = Barrier(2, timeout=HANG_TIMEOUT)

    class WaitingReader(Reader):
        def read(self, image: Any) -> list[TextLine]:
            both_at_work.wait()
            return super().read(image)

    class WaitingTagger(Tagger):
        def tag(self, images: Sequence[Any]) -> list[list[Tag]]:
            both_at_work.wait()
            return super().tag(images)

    world.models.reader = WaitingReader()
    work = medium_work(world, media)
    models = replace(work.ports.models, tagger=WaitingTagger())
    assert analyse(replace(work, ports=replace(work.ports, models=models)), 3) == [0.0, 1.0, 2.0]


def test_analysis_begins_with_first_frame(world: RunWorld, media: Media) -> None:
    has_read = Event()

    class ToldReader(Reader):
        def read(self, image: Any) -> list[TextLine]:
            has_read.set()
            return super().read(image)

    world.models.reader = ToldReader()
    with FrameBatches(medium_work(world, media)) as batches:
        batches.add(key_frame(0.0))
        assert has_read.wait(HANG_TIMEOUT)


def test_frames_of_incomplete_batch_are_discarded(
    world: RunWorld, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, may_go_on = Event(), Event()

    class SlowReader(Reader):
        def read(self, image: Any) -> list[TextLine]:
            reading.set()
            may_go_on.wait(HANG_TIMEOUT)
            return super().read(image)

    world.models.reader = SlowReader()
    work = medium_work(world, media)
    with FrameBatches(work) as batches:
        for second in range(BATCH_FRAMES - 1):
            batches.add(key_frame(float(second)))
        assert reading.wait(HANG_TIMEOUT)
        # The first read ends once the frames that wait have been discarded.
        monkeypatch.setattr(batches._storing, "shutdown", may_go_on.set)
    assert world.models.reader.images_read == 1
    assert stored_batches(world, work) == []


def test_repeated_pass_analyses_no_frame_again(world: RunWorld, work: MediumWork) -> None:
    assert analyse(work, 3) == analyse(work, 3)
    assert world.models.reader.images_read == 3


def test_evidence_is_in_order_of_time_across_stored_frames(work: MediumWork) -> None:
    with FrameBatches(work) as first:
        first.add(key_frame(1.0))
        first.finish()
    with FrameBatches(work) as second:
        for at in (0.0, 1.0, 2.0):
            second.add(key_frame(at))
        assert [frame.timestamp for frame in second.finish()] == [0.0, 1.0, 2.0]


def test_failed_embedding_keeps_text_and_tags(world: RunWorld, work: MediumWork) -> None:
    world.models.images.broken = True
    with FrameBatches(work) as batches:
        batches.add(key_frame(1.5))
        [frame] = batches.finish()
    assert frame.embedding is None
    assert frame.embedding_error == "RuntimeError: out of memory"
    assert [line.text for line in frame.text_lines] == ["IT IS GREEN"]
    assert [tag.label for tag in frame.tags] == ["green wall"]
    assert world.blobs.read(frame.picture) == JPEG


def test_lines_not_wholly_read_are_counted_as_unread(world: RunWorld, media: Media) -> None:
    class HalfReader(Reader):
        def read(self, image: Any) -> list[TextLine]:
            unread = TextLine(text="", confidence=0.4, box=(0.0, 0.5, 1.0, 0.7))
            greek = TextLine(text="κλημε", confidence=0.9, box=(0.0, 0.7, 1.0, 0.9))
            return [*super().read(image), unread, greek]

    world.models.reader = HalfReader()
    with FrameBatches(medium_work(world, media)) as batches:
        batches.add(key_frame(0.0))
        [frame] = batches.finish()
    assert [line.text for line in frame.text_lines] == ["IT IS GREEN", "κλημε"]
    assert frame.unread_lines == 2


def test_text_of_picture_is_read_in_larger_version(world: RunWorld, work: MediumWork) -> None:
    larger = np.full((400, 300, 3), (250, 20, 20), np.uint8)
    with FrameBatches(work) as batches:
        batches.add(replace(key_frame(0.0), reading=larger))
        [frame] = batches.finish()
    assert [line.text for line in frame.text_lines] == ["IT IS RED"]
    assert [tag.label for tag in frame.tags] == ["green wall"]


def test_error_of_batch_is_raised_when_next_batch_is_complete(world: RunWorld, media: Media) -> None:
    class BrokenReader(Reader):
        def read(self, image: Any) -> list[TextLine]:
            raise RuntimeError("no text")

    world.models.reader = BrokenReader()
    with FrameBatches(medium_work(world, media)) as batches:
        for second in range(2 * BATCH_FRAMES - 1):
            batches.add(key_frame(float(second)))
        with pytest.raises(RuntimeError, match="no text"):
            batches.add(key_frame(100.0))


def test_cancelled_run_accepts_no_frame(world: RunWorld, work: MediumWork) -> None:
    world.runs.cancel(ANNA, work.run.run_id)
    with FrameBatches(work) as batches, pytest.raises(RunCancelled):
        batches.add(key_frame(0.0))
    assert world.models.reader.images_read == 0


def test_batch_deleted_after_listing_is_analysed_again(
    world: RunWorld, work: MediumWork, tmp_path: Path
) -> None:
    analyse(work, 1)
    prefix = content_keys.frame_batches_prefix(work.media, work.ports.models)

    class StaleListing(FolderBlobs):
        """Lists a batch that another run has just deleted."""

        def keys(self, wanted: str) -> Iterator[str]:
            yield f"{prefix}000001000.json"
            yield from super().keys(wanted)

    blobs = StaleListing(tmp_path / "blobs", link_base_url=lambda: "http://test", signing_key=b"k" * 32)
    assert analyse(replace(work, ports=replace(work.ports, blobs=blobs)), 2) == [0.0, 1.0]
    assert world.models.reader.images_read == 2


def test_vectors_are_rounded_to_six_decimals() -> None:
    assert round_vector([0.12345649, -0.9999996, 1]) == (0.123456, -1.0, 1.0)

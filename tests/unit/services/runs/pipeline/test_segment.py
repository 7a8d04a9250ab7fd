"""Segmentation: complete segments of an earlier run are reused, incomplete ones are made again."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared.domain import keys
from shared.domain.evidence import PictureEvidence, Shot
from shared.domain.ids import recipe_fingerprint
from shared.domain.media import Media, MediaType, Segment
from shared.domain.runs.prompt_run import RunOptions
from shared.media.decode.still_image import to_jpeg
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete, Write
from shared.services.runs.analysis import preview_strip
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.pipeline import segment as segmentation
from shared.services.runs.pipeline.segment import THUMBNAIL_WIDTH, segment
from tests.unit.services.run_world import SHOTS, RunWorld
from tests.unit.services.runs.medium_work import RECIPE, frame, medium_work
from tests.unit.services.small_models import SPACE
from tests.unit.services.storage import StopAfter

STRIP = "content/strip.bin"


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    media = world.add_without_bytes().model_copy(update={"duration_seconds": 6.0})
    world.keep(media)
    return media


def write_jpeg(world: RunWorld, key: str, width: int = 8) -> bytes:
    jpeg = to_jpeg(np.zeros((8, width, 3), np.uint8))
    world.blobs.write(key, jpeg, "image/jpeg")
    return jpeg


def visual(world: RunWorld, *, width: int = 8, strip: bool = True) -> Analysis:
    """Return an analysis with a frame per second, whose JPEG files and preview strip are stored."""
    frames = [frame(float(second)) for second in range(6)]
    jpegs = [(found.timestamp, write_jpeg(world, found.picture, width)) for found in frames]
    if strip:
        world.blobs.write(STRIP, preview_strip.pack(jpegs[:4]), preview_strip.CONTENT_TYPE)
    evidence = PictureEvidence(
        shots=(Shot(start=0, end=2.0004), Shot(start=2.0004, end=6)),
        frames=tuple(frames),
        space=SPACE,
        preview_frames=STRIP if strip else None,
    )
    return Analysis(None, evidence, ())


def stored(world: RunWorld, media: Media, recipe: str = RECIPE) -> list[Segment]:
    key = keys.segment(media.tenant_id, media.media_id, recipe_fingerprint(recipe))
    return world.documents.every(Segment, key)


def image_size(world: RunWorld, key: str | None) -> tuple[int, int]:
    assert key is not None
    with Image.open(BytesIO(world.blobs.read(key))) as image:
        return image.size


def with_options(world: RunWorld, media: Media, options: RunOptions) -> MediumWork:
    return medium_work(world, media, world.execute([media], options=options))


def test_segments_are_written_in_order_with_images(world: RunWorld, media: Media) -> None:
    work = medium_work(world, media)
    segments = segment(work, visual(world))
    assert stored(world, media) == segments
    assert [(each.ordinal, each.start, each.end) for each in segments] == [(0, 0, 2), (1, 2, 4), (2, 4, 6)]
    assert all(each.thumbnail_key for each in segments)
    assert [each.preview_key is not None for each in segments] == [True, True, False], "the strip ends"
    state = work.progress.state(media.media_id)
    assert (state.recipe, state.created_new_segments) == (RECIPE, True)


def test_times_of_segments_are_whole_milliseconds(world: RunWorld, media: Media) -> None:
    segments = segment(with_options(world, media, SHOTS), visual(world))
    assert [(each.start, each.end) for each in segments] == [(0, 2.0), (2.0, 6)]


def test_stored_segments_are_reused_unchanged(world: RunWorld, media: Media) -> None:
    first = segment(medium_work(world, media), visual(world))
    second = medium_work(world, media)
    assert segment(second, visual(world, strip=False)) == first
    assert not second.progress.state(media.media_id).created_new_segments


def test_segments_made_before_interruption_count_as_new(world: RunWorld, media: Media) -> None:
    """The second attempt of the same run reuses the segments of the first."""
    work = medium_work(world, media)
    segment(work, visual(world))
    segment(work, visual(world))
    assert work.progress.state(media.media_id).created_new_segments


def test_incomplete_segmentation_is_repeated(
    world: RunWorld, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Segments are written last first, so without the first one the rest is incomplete."""
    monkeypatch.setattr(segmentation, "MAX_WRITES", 2)
    work = medium_work(world, media)
    first_key = keys.segment(media.tenant_id, media.media_id, recipe_fingerprint(RECIPE), 0)
    write = world.records.write

    def write_until_first(*writes: Write) -> None:
        if first_key in {each.key for each in writes}:
            raise Interrupted
        write(*writes)

    monkeypatch.setattr(world.records, "write", write_until_first)
    with pytest.raises(Interrupted):
        segment(work, visual(world))
    monkeypatch.setattr(world.records, "write", write)
    assert [each.ordinal for each in stored(world, media)] == [1, 2]
    assert [each.ordinal for each in segment(medium_work(world, media), visual(world))] == [0, 1, 2]
    assert [each.ordinal for each in stored(world, media)] == [0, 1, 2]


def test_stop_during_images_writes_no_segment(world: RunWorld, media: Media) -> None:
    work = medium_work(world, media, stopping=StopAfter(1))
    with pytest.raises(Interrupted):
        segment(work, visual(world))
    assert stored(world, media) == []


@pytest.mark.parametrize(
    ("width", "expected"),
    [(THUMBNAIL_WIDTH - 1, 639), (THUMBNAIL_WIDTH, 640), (THUMBNAIL_WIDTH + 1, 640), (1280, 640)],
)
def test_thumbnail_is_at_most_640_wide(world: RunWorld, media: Media, width: int, expected: int) -> None:
    [first, *_] = segment(medium_work(world, media), visual(world, width=width))
    assert image_size(world, first.thumbnail_key)[0] == expected


@pytest.mark.parametrize(
    ("qualities", "chosen"),
    [
        ((0.0, 0.7), 1),
        ((0.6, 0.7), 0),
        ((0.7, 0.0), 0),
        ((0.0, 0.0), 0),
        ((None, 0.7), 0),
    ],
)
def test_thumbnail_is_first_frame_that_shows_something(
    world: RunWorld, media: Media, qualities: tuple[float | None, float | None], chosen: int
) -> None:
    """Frames of earlier evidence have no quality."""
    analysis = visual(world)
    assert analysis.visual is not None
    first, second, *others = analysis.visual.frames
    judged = [
        found.model_copy(update={"quality": value})
        for found, value in zip((first, second), qualities, strict=True)
    ]
    for number, found in enumerate(judged):
        write_jpeg(world, found.picture, width=10 + number)
    evidence = analysis.visual.model_copy(update={"frames": (*judged, *others)})
    [segment_of_both, *_] = segment(medium_work(world, media), replace(analysis, visual=evidence))
    assert image_size(world, segment_of_both.thumbnail_key)[0] == 10 + chosen


def test_existing_images_are_not_written_again(world: RunWorld, media: Media) -> None:
    work = medium_work(world, media)
    [first, *_] = segment(work, visual(world))
    assert first.thumbnail_key is not None
    assert first.preview_key is not None
    for key in (first.thumbnail_key, first.preview_key):
        world.blobs.write(key, b"of an earlier attempt", "image/jpeg")
    for each in stored(world, media):
        record = keys.segment(media.tenant_id, media.media_id, recipe_fingerprint(RECIPE), each.ordinal)
        world.documents.write(Delete(record))
    assert segment(work, visual(world))[0].thumbnail_key == first.thumbnail_key
    assert world.blobs.read(first.thumbnail_key) == b"of an earlier attempt"
    assert world.blobs.read(first.preview_key) == b"of an earlier attempt"


def test_audio_has_segments_without_images(world: RunWorld, media: Media) -> None:
    audio = media.model_copy(update={"media_type": MediaType.AUDIO})
    segments = segment(replace(medium_work(world, media), media=audio), Analysis(None, None, ()))
    assert [(each.thumbnail_key, each.preview_key) for each in segments] == [(None, None)] * 3


def test_visual_without_frames_has_no_thumbnails(world: RunWorld, media: Media) -> None:
    analysis = Analysis(None, PictureEvidence(shots=(), frames=()), ())
    segments = segment(medium_work(world, media), analysis)
    assert [(each.thumbnail_key, each.preview_key) for each in segments] == [(None, None)] * 3


def test_image_is_one_segment(world: RunWorld, media: Media) -> None:
    image = media.model_copy(update={"media_type": MediaType.IMAGE, "duration_seconds": None})
    work = replace(medium_work(world, media), media=image)
    [only] = segment(work, visual(world))
    assert (only.start, only.end, only.recipe) == (0, 0, "image:1")
    assert only.thumbnail_key is not None

"""The stored analysis prefers current models, and embeds frames of other models again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shared.domain.evidence import EmbeddingSpace, FrameEvidence, PictureEvidence, Transcript
from shared.domain.media import Media
from shared.services.runs.analysis import content_keys
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.stored_analysis import stored_analysis
from tests.unit.services.run_world import RunWorld
from tests.unit.services.runs.medium_work import frame, spoken
from tests.unit.services.small_models import SPACE, ImageEmbedder

OTHER_SPACE = EmbeddingSpace(model="other", version="1", dimension=4)


@dataclass
class BatchRecorder(ImageEmbedder):
    batches: list[int] = field(default_factory=list)

    def embed(self, images: Sequence[Any]) -> Any:
        self.batches.append(len(images))
        return super().embed(images)


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    world = RunWorld(tmp_path)
    world.models.images = BatchRecorder()
    return world


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


def read(world: RunWorld, media: Media) -> Analysis:
    return stored_analysis(world.blobs, world.models.pack(), media)


def store_transcript(world: RunWorld, media: Media, model: str) -> Transcript:
    transcript = spoken(f"by-{model}")
    key = content_keys.transcript_key(media, model)
    world.blobs.write(key, transcript.model_dump_json().encode(), content_keys.JSON)
    return transcript


def store_frames(
    world: RunWorld, media: Media, frames: Sequence[FrameEvidence], space: EmbeddingSpace, name: str = ""
) -> PictureEvidence:
    evidence = PictureEvidence(shots=(), frames=tuple(frames), space=space)
    current = content_keys.frame_analysis_key(media, world.models.pack())
    key = f"{content_keys.content_folder(media)}pictures-{name}.json" if name else current
    world.blobs.write(key, evidence.model_dump_json().encode(), content_keys.JSON)
    return evidence


def store_jpeg(world: RunWorld, key: str) -> None:
    file = BytesIO()
    Image.new("RGB", (8, 8), (0, 200, 0)).save(file, "JPEG")
    world.blobs.write(key, file.getvalue(), content_keys.JPEG)


def test_medium_without_stored_results_has_empty_analysis(world: RunWorld, media: Media) -> None:
    assert read(world, media) == Analysis(None, None, ())


@pytest.mark.parametrize(
    ("stored", "chosen"),
    [
        (["a-model", "small-transcriber", "z-model"], "small-transcriber"),
        (["a-model", "z-model"], "z-model"),
        (["a-model"], "a-model"),
    ],
)
def test_transcript_of_current_model_is_preferred(
    world: RunWorld, media: Media, stored: list[str], chosen: str
) -> None:
    written = {model: store_transcript(world, media, model) for model in stored}
    assert read(world, media).complete_transcript == written[chosen]


def test_spans_and_incomplete_results_are_no_analysis(world: RunWorld, media: Media) -> None:
    models = world.models.pack()
    for key in (
        content_keys.speech_spans_key(media),
        f"{content_keys.transcript_windows_prefix(media, 'small-transcriber')}000000000.json",
        f"{content_keys.frame_batches_prefix(media, models)}000000000.json",
    ):
        world.blobs.write(key, b"[]", content_keys.JSON)
    assert read(world, media) == Analysis(None, None, ())


def test_frames_of_current_model_are_returned_unchanged(world: RunWorld, media: Media) -> None:
    current = store_frames(world, media, [frame(0.0, embedding=None)], SPACE)
    store_frames(world, media, [frame(9.0)], OTHER_SPACE, name="zzz")
    assert read(world, media).visual == current
    assert isinstance(world.models.images, BatchRecorder)
    assert world.models.images.batches == []


def test_frames_of_other_model_are_embedded_again(world: RunWorld, media: Media) -> None:
    vector = (0.0, 0.0, 0.0, 1.0)
    frames = [frame(float(n), text=f"LINE {n}", embedding=vector if n else None) for n in range(10)]
    stored = store_frames(world, media, frames, OTHER_SPACE, name="zzz")
    for found in frames[:-1]:
        store_jpeg(world, found.picture)
    visual = read(world, media).visual
    assert visual is not None
    assert visual.space == SPACE
    vectors = {found.embedding for found in visual.frames[:-1]}
    assert len(vectors) == 1, "all images have the same colour"
    assert vectors.isdisjoint({None, vector})
    assert visual.frames[-1].embedding is None, "this frame has no JPEG file"
    assert [found.text_lines for found in visual.frames] == [found.text_lines for found in stored.frames]
    assert {found.embedding_error for found in visual.frames} == {None}
    assert isinstance(world.models.images, BatchRecorder)
    assert world.models.images.batches == [8, 1]


def test_error_of_embedder_is_raised(world: RunWorld, media: Media) -> None:
    found = frame(0.0)
    store_frames(world, media, [found], OTHER_SPACE, name="zzz")
    store_jpeg(world, found.picture)
    world.models.images.broken = True
    with pytest.raises(RuntimeError):
        stored_analysis(world.blobs, world.models.pack(), media)

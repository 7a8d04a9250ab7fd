"""The stored analysis of a medium, for rebuilding the search index. Nothing is analysed again.

An analysis by the current models is preferred to an analysis by other models. Frames that another model
embedded are embedded again from their JPEG files; their text and tags, and the transcript, stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from shared.domain.evidence import FrameEvidence, PictureEvidence, Transcript
from shared.domain.media import Media
from shared.ports.blobs import Blobs
from shared.ports.models import ImageEmbedder, ModelPack
from shared.services.runs.analysis import content_keys
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.frame_batches import round_vector
from shared.services.runs.analysis.optional_blob import read_optional
from shared.services.runs.analysis.stored_results import picture_keys, transcript_keys
from shared.services.runs.execution.failures import Attempt

if TYPE_CHECKING:
    from shared.ports.models import RgbImage

_BATCH_IMAGES: Final = 8


def stored_analysis(blobs: Blobs, models: ModelPack, media: Media) -> Analysis:
    """Read the stored analysis of a medium, without ``spans``, which only segmentation needs.

    Raises: any error of the image embedder.
    """
    transcript = _transcript(blobs, models, media)
    return Analysis(None if transcript is None else Attempt(transcript), _visual(blobs, models, media), ())


def _transcript(blobs: Blobs, models: ModelPack, media: Media) -> Transcript | None:
    stored = transcript_keys(blobs, media)
    key = _preferred(stored, content_keys.transcript_key(media, models.transcriber.model))
    return None if key is None else Transcript.model_validate_json(blobs.read(key))


def _visual(blobs: Blobs, models: ModelPack, media: Media) -> PictureEvidence | None:
    stored = picture_keys(blobs, media)
    key = _preferred(stored, content_keys.frame_analysis_key(media, models))
    if key is None:
        return None
    evidence = PictureEvidence.model_validate_json(blobs.read(key))
    embedder = models.image_embedder
    if evidence.space == embedder.space:
        return evidence
    frames = tuple(_embed_again(blobs, embedder, evidence.frames))
    return evidence.model_copy(update={"frames": frames, "space": embedder.space})


def _preferred(keys: Sequence[str], current: str) -> str | None:
    """Return ``current`` if it is among ``keys``, else the last key."""
    return current if current in keys else next(reversed(keys), None)


def _embed_again(
    blobs: Blobs, embedder: ImageEmbedder, frames: Sequence[FrameEvidence]
) -> Iterator[FrameEvidence]:
    """Embed frames from their JPEG files. A frame without a file is left without an embedding."""
    for start in range(0, len(frames), _BATCH_IMAGES):
        batch = frames[start : start + _BATCH_IMAGES]
        decoded = {frame.picture: _image(blobs, frame.picture) for frame in batch}
        images = {key: image for key, image in decoded.items() if image is not None}
        vectors = dict(zip(images, embedder.embed(list(images.values())), strict=True)) if images else {}
        for frame in batch:
            vector = vectors.get(frame.picture)
            embedding = None if vector is None else round_vector(vector)
            yield frame.model_copy(update={"embedding": embedding, "embedding_error": None})


def _image(blobs: Blobs, key: str) -> RgbImage | None:
    jpeg = read_optional(blobs, key)
    if jpeg is None:
        return None
    with Image.open(BytesIO(jpeg)) as file:
        return np.asarray(file.convert("RGB"))

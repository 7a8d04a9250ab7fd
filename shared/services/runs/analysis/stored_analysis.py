"""What is known of a medium, read and never found out: for building the search index anew.

An analysis by the models in use now is preferred to one by others. Pictures that were embedded by
another model are embedded again from their files; what was read in them and said stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from shared.domain.evidence import FrameEvidence, PictureEvidence, Transcript
from shared.domain.media import Media
from shared.ports.blobs import BlobNotFound, Blobs
from shared.ports.models import ImageEmbedder, ModelPack
from shared.services.runs.analysis import content
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.frame_batches import rounded
from shared.services.runs.execution.failures import Attempt

if TYPE_CHECKING:
    from shared.ports.models import RgbImage

_PICTURES_AT_ONCE: Final = 8


def stored_analysis(blobs: Blobs, models: ModelPack, media: Media) -> Analysis:
    """What is there; ``spans``, which only cutting needs, are left out.

    Raises: what the picture embedder raises.
    """
    heard = _transcript(blobs, models, media)
    return Analysis(None if heard is None else Attempt(heard), _pictures(blobs, models, media), ())


def _transcript(blobs: Blobs, models: ModelPack, media: Media) -> Transcript | None:
    found = [key for key in _kept(blobs, media, "speech-") if key != content.speech_spans_key(media)]
    key = _preferred(found, content.speech_key(media, models.transcriber.model))
    return None if key is None else Transcript.model_validate_json(blobs.read(key))


def _pictures(blobs: Blobs, models: ModelPack, media: Media) -> PictureEvidence | None:
    key = _preferred(_kept(blobs, media, "pictures-"), content.pictures_key(media, models))
    if key is None:
        return None
    evidence = PictureEvidence.model_validate_json(blobs.read(key))
    embedder = models.image_embedder
    if evidence.space == embedder.space:
        return evidence
    frames = tuple(_embedded(blobs, embedder, evidence.frames))
    return evidence.model_copy(update={"frames": frames, "space": embedder.space})


def _kept(blobs: Blobs, media: Media, name: str) -> list[str]:
    """Keys of whole analyses; parts of one that was cut off lie deeper."""
    folder = content.folder(media)
    found = blobs.keys(f"{folder}{name}")
    return [key for key in found if key.endswith(".json") and "/" not in key.removeprefix(folder)]


def _preferred(found: Sequence[str], current: str) -> str | None:
    return current if current in found else next(reversed(found), None)


def _embedded(
    blobs: Blobs, embedder: ImageEmbedder, frames: Sequence[FrameEvidence]
) -> Iterator[FrameEvidence]:
    for start in range(0, len(frames), _PICTURES_AT_ONCE):
        batch = frames[start : start + _PICTURES_AT_ONCE]
        pictures = {frame.picture: _picture(blobs, frame.picture) for frame in batch}
        there = {key: picture for key, picture in pictures.items() if picture is not None}
        vectors = dict(zip(there, embedder.embed(list(there.values())), strict=True)) if there else {}
        for frame in batch:
            vector = vectors.get(frame.picture)
            embedding = None if vector is None else rounded(vector)
            yield frame.model_copy(update={"embedding": embedding, "embedding_error": None})


def _picture(blobs: Blobs, key: str) -> RgbImage | None:
    try:
        jpeg = blobs.read(key)
    except BlobNotFound:
        return None
    with Image.open(BytesIO(jpeg)) as image:
        return np.asarray(image.convert("RGB"))

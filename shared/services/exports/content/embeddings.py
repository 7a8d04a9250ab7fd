"""Vectors of segments for export.

The vector of a segment's text is that of its whole metadata text, embedded again by the model of the search
index, which does not give vectors back. The vector of its pictures is the mean of its frames' stored vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from shared.domain.evidence import EmbeddingSpace, PictureEvidence
from shared.services.runs.analysis.optional_blob import read_optional
from shared.services.runs.analysis.stored_results import picture_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shared.domain.media import Media
    from shared.domain.prompts.prompt import JsonObject
    from shared.ports.blobs import Blobs
    from shared.ports.models import ModelPack

    Vector = NDArray[np.float32]
    """One row of unit length."""


class SegmentEmbeddings:
    """Makes the vectors of segments. The models load at first use."""

    def __init__(self, blobs: Blobs, models: Callable[[], ModelPack]) -> None:
        self._blobs = blobs
        self._models = models
        self._visual: tuple[str, PictureEvidence | None] = ("", None)

    @property
    def text_space(self) -> EmbeddingSpace:
        return self._models().text_embedder.space

    @property
    def picture_space(self) -> EmbeddingSpace:
        return self._models().image_embedder.space

    def of_texts(self, segments: Sequence[JsonObject]) -> list[Vector | None]:
        """Return the vector of each metadata text; None for an empty one."""
        texts = [str(segment["metadata_text"]) for segment in segments]
        wanted = list(dict.fromkeys(text for text in texts if text))
        vectors = dict(zip(wanted, self._models().text_embedder.embed(wanted), strict=True)) if wanted else {}
        return [vectors.get(text) for text in texts]

    def of_pictures(self, media: Media, segments: Sequence[JsonObject]) -> list[Vector | None]:
        """Return the mean of the vectors of each segment's frames, of unit length; None if they are
        not embedded."""
        evidence = self._evidence(media)
        if evidence is None:
            return [None] * len(segments)
        return [
            _mean(evidence, segment["start_time"], segment["end_time"])
            if segment["image_embedding_succeeded"]
            else None
            for segment in segments
        ]

    def _evidence(self, media: Media) -> PictureEvidence | None:
        """Read the frames of a medium that were embedded in the current space. The last medium is kept."""
        if self._visual[0] != media.media_id:
            found = (read_optional(self._blobs, key) for key in picture_keys(self._blobs, media))
            analyses = (PictureEvidence.model_validate_json(each) for each in found if each is not None)
            current = next((each for each in analyses if each.space == self.picture_space), None)
            self._visual = (media.media_id, current)
        return self._visual[1]


def _mean(evidence: PictureEvidence, start: float, end: float) -> Vector | None:
    embedded = [frame.embedding for frame in evidence.between(start, end) if frame.embedding is not None]
    if not embedded:
        return None
    mean = np.mean(np.asarray(embedded, np.float32), axis=0, dtype=np.float32)
    length = np.float32(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, np.float32)

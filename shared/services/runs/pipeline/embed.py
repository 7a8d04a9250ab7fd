"""Passages of search documents: embedded texts of results, and frame vectors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from shared.domain.evidence import FrameEvidence
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.field_paths import with_elements
from shared.domain.query.leaves import text_values
from shared.domain.query.result_texts import on_screen_passages, transcript_passages
from shared.domain.query.tag_passages import tag_passages
from shared.domain.schema.system_fields import METADATA_TEXT, ON_SCREEN_TEXT, TRANSCRIPTION, VISUAL_TAGS
from shared.ports.models import TextEmbedder
from shared.ports.search_index import PicturePassage, TextPassage

if TYPE_CHECKING:
    from shared.ports.search_index import Vector

_MAX_CACHED_TEXTS: Final = 20_000
"""Maximum number of cached vectors: about 30 MB at 384 dimensions."""


@dataclass(frozen=True, slots=True)
class PassageText:
    """The text of a passage, before it is embedded."""

    field_path: str
    instance_path: str
    text: str
    weight: float = 1.0


@dataclass(slots=True)
class TextVectors:
    """Embeds each distinct text of a medium once. Segments share tags, lines and values."""

    embedder: TextEmbedder
    _vectors: dict[str, Vector] = field(default_factory=dict)

    def passages(self, documents: Sequence[Sequence[PassageText]]) -> list[list[TextPassage]]:
        """Embed the texts of several documents in one batch."""
        wanted = dict.fromkeys(text.text for texts in documents for text in texts)
        missing = [text for text in wanted if text not in self._vectors]
        if len(self._vectors) + len(missing) > _MAX_CACHED_TEXTS:
            self._vectors = {text: self._vectors[text] for text in wanted if text in self._vectors}
        if missing:
            self._vectors.update(zip(missing, self.embedder.embed(missing), strict=True))
        return [
            [
                TextPassage(t.field_path, t.instance_path, t.text, self._vectors[t.text], t.weight)
                for t in texts
            ]
            for texts in documents
        ]


def field_passages(data: JsonObject, disabled: Collection[str]) -> list[PassageText]:
    """Return the leaves of extracted JSON for which semantic indexing is enabled. A ``transcription`` is
    included only if the prompt itself defines it; callers remove the others."""
    excluded = with_elements(disabled) | {ON_SCREEN_TEXT, VISUAL_TAGS}
    return [
        PassageText(value.field_path, value.instance_path, value.text)
        for value in text_values(data)
        if value.field_path not in excluded
    ]


def evidence_passages(
    transcript: str, frames: Iterable[FrameEvidence], disabled: Collection[str]
) -> list[PassageText]:
    """Return the transcript, on-screen text and visual tags, under the names of the system fields."""
    all_frames = list(frames)
    texts = _numbered_passages(TRANSCRIPTION, transcript_passages(transcript))
    texts += _numbered_passages(ON_SCREEN_TEXT, on_screen_passages(all_frames))
    texts += [
        PassageText(VISUAL_TAGS, f"{VISUAL_TAGS}[{i}]", text, weight)
        for i, (text, weight) in enumerate(tag_passages(all_frames))
    ]
    return [text for text in texts if text.field_path not in disabled]


def metadata_passages(metadata_text: str, disabled: Collection[str]) -> list[PassageText]:
    """Return the whole metadata text. It answers questions that no single field answers."""
    if not metadata_text or METADATA_TEXT in disabled:
        return []
    return [PassageText(METADATA_TEXT, METADATA_TEXT, metadata_text)]


def picture_passages(frames: Iterable[FrameEvidence]) -> list[PicturePassage]:
    return [
        PicturePassage(frame.timestamp, frame.picture, _normalised(frame.embedding))
        for frame in frames
        if frame.embedding is not None
    ]


def _numbered_passages(name: str, passages: Sequence[str]) -> list[PassageText]:
    if len(passages) == 1:
        return [PassageText(name, name, passages[0])]
    return [PassageText(name, f"{name}[{i}]", passage) for i, passage in enumerate(passages)]


def _normalised(values: Sequence[float]) -> Vector:
    """Scale a stored vector to unit length. Stored vectors are rounded."""
    vector = np.asarray(values, dtype=np.float32)
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector

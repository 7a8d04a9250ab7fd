"""Turn results into search documents: every text that may be found, embedded, and the frames."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from shared.domain.evidence import FrameEvidence
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.leaves import text_values
from shared.domain.query.result_texts import (
    METADATA_TEXT,
    ON_SCREEN_TEXT,
    TRANSCRIPTION,
    VISUAL_TAGS,
    on_screen_passages,
    transcript_passages,
)
from shared.domain.query.tag_passages import tag_passages
from shared.ports.models import TextEmbedder
from shared.ports.search_index import PicturePassage, TextPassage

if TYPE_CHECKING:
    from shared.ports.search_index import Vector

_REMEMBERED_TEXTS: Final = 20_000
"""About 30 MB of vectors of 384 numbers."""


@dataclass(frozen=True, slots=True)
class Text:
    """A passage that is not embedded yet."""

    field_path: str
    instance_path: str
    text: str
    weight: float = 1.0


@dataclass(slots=True)
class TextVectors:
    """Embeds each distinct text once. For one medium: its segments share tags, lines and values."""

    embedder: TextEmbedder
    _known: dict[str, Vector] = field(default_factory=dict)

    def passages(self, documents: Sequence[Sequence[Text]]) -> list[list[TextPassage]]:
        """The texts of several documents, embedded in one go."""
        wanted = dict.fromkeys(text.text for texts in documents for text in texts)
        missing = [text for text in wanted if text not in self._known]
        if len(self._known) + len(missing) > _REMEMBERED_TEXTS:
            self._known = {text: self._known[text] for text in wanted if text in self._known}
        if missing:
            self._known.update(zip(missing, self.embedder.embed(missing), strict=True))
        return [
            [TextPassage(t.field_path, t.instance_path, t.text, self._known[t.text], t.weight) for t in texts]
            for texts in documents
        ]


def field_texts(data: JsonObject, disabled: Collection[str]) -> list[Text]:
    """The leaves of extracted JSON that semantic indexing allows; of a system field's name only
    what the prompt itself asked for."""
    return [
        Text(value.field_path, value.instance_path, value.text)
        for value in text_values(data)
        if value.field_path not in disabled
    ]


def evidence_texts(transcript: str, frames: Iterable[FrameEvidence], disabled: Collection[str]) -> list[Text]:
    """What was said, read and seen, under the names of the system fields."""
    seen = list(frames)
    texts = _numbered(TRANSCRIPTION, transcript_passages(transcript))
    texts += _numbered(ON_SCREEN_TEXT, on_screen_passages(seen))
    texts += [
        Text(VISUAL_TAGS, f"{VISUAL_TAGS}[{i}]", text, weight)
        for i, (text, weight) in enumerate(tag_passages(seen))
    ]
    return [text for text in texts if text.field_path not in disabled]


def whole_text(metadata_text: str, disabled: Collection[str]) -> list[Text]:
    """Everything together, which answers a question that no single field answers."""
    if not metadata_text or METADATA_TEXT in disabled:
        return []
    return [Text(METADATA_TEXT, METADATA_TEXT, metadata_text)]


def picture_passages(frames: Iterable[FrameEvidence]) -> list[PicturePassage]:
    return [
        PicturePassage(frame.timestamp, frame.picture, _unit(frame.embedding))
        for frame in frames
        if frame.embedding is not None
    ]


def _numbered(name: str, passages: Sequence[str]) -> list[Text]:
    if len(passages) == 1:
        return [Text(name, name, passages[0])]
    return [Text(name, f"{name}[{i}]", passage) for i, passage in enumerate(passages)]


def _unit(values: Sequence[float]) -> Vector:
    """Kept rounded, so it is brought back to unit length."""
    vector = np.asarray(values, dtype=np.float32)
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector

"""What was seen and heard between two moments, and the texts made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from shared.domain.evidence import SegmentEvidence, Transcript, Utterance
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.leaves import text_values
from shared.domain.query.result_texts import TRANSCRIPTION, compose_metadata_text, on_screen_lines
from shared.domain.query.tag_passages import tag_passages
from shared.ports.blobs import Blobs
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.execution.context import MediumContext


def evidence_between(work: MediumContext, analysis: Analysis, start: float, end: float) -> SegmentEvidence:
    heard = analysis.heard
    return SegmentEvidence(
        start=start,
        end=end,
        media_type=work.media.media_type,
        title=work.media.title,
        transcript=heard.between(start, end) if heard else "",
        language=heard.language if heard else None,
        utterances=_utterances(heard, start, end) if heard else (),
        frames=analysis.pictures.between(start, end) if analysis.pictures else (),
    )


def with_transcription(data: JsonObject, evidence: SegmentEvidence) -> JsonObject:
    """The extracted fields and, where speech was heard, ``transcription``. A field of the prompt
    that has this name wins."""
    spoken: JsonObject = {TRANSCRIPTION: evidence.transcript} if evidence.transcript else {}
    return spoken | data


def metadata_text(data: JsonObject, evidence: SegmentEvidence) -> str:
    """``data`` are the extracted fields alone."""
    return compose_metadata_text(
        [(value.instance_path, value.text) for value in text_values(data)],
        transcript=evidence.transcript,
        lines=on_screen_lines(evidence.frames),
        tags=[text for text, _ in tag_passages(evidence.frames)],
    )


class FramePictures(Sequence[bytes]):
    """JPEG files of a stretch's frames, read only when asked for: most extractors take few or none."""

    def __init__(self, blobs: Blobs, evidence: SegmentEvidence) -> None:
        self._blobs = blobs
        self._keys = [frame.picture for frame in evidence.frames]

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> bytes: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...

    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self._blobs.read(key) for key in self._keys[index]]
        return self._blobs.read(self._keys[index])


def _utterances(heard: Transcript, start: float, end: float) -> tuple[Utterance, ...]:
    return tuple(u for u in heard.utterances if u.start < end and u.end > start)

"""Evidence of one segment of a medium, and the texts composed of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from shared.domain.evidence import SegmentEvidence, Transcript, Utterance
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.leaves import text_values
from shared.domain.query.result_texts import compose_metadata_text, on_screen_lines
from shared.domain.query.tag_passages import tag_passages
from shared.domain.schema.system_fields import TRANSCRIPTION
from shared.ports.blobs import Blobs
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.execution.context import MediumContext


def evidence_between(work: MediumContext, analysis: Analysis, start: float, end: float) -> SegmentEvidence:
    """Return the evidence between two times, in seconds."""
    transcript = analysis.complete_transcript
    return SegmentEvidence(
        start=start,
        end=end,
        media_type=work.media.media_type,
        title=work.media.title,
        transcript=transcript.between(start, end) if transcript else "",
        language=transcript.language if transcript else None,
        utterances=_utterances(transcript, start, end) if transcript else (),
        frames=analysis.visual.between(start, end) if analysis.visual else (),
    )


def with_transcription(data: JsonObject, evidence: SegmentEvidence) -> JsonObject:
    """Add ``transcription`` to the extracted fields if there is speech. A field of the prompt with this
    name takes precedence."""
    transcription: JsonObject = {TRANSCRIPTION: evidence.transcript} if evidence.transcript else {}
    return transcription | data


def metadata_text(data: JsonObject, evidence: SegmentEvidence) -> str:
    """Compose the metadata text. ``data`` contains only the extracted fields."""
    return compose_metadata_text(
        [(value.instance_path, value.text) for value in text_values(data)],
        transcript=evidence.transcript,
        lines=on_screen_lines(evidence.frames),
        tags=[text for text, _ in tag_passages(evidence.frames)],
    )


class FrameImages(Sequence[bytes]):
    """JPEG files of a segment's frames, read on access, because most extractors use few or none."""

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


def _utterances(transcript: Transcript, start: float, end: float) -> tuple[Utterance, ...]:
    return tuple(u for u in transcript.utterances if u.start < end and u.end > start)

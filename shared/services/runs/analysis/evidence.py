"""Evidence of one segment of a medium, and the texts composed of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, overload

from shared.domain.evidence import SegmentEvidence, Transcript, Utterance
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.leaves import text_values
from shared.domain.query.result_texts import compose_metadata_text, on_screen_lines
from shared.domain.query.tag_passages import tag_passages
from shared.domain.schema.system_fields import TRANSCRIPTION
from shared.ports.blobs import Blobs
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.execution.context import MediumContext

UNREAD_TEXT: Final = (
    "Text was seen that could not be read: Latin letters, digits, Chinese and Japanese are read, and other "
    "scripts are not."
)


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


def with_reading_warning(warning: str | None, evidence: SegmentEvidence) -> str | None:
    """Add ``UNREAD_TEXT`` to a result's warning if at least one in four lines of text that were seen in the
    frames could not be read."""
    unread = sum(frame.unread_lines for frame in evidence.frames)
    read = sum(len(frame.text_lines) for frame in evidence.frames)
    if unread == 0 or unread * 3 < read:
        return warning
    return UNREAD_TEXT if warning is None else f"{warning} {UNREAD_TEXT}"


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

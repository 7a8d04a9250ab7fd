"""Transcripts of media as cues."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from shared.domain.access import Caller
from shared.domain.editing.cues import Cue, Span, sentence_cues, span_cues, word_cues
from shared.domain.errors import NotFound
from shared.domain.evidence import Transcript
from shared.domain.media import Media
from shared.services.library.segments import Segments
from shared.services.runs.analysis.timelines import Timelines


class CueKind(StrEnum):
    """What a cue is made of."""

    SENTENCE = "sentence"
    SEGMENT = "segment"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class MediumTranscript:
    """A medium's transcript as cues. ``language`` is an ISO 639-1 code, None without speech."""

    media: Media
    language: str | None
    cues: list[Cue]


class Transcripts:
    """Reads stored transcripts. Nothing is transcribed here."""

    def __init__(self, timelines: Timelines, segments: Segments) -> None:
        self._timelines = timelines
        self._segments = segments

    def read(
        self, caller: Caller, media_id: str, kind: CueKind, language: str | None = None
    ) -> MediumTranscript:
        """Read a transcript: without cues if nothing is said.

        Raises:
            NotFound: the medium does not exist. Or ``transcript``: it is a picture, has not been transcribed
                yet, or not in ``language``.
        """
        media, transcript = self._timelines.transcript(caller, media_id)
        if transcript is None:
            raise NotFound("transcript", media_id)
        if language is not None and language.lower() != (transcript.language or "").lower():
            raise NotFound("transcript", language, by="name")
        return MediumTranscript(media, transcript.language, self._cues(caller, transcript, media_id, kind))

    def _cues(self, caller: Caller, transcript: Transcript, media_id: str, kind: CueKind) -> list[Cue]:
        match kind:
            case CueKind.SENTENCE:
                return sentence_cues(transcript.utterances)
            case CueKind.WORD:
                return word_cues(transcript.utterances)
            case CueKind.SEGMENT:
                views = self._segments.every(caller, media_id).views.items
                spans = [Span(view.segment.start, view.segment.end) for view in views]
                return span_cues(transcript.utterances, spans)
            case _:
                assert_never(kind)

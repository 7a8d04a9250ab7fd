"""Analyse a medium: hear and look at it at the same time, each kept as soon as it is done.

Both sides run native code that leaves the interpreter free, so on two cores they overlap.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import assert_never

from shared.domain.evidence import PictureEvidence, SpeechSpan, Transcript, Utterance
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import RunOptions, SegmentationType
from shared.services.runs.analysis.pictures import picture_evidence
from shared.services.runs.analysis.speech import speech_spans, transcript
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Attempt, attempt


@dataclass(frozen=True, slots=True)
class Analysis:
    """``transcript`` is None when it was not asked for or there is nothing to hear; ``pictures``
    when there is nothing to see. ``spans`` is where somebody speaks, for cutting."""

    transcript: Attempt[Transcript] | None
    pictures: PictureEvidence | None
    spans: tuple[Utterance, ...] | tuple[SpeechSpan, ...]

    @property
    def heard(self) -> Transcript | None:
        return self.transcript.value if self.transcript else None


def analyse(work: MediumWork) -> Analysis:
    """What is known of the medium is read; what is not is found out.

    Raises: whatever looking at the medium raises, and the signals to stop. A failed transcription
    is part of the answer.
    """
    transcribed: Future[Attempt[Transcript]] | None = None
    with ThreadPoolExecutor(2, thread_name_prefix="analyse") as threads:
        if wants_transcript(work):
            transcribed = threads.submit(lambda: attempt(lambda: transcript(work)))
        looked = threads.submit(_pictures, work)
    heard = transcribed.result() if transcribed else None
    return Analysis(heard, looked.result(), _spans(work, heard))


def wants_transcript(work: MediumWork) -> bool:
    return work.run.options.enable_transcription and work.media.has_audio


def _pictures(work: MediumWork) -> PictureEvidence | None:
    return None if work.media.media_type is MediaType.AUDIO else picture_evidence(work)


def _spans(
    work: MediumWork, heard: Attempt[Transcript] | None
) -> tuple[Utterance, ...] | tuple[SpeechSpan, ...]:
    """The transcript's utterances, or where that is missing the plain detection of speech."""
    if heard is not None and heard.value is not None:
        return heard.value.utterances
    if not (work.media.has_audio and _cuts_by_speech(work.media.media_type, work.run.options)):
        return ()
    return attempt(lambda: speech_spans(work)).value or ()


def _cuts_by_speech(media_type: MediaType, options: RunOptions) -> bool:
    match media_type:
        case MediaType.AUDIO:
            return options.audio_segmentation_type is not SegmentationType.FIXED
        case MediaType.VIDEO:
            return options.video_segmentation_type is SegmentationType.SMART
        case MediaType.IMAGE:
            return False
        case _:
            assert_never(media_type)

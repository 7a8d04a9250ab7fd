"""The analysis of a medium: speech and frames in parallel, each stored as soon as it is complete.

Both run native code that releases the interpreter lock, so they overlap on two cores.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import assert_never

from shared.domain.evidence import PictureEvidence, SpeechSpan, Transcript, Utterance
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import RunOptions, SegmentationType
from shared.services.runs.analysis.speech import detect_speech, transcribe
from shared.services.runs.analysis.visual_analysis import analyse_frames
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Attempt, attempt


@dataclass(frozen=True, slots=True)
class Analysis:
    """Evidence from one medium.

    ``transcript`` is None if no transcription was requested or the medium has no audio. ``visual`` is
    None for audio. ``spans`` are the spans of speech, which segmentation uses.
    """

    transcript: Attempt[Transcript] | None
    visual: PictureEvidence | None
    spans: tuple[Utterance, ...] | tuple[SpeechSpan, ...]

    @property
    def complete_transcript(self) -> Transcript | None:
        """The transcript, or None if there is none or the transcription failed."""
        return self.transcript.value if self.transcript else None


def analyse(work: MediumWork) -> Analysis:
    """Analyse a medium. Stored results are read, and only the missing ones are computed.

    A failed transcription is part of the result.

    Raises:
        the stop signals (``failures.SIGNALS``), and any error of the visual analysis.
    """
    transcription: Future[Attempt[Transcript]] | None = None
    with ThreadPoolExecutor(2, thread_name_prefix="analyse") as threads:
        if requires_transcript(work):
            transcription = threads.submit(lambda: attempt(lambda: transcribe(work)))
        visual = threads.submit(_visual, work)
    transcript = transcription.result() if transcription else None
    return Analysis(transcript, visual.result(), _speech_spans(work, transcript))


def requires_transcript(work: MediumWork) -> bool:
    return work.run.options.enable_transcription and work.media.has_audio


def _visual(work: MediumWork) -> PictureEvidence | None:
    return None if work.media.media_type is MediaType.AUDIO else analyse_frames(work)


def _speech_spans(
    work: MediumWork, transcript: Attempt[Transcript] | None
) -> tuple[Utterance, ...] | tuple[SpeechSpan, ...]:
    """Return the transcript's utterances. Without a transcript, detect speech if segmentation needs it."""
    if transcript is not None and transcript.value is not None:
        return transcript.value.utterances
    if not (work.media.has_audio and _segments_by_speech(work.media.media_type, work.run.options)):
        return ()
    return attempt(lambda: detect_speech(work)).value or ()


def _segments_by_speech(media_type: MediaType, options: RunOptions) -> bool:
    match media_type:
        case MediaType.AUDIO:
            return options.audio_segmentation_type is not SegmentationType.FIXED
        case MediaType.VIDEO:
            return options.video_segmentation_type is SegmentationType.SMART
        case MediaType.IMAGE:
            return False
        case _:
            assert_never(media_type)

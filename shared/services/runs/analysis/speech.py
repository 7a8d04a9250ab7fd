"""Transcription and speech detection, each computed once for the same bytes and then read from storage."""

from __future__ import annotations

from pydantic import TypeAdapter

from shared.domain.evidence import SpeechSpan, Transcript
from shared.media.decode.speech_audio import samples
from shared.services.runs.analysis import content_keys
from shared.services.runs.analysis.optional_blob import read_optional
from shared.services.runs.analysis.partial_transcript import PartialTranscript
from shared.services.runs.execution.context import MediumWork

_SPANS = TypeAdapter(tuple[SpeechSpan, ...])


def transcribe(work: MediumWork) -> Transcript:
    """Return the medium's transcript. The next call resumes an interrupted transcription."""
    transcriber, blobs = work.ports.models.transcriber, work.ports.blobs
    key = content_keys.transcript_key(work.media, transcriber.model)
    stored = read_optional(blobs, key)
    if stored is not None:
        return Transcript.model_validate_json(stored)
    partial = PartialTranscript(blobs, content_keys.transcript_windows_prefix(work.media, transcriber.model))
    with blobs.as_file(work.media.playback_key) as path, partial:
        transcript = transcriber.transcribe(work.stop_check.guard(samples(path)), windows=partial)
    blobs.write(key, transcript.model_dump_json().encode(), content_keys.JSON)
    partial.delete()
    return transcript


def detect_speech(work: MediumWork) -> tuple[SpeechSpan, ...]:
    """Return the spans of speech, without transcribing them."""
    key = content_keys.speech_spans_key(work.media)
    stored = read_optional(work.ports.blobs, key)
    if stored is not None:
        return _SPANS.validate_json(stored)
    with work.ports.blobs.as_file(work.media.playback_key) as path:
        spans = work.ports.models.speech_detector.speech(work.stop_check.guard(samples(path)))
    work.ports.blobs.write(key, _SPANS.dump_json(tuple(spans)), content_keys.JSON)
    return tuple(spans)

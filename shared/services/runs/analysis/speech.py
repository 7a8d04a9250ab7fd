"""What is said in a medium: transcribed once for its bytes, then read."""

from __future__ import annotations

from pydantic import TypeAdapter

from shared.domain.evidence import SpeechSpan, Transcript
from shared.media.decode.speech_audio import samples
from shared.ports.blobs import BlobNotFound
from shared.services.runs.analysis import content
from shared.services.runs.analysis.partial_transcript import PartialTranscript
from shared.services.runs.execution.context import MediumWork

_SPANS = TypeAdapter(tuple[SpeechSpan, ...])


def transcript(work: MediumWork) -> Transcript:
    """One that is cut off goes on, when it is asked for again, where it was."""
    transcriber, blobs = work.ports.models.transcriber, work.ports.blobs
    key = content.speech_key(work.media, transcriber.model)
    known = stored(work, key)
    if known is not None:
        return Transcript.model_validate_json(known)
    kept = PartialTranscript(blobs, content.heard_windows_prefix(work.media, transcriber.model))
    with blobs.as_file(work.media.playback_key) as path, kept:
        heard = transcriber.transcribe(work.supervision.watched(samples(path)), windows=kept)
    blobs.write(key, heard.model_dump_json().encode(), content.JSON)
    kept.forget()
    return heard


def speech_spans(work: MediumWork) -> tuple[SpeechSpan, ...]:
    key = content.speech_spans_key(work.media)
    known = stored(work, key)
    if known is not None:
        return _SPANS.validate_json(known)
    with work.ports.blobs.as_file(work.media.playback_key) as path:
        found = work.ports.models.speech_detector.speech(work.supervision.watched(samples(path)))
    work.ports.blobs.write(key, _SPANS.dump_json(tuple(found)), content.JSON)
    return tuple(found)


def stored(work: MediumWork, key: str) -> bytes | None:
    try:
        return work.ports.blobs.read(key)
    except BlobNotFound:
        return None

"""The keys of the stored results of analysis, whichever models produced them."""

from __future__ import annotations

from typing import Final

from shared.domain.media import Media
from shared.ports.blobs import Blobs
from shared.services.runs.analysis import content_keys

_PICTURES: Final = "pictures-"
_SPEECH: Final = "speech-"


def transcript_keys(blobs: Blobs, media: Media) -> list[str]:
    """List the keys of complete transcripts, sorted."""
    spans = content_keys.speech_spans_prefix(media)
    return [key for key in _result_keys(blobs, media, _SPEECH) if not key.startswith(spans)]


def speech_span_keys(blobs: Blobs, media: Media) -> list[str]:
    """List the keys of spans of speech, sorted."""
    spans = content_keys.speech_spans_prefix(media)
    return [key for key in _result_keys(blobs, media, _SPEECH) if key.startswith(spans)]


def picture_keys(blobs: Blobs, media: Media) -> list[str]:
    """List the keys of complete visual analyses, sorted."""
    return _result_keys(blobs, media, _PICTURES)


def _result_keys(blobs: Blobs, media: Media, name: str) -> list[str]:
    """List the keys of complete results. The parts of incomplete results have longer paths."""
    folder = content_keys.content_folder(media)
    found = blobs.keys(f"{folder}{name}")
    return [key for key in found if key.endswith(".json") and "/" not in key.removeprefix(folder)]

"""Blob keys of analysis results.

Results are stored below the content hash, so media with the same bytes share them. The key of a result
contains the models that produced it.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from shared.domain import blob_keys
from shared.domain.media import Media
from shared.ports.models import ModelPack

_IMAGE_PREPARATION: Final = "upright-srgb-tiles"
"""Changes whenever the same image would give other evidence. Stored evidence is then computed again."""

JSON: Final = "application/json"
JPEG: Final = "image/jpeg"

_SOUND_PREPARATION: Final = "audible-mix"
"""Changes whenever the same sound would give another transcript. Stored transcripts are then made again."""


def content_folder(media: Media) -> str:
    return blob_keys.content_folder(media.tenant_id, media.content_hash)


def transcript_key(media: Media, model: str) -> str:
    return f"{content_folder(media)}speech-{_safe(model)}-{_SOUND_PREPARATION}.json"


def transcript_windows_prefix(media: Media, model: str) -> str:
    """Return the prefix of the windows of an incomplete transcription."""
    return f"{content_folder(media)}speech-{_safe(model)}-{_SOUND_PREPARATION}/"


def speech_spans_key(media: Media) -> str:
    return f"{speech_spans_prefix(media)}-{_SOUND_PREPARATION}.json"


def speech_spans_prefix(media: Media) -> str:
    """Return what the keys of spans of speech begin with, whatever the preparation of their sound."""
    return f"{content_folder(media)}speech-spans"


def frame_analysis_key(media: Media, models: ModelPack) -> str:
    return f"{content_folder(media)}pictures-{image_models_fingerprint(models)}.json"


def frame_batches_prefix(media: Media, models: ModelPack) -> str:
    """Return the prefix of the frame batches of an incomplete pass."""
    return f"{content_folder(media)}pictures-{image_models_fingerprint(models)}/"


def frame_key(media: Media, seconds: float) -> str:
    return f"{content_folder(media)}frames/{milliseconds(seconds):09d}.jpg"


def preview_strip_key(media: Media) -> str:
    return f"{content_folder(media)}preview-strip.bin"


def segments_folder(media: Media) -> str:
    return f"{blob_keys.media_folder(media.tenant_id, media.media_id)}segments/"


def segment_image_key(media: Media, recipe_fingerprint: str, ordinal: int, extension: str) -> str:
    return f"{segments_folder(media)}{recipe_fingerprint}/{ordinal:06d}.{extension}"


def image_models_fingerprint(models: ModelPack) -> str:
    """Return 12 hex digits that identify the models for images: text reader, tagger and embedder; and the way
    in which images are prepared for them."""
    names = (_IMAGE_PREPARATION, models.reader.model, models.tagger.model, models.image_embedder.space.name)
    return hashlib.sha256("|".join(names).encode()).hexdigest()[:12]


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _safe(model: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", model)

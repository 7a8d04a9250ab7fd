"""Where what was learnt from a medium's bytes is kept: under their hash, shared by every medium
that has them, and kept apart by the models that made it."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from shared.domain import blob_keys
from shared.domain.media import Media
from shared.ports.models import ModelPack

JSON: Final = "application/json"
JPEG: Final = "image/jpeg"


def folder(media: Media) -> str:
    return blob_keys.content_folder(media.tenant_id, media.content_hash)


def speech_key(media: Media, model: str) -> str:
    return f"{folder(media)}speech-{_safe(model)}.json"


def heard_windows_prefix(media: Media, model: str) -> str:
    """Windows of a transcription that is not finished."""
    return f"{folder(media)}speech-{_safe(model)}/"


def speech_spans_key(media: Media) -> str:
    return f"{folder(media)}speech-spans.json"


def pictures_key(media: Media, models: ModelPack) -> str:
    return f"{folder(media)}pictures-{pictures_fingerprint(models)}.json"


def picture_batches_prefix(media: Media, models: ModelPack) -> str:
    """Frames already analysed by a pass that is not finished."""
    return f"{folder(media)}pictures-{pictures_fingerprint(models)}/"


def frame_key(media: Media, seconds: float) -> str:
    return f"{folder(media)}frames/{milliseconds(seconds):09d}.jpg"


def preview_strip_key(media: Media) -> str:
    return f"{folder(media)}preview-strip.bin"


def segments_folder(media: Media) -> str:
    return f"{blob_keys.media_folder(media.tenant_id, media.media_id)}segments/"


def segment_picture_key(media: Media, recipe_fingerprint: str, ordinal: int, extension: str) -> str:
    return f"{segments_folder(media)}{recipe_fingerprint}/{ordinal:06d}.{extension}"


def pictures_fingerprint(models: ModelPack) -> str:
    """12 hex digits for the models that look at pictures: another model, another analysis."""
    names = (models.reader.model, models.tagger.model, models.image_embedder.space.name)
    return hashlib.sha256("|".join(names).encode()).hexdigest()[:12]


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _safe(model: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", model)

"""Segmentation of a medium. An earlier segmentation by the same recipe is reused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Final

from PIL import Image

from shared.domain import ids, keys
from shared.domain.clock import timestamp
from shared.domain.evidence import FrameEvidence, PictureEvidence
from shared.domain.media import Segment
from shared.domain.runs.prompt_run import MediumState
from shared.domain.runs.segmentation import recipe, segment_spans
from shared.media.decode.still_image import shrunk, to_jpeg
from shared.media.derive.picture_quality import first_good
from shared.media.derive.preview import animated_preview
from shared.ports.records import MAX_WRITES
from shared.services.records.documents import put
from shared.services.runs.analysis import content_keys
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.preview_strip import PreviewStrip
from shared.services.runs.execution.context import MediumWork

THUMBNAIL_WIDTH: Final = 640
PREVIEW_FRAMES: Final = 12
GIF: Final = "image/gif"


def segment(work: MediumWork, analysis: Analysis) -> list[Segment]:
    """Return the medium's segments in order.

    Segments are written in reverse order, so if the first one exists, all exist. They are reused unchanged,
    even if the current transcript would lead to other boundaries.
    """
    recipe_name = recipe(work.media.media_type, work.run.options)
    fingerprint = ids.recipe_fingerprint(recipe_name)
    stored = _stored_segments(work, fingerprint)
    if stored:
        work.progress.change(work.media.media_id, partial(_with_recipe, recipe_name, new=False))
        return stored
    work.progress.change(work.media.media_id, partial(_with_recipe, recipe_name, new=True))
    spans = segment_spans(
        recipe_name,
        media_type=work.media.media_type,
        duration=work.media.duration_seconds or 0.0,
        shots=analysis.visual.shots if analysis.visual else (),
        utterances=analysis.spans,
    )
    segments = [_new_segment(work, recipe_name, ordinal, span) for ordinal, span in enumerate(spans)]
    segments = _with_images(work, segments, fingerprint, analysis.visual)
    _write_in_reverse(work, segments, fingerprint)
    return segments


def _with_recipe(recipe: str, medium_state: MediumState, *, new: bool) -> MediumState:
    """Set the recipe of a medium's state. ``new`` means that no earlier run has used this recipe for the
    medium."""
    medium_state.recipe = recipe
    medium_state.created_new_segments = medium_state.created_new_segments or new
    return medium_state


def _stored_segments(work: MediumWork, fingerprint: str) -> list[Segment]:
    found = work.ports.documents.every(
        Segment, keys.segment(work.tenant_id, work.media.media_id, fingerprint)
    )
    return found if found and found[0].ordinal == 0 else []


def _new_segment(work: MediumWork, recipe_name: str, ordinal: int, span: tuple[float, float]) -> Segment:
    return Segment(
        segment_id=ids.segment_id(work.media.media_id, recipe_name, ordinal),
        media_id=work.media.media_id,
        recipe=recipe_name,
        ordinal=ordinal,
        start=round(span[0], 3),
        end=round(span[1], 3),
        created_at=timestamp(),
    )


def _with_images(
    work: MediumWork, segments: list[Segment], fingerprint: str, visual: PictureEvidence | None
) -> list[Segment]:
    if visual is None:
        return segments
    strip = PreviewStrip(work.ports.blobs, visual.preview_frames) if visual.preview_frames else None
    segments_with_images = []
    for item in segments:
        work.stop_check.check()
        segments_with_images.append(
            item.model_copy(
                update={
                    "thumbnail_key": _thumbnail(work, item, fingerprint, visual),
                    "preview_key": _preview(work, item, fingerprint, strip) if strip else None,
                }
            )
        )
    return segments_with_images


def _thumbnail(work: MediumWork, item: Segment, fingerprint: str, visual: PictureEvidence) -> str | None:
    """Write the thumbnail, and return its key.

    A segment usually begins with its subject, so the first frame is used that shows nearly as much as the
    best one.
    """
    frames = visual.between(item.start, item.end)
    if not frames:
        return None
    key = content_keys.segment_image_key(work.media, fingerprint, item.ordinal, "jpg")
    if work.ports.blobs.stat(key) is None:
        jpeg = work.ports.blobs.read(_representative(frames).picture)
        with Image.open(BytesIO(jpeg)) as image:
            if image.width > THUMBNAIL_WIDTH:
                jpeg = to_jpeg(shrunk(image.convert("RGB"), THUMBNAIL_WIDTH))
        work.ports.blobs.write(key, jpeg, content_keys.JPEG)
    return key


def _representative(frames: Sequence[FrameEvidence]) -> FrameEvidence:
    qualities = [frame.quality for frame in frames if frame.quality is not None]
    return frames[first_good(qualities) if len(qualities) == len(frames) else 0]


def _preview(work: MediumWork, item: Segment, fingerprint: str, strip: PreviewStrip) -> str | None:
    """Write the animated preview, and return its key."""
    key = content_keys.segment_image_key(work.media, fingerprint, item.ordinal, "gif")
    if work.ports.blobs.stat(key) is None:
        images = strip.between(item.start, item.end, PREVIEW_FRAMES)
        if not images:
            return None
        work.ports.blobs.write(key, animated_preview(images), GIF)
    return key


def _write_in_reverse(work: MediumWork, segments: Sequence[Segment], fingerprint: str) -> None:
    reverse = list(reversed(segments))
    for start in range(0, len(reverse), MAX_WRITES):
        work.ports.documents.write(
            *(
                put(keys.segment(work.tenant_id, work.media.media_id, fingerprint, item.ordinal), item)
                for item in reverse[start : start + MAX_WRITES]
            )
        )

"""Cut a medium into segments, or find those that the same recipe cut before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Final

from PIL import Image

from shared.domain import ids, keys
from shared.domain.clock import timestamp
from shared.domain.evidence import PictureEvidence
from shared.domain.media import Segment
from shared.domain.runs.prompt_run import MediumState
from shared.domain.runs.segmentation import recipe, segment_spans
from shared.media.decode.still_image import shrunk, to_jpeg
from shared.media.derive.preview import animated_preview
from shared.ports.records import MAX_WRITES
from shared.services.records.documents import put
from shared.services.runs.analysis import content
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.preview_strip import PreviewStrip
from shared.services.runs.execution.context import MediumWork

THUMBNAIL_WIDTH: Final = 640
PREVIEW_PICTURES: Final = 12
GIF: Final = "image/gif"


def segment(work: MediumWork, analysis: Analysis) -> list[Segment]:
    """Segments in order. They are written last first, so where there is a first one all are there,
    and are reused as they are: also when another transcript would cut elsewhere today."""
    rule = recipe(work.media.media_type, work.run.options)
    fingerprint = ids.recipe_fingerprint(rule)
    known = _known(work, fingerprint)
    if known:
        work.progress.change(work.media.media_id, partial(_cut_by, rule, new=False))
        return known
    work.progress.change(work.media.media_id, partial(_cut_by, rule, new=True))
    spans = segment_spans(
        rule,
        media_type=work.media.media_type,
        duration=work.media.duration_seconds or 0.0,
        shots=analysis.pictures.shots if analysis.pictures else (),
        utterances=analysis.spans,
    )
    segments = [_segment(work, rule, ordinal, span) for ordinal, span in enumerate(spans)]
    segments = _illustrated(work, segments, fingerprint, analysis.pictures)
    _write_last_first(work, segments, fingerprint)
    return segments


def _cut_by(recipe: str, medium_state: MediumState, *, new: bool) -> MediumState:
    """``new``: no earlier run has cut the medium by this recipe."""
    medium_state.recipe = recipe
    medium_state.created_new_segments = medium_state.created_new_segments or new
    return medium_state


def _known(work: MediumWork, fingerprint: str) -> list[Segment]:
    found = work.ports.documents.every(Segment, keys.segment(work.tenant, work.media.media_id, fingerprint))
    return found if found and found[0].ordinal == 0 else []


def _segment(work: MediumWork, rule: str, ordinal: int, span: tuple[float, float]) -> Segment:
    return Segment(
        segment_id=ids.segment_id(work.media.media_id, rule, ordinal),
        media_id=work.media.media_id,
        recipe=rule,
        ordinal=ordinal,
        start=round(span[0], 3),
        end=round(span[1], 3),
        created_at=timestamp(),
    )


def _illustrated(
    work: MediumWork, segments: list[Segment], fingerprint: str, pictures: PictureEvidence | None
) -> list[Segment]:
    if pictures is None:
        return segments
    strip = PreviewStrip(work.ports.blobs, pictures.preview_frames) if pictures.preview_frames else None
    illustrated = []
    for item in segments:
        work.supervision.check()
        illustrated.append(
            item.model_copy(
                update={
                    "thumbnail_key": _thumbnail(work, item, fingerprint, pictures),
                    "preview_key": _preview(work, item, fingerprint, strip) if strip else None,
                }
            )
        )
    return illustrated


def _thumbnail(work: MediumWork, item: Segment, fingerprint: str, pictures: PictureEvidence) -> str | None:
    """The first frame inside, since a segment usually begins with what it is about."""
    frames = pictures.between(item.start, item.end)
    if not frames:
        return None
    key = content.segment_picture_key(work.media, fingerprint, item.ordinal, "jpg")
    if work.ports.blobs.stat(key) is None:
        jpeg = work.ports.blobs.read(frames[0].picture)
        with Image.open(BytesIO(jpeg)) as image:
            if image.width > THUMBNAIL_WIDTH:
                jpeg = to_jpeg(shrunk(image.convert("RGB"), THUMBNAIL_WIDTH))
        work.ports.blobs.write(key, jpeg, content.JPEG)
    return key


def _preview(work: MediumWork, item: Segment, fingerprint: str, strip: PreviewStrip) -> str | None:
    key = content.segment_picture_key(work.media, fingerprint, item.ordinal, "gif")
    if work.ports.blobs.stat(key) is None:
        pictures = strip.between(item.start, item.end, PREVIEW_PICTURES)
        if not pictures:
            return None
        work.ports.blobs.write(key, animated_preview(pictures), GIF)
    return key


def _write_last_first(work: MediumWork, segments: Sequence[Segment], fingerprint: str) -> None:
    backwards = list(reversed(segments))
    for start in range(0, len(backwards), MAX_WRITES):
        work.ports.documents.write(
            *(
                put(keys.segment(work.tenant, work.media.media_id, fingerprint, item.ordinal), item)
                for item in backwards[start : start + MAX_WRITES]
            )
        )

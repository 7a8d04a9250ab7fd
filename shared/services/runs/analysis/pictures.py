"""What is to be seen in a medium: one decoding pass, its key frames read, tagged and embedded in
batches as they come."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from shared.domain.evidence import FrameEvidence, PictureEvidence
from shared.media.derive.visual_pass import run_visual_pass
from shared.media.inspect.probe import probe
from shared.services.runs.analysis import content, preview_strip
from shared.services.runs.analysis.frame_batches import FrameBatches, rounded
from shared.services.runs.analysis.speech import stored
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import attempt


def picture_evidence(work: MediumWork) -> PictureEvidence:
    """Read, or found out in one pass and kept. Frames whose embedding failed are tried again.

    Raises:
        UnsupportedMedia: nothing can be decoded.
    """
    models, blobs = work.ports.models, work.ports.blobs
    key = content.pictures_key(work.media, models)
    known = stored(work, key)
    if known is not None:
        return _completed(work, PictureEvidence.model_validate_json(known))
    evidence = _watched(work)
    blobs.write(key, evidence.model_dump_json().encode(), content.JSON)
    blobs.delete_prefix(content.picture_batches_prefix(work.media, models))
    return evidence


def _watched(work: MediumWork) -> PictureEvidence:
    def check(_: float) -> None:
        work.supervision.check()

    with work.ports.blobs.as_file(work.media.playback_key) as path, FrameBatches(work) as frames:
        watched = run_visual_pass(path, probe(path), frames.add, check)
        found = frames.finish()
    strip: str | None = None
    if watched.preview_frames:
        strip = content.preview_strip_key(work.media)
        packed = preview_strip.pack(watched.preview_frames)
        work.ports.blobs.write(strip, packed, preview_strip.CONTENT_TYPE)
    return PictureEvidence(
        shots=tuple(watched.shots),
        frames=found,
        space=work.ports.models.image_embedder.space,
        preview_frames=strip,
    )


def _completed(work: MediumWork, evidence: PictureEvidence) -> PictureEvidence:
    if all(frame.embedding for frame in evidence.frames):
        return evidence
    frames = tuple(f if f.embedding else _embedded_again(work, f) for f in evidence.frames)
    if frames == evidence.frames:
        return evidence
    completed = evidence.model_copy(update={"frames": frames})
    key = content.pictures_key(work.media, work.ports.models)
    work.ports.blobs.write(key, completed.model_dump_json().encode(), content.JSON)
    return completed


def _embedded_again(work: MediumWork, frame: FrameEvidence) -> FrameEvidence:
    work.supervision.check()
    with Image.open(BytesIO(work.ports.blobs.read(frame.picture))) as image:
        picture = np.asarray(image.convert("RGB"))
    embedded = attempt(lambda: work.ports.models.image_embedder.embed([picture]))
    if embedded.value is None:
        return frame
    return frame.model_copy(update={"embedding": rounded(embedded.value[0]), "embedding_error": None})

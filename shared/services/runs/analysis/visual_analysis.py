"""Visual analysis of a medium: one decoding pass, whose key frames are read, tagged and embedded in
batches while decoding continues."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

from shared.domain.evidence import FrameEvidence, PictureEvidence
from shared.media.derive.visual_pass import run_visual_pass
from shared.media.inspect.probe import probe
from shared.services.runs.analysis import content_keys, preview_strip
from shared.services.runs.analysis.frame_batches import FrameBatches, round_vector
from shared.services.runs.analysis.optional_blob import read_optional
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import attempt


def analyse_frames(work: MediumWork) -> PictureEvidence:
    """Return the visual evidence of a medium: stored, or computed in one pass and then stored.

    Frames of a stored analysis whose embedding failed are embedded again.

    Raises:
        UnsupportedMedia: the medium cannot be decoded.
    """
    models, blobs = work.ports.models, work.ports.blobs
    key = content_keys.frame_analysis_key(work.media, models)
    stored = read_optional(blobs, key)
    if stored is not None:
        return _retry_embeddings(work, PictureEvidence.model_validate_json(stored))
    evidence = _run_pass(work)
    blobs.write(key, evidence.model_dump_json().encode(), content_keys.JSON)
    blobs.delete_prefix(content_keys.frame_batches_prefix(work.media, models))
    return evidence


def _run_pass(work: MediumWork) -> PictureEvidence:
    def check(_: float) -> None:
        work.stop_check.check()

    with work.ports.blobs.as_file(work.media.playback_key) as path, FrameBatches(work) as batches:
        visual_pass = run_visual_pass(path, probe(path), batches.add, check)
        frames = batches.finish()
    return PictureEvidence(
        shots=tuple(visual_pass.shots),
        frames=frames,
        space=work.ports.models.image_embedder.space,
        preview_frames=_write_preview_strip(work, visual_pass.preview_frames),
    )


def _write_preview_strip(work: MediumWork, frames: Sequence[tuple[float, bytes]]) -> str | None:
    """Write the preview strip, and return its key; None without frames."""
    if not frames:
        return None
    key = content_keys.preview_strip_key(work.media)
    work.ports.blobs.write(key, preview_strip.pack(frames), preview_strip.CONTENT_TYPE)
    return key


def _retry_embeddings(work: MediumWork, evidence: PictureEvidence) -> PictureEvidence:
    """Embed the frames without an embedding, and store the evidence if any succeeds."""
    if all(frame.embedding for frame in evidence.frames):
        return evidence
    frames = tuple(frame if frame.embedding else _embed(work, frame) for frame in evidence.frames)
    if frames == evidence.frames:
        return evidence
    completed = evidence.model_copy(update={"frames": frames})
    key = content_keys.frame_analysis_key(work.media, work.ports.models)
    work.ports.blobs.write(key, completed.model_dump_json().encode(), content_keys.JSON)
    return completed


def _embed(work: MediumWork, frame: FrameEvidence) -> FrameEvidence:
    work.stop_check.check()
    with Image.open(BytesIO(work.ports.blobs.read(frame.picture))) as file:
        image = np.asarray(file.convert("RGB"))
    embedded = attempt(lambda: work.ports.models.image_embedder.embed([image]))
    if embedded.value is None:
        return frame
    return frame.model_copy(update={"embedding": round_vector(embedded.value[0]), "embedding_error": None})

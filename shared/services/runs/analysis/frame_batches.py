"""Key frames, analysed as soon as they are found, and stored in batches.

The text of a frame is read in one thread, while another one tags and embeds frames. Each batch is stored once
its frames are analysed. Decoding yields the same frames again, so a resumed pass analyses no stored frame
again. At most two batches of decoded frames are in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from pydantic import TypeAdapter

from shared.domain.evidence import FrameEvidence, TextLine
from shared.media.derive.key_frames import KeyFrame
from shared.ports.blobs import BlobNotFound
from shared.ports.models import Reader
from shared.services.runs.analysis import content_keys
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import attempt

BATCH_FRAMES: Final = 8
_DECIMALS: Final = 6
_FRAMES = TypeAdapter(tuple[FrameEvidence, ...])


@dataclass(frozen=True, slots=True)
class _Submitted:
    """A frame whose analysis is queued, in progress or complete."""

    frame: KeyFrame
    text: Future[list[TextLine]]
    evidence: Future[FrameEvidence]
    """The evidence without text."""

    def cancel(self) -> None:
        self.text.cancel()
        self.evidence.cancel()

    def result(self) -> FrameEvidence:
        """Wait for the evidence. Raises: any error of the analysis."""
        evidence, lines = self.evidence.result(), self.text.result()
        text_lines = tuple(line for line in lines if line.text)
        unread = sum(not line.is_read for line in lines)
        return evidence.model_copy(update={"text_lines": text_lines, "unread_lines": unread})


class FrameBatches:
    """Collects key frames from one decoding thread, and analyses them in two further threads."""

    def __init__(self, work: MediumWork) -> None:
        self._work = work
        self._prefix = content_keys.frame_batches_prefix(work.media, work.ports.models)
        self._stored = {content_keys.milliseconds(frame.timestamp): frame for frame in self._read_stored()}
        self._analysed: list[FrameEvidence] = []
        self._open: list[_Submitted] = []
        self._in_progress: Future[list[FrameEvidence]] | None = None
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="read-text")
        self._tagging = ThreadPoolExecutor(1, thread_name_prefix="tag-frames")
        self._storing = ThreadPoolExecutor(1, thread_name_prefix="store-frames")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Discard the frames of an incomplete batch. A complete batch in progress is stored."""
        for submitted in self._open:
            submitted.cancel()
        for threads in (self._storing, self._reading, self._tagging):
            threads.shutdown()

    def add(self, frame: KeyFrame) -> None:
        """Add a frame, whose analysis begins. A complete batch is stored once it is analysed.

        Raises:
            the stop signals (``failures.SIGNALS``), and any error from the analysis of an earlier batch.
        """
        self._work.stop_check.check()
        stored = self._stored.get(content_keys.milliseconds(frame.timestamp))
        if stored is not None:
            self._analysed.append(stored)
            return
        self._open.append(
            _Submitted(
                frame,
                text=self._reading.submit(_read_text, self._work.ports.models.reader, frame),
                evidence=self._tagging.submit(_tag_and_embed, self._work, frame),
            )
        )
        if len(self._open) >= BATCH_FRAMES:
            self._close_batch()

    def finish(self) -> tuple[FrameEvidence, ...]:
        """Analyse the remaining frames, and return the evidence of all frames in order of time."""
        if self._open:
            self._close_batch()
        self._collect()
        return tuple(sorted(self._analysed, key=lambda frame: frame.timestamp))

    def _close_batch(self) -> None:
        """Wait until the previous batch is stored, and let the open batch be stored."""
        self._collect()
        batch, self._open = self._open, []
        self._in_progress = self._storing.submit(self._store, batch)

    def _collect(self) -> None:
        if self._in_progress is not None:
            self._analysed += self._in_progress.result()
            self._in_progress = None

    def _store(self, batch: Sequence[_Submitted]) -> list[FrameEvidence]:
        frames = [submitted.result() for submitted in batch]
        first = content_keys.milliseconds(batch[0].frame.timestamp)
        self._work.ports.blobs.write(
            f"{self._prefix}{first:09d}.json", _FRAMES.dump_json(tuple(frames)), content_keys.JSON
        )
        return frames

    def _read_stored(self) -> list[FrameEvidence]:
        """Read the batches of an earlier pass. A batch that another run deletes meanwhile is analysed
        again."""
        frames: list[FrameEvidence] = []
        for key in list(self._work.ports.blobs.keys(self._prefix)):
            try:
                frames += _FRAMES.validate_json(self._work.ports.blobs.read(key))
            except BlobNotFound:
                continue
        return frames


def round_vector(vector: Iterable[float]) -> tuple[float, ...]:
    """Round a vector to six decimals: within the precision of float32, and half the text."""
    return tuple(round(float(x), _DECIMALS) for x in vector)


def _read_text(reader: Reader, frame: KeyFrame) -> list[TextLine]:
    return reader.read(frame.image if frame.reading is None else frame.reading)


def _tag_and_embed(work: MediumWork, frame: KeyFrame) -> FrameEvidence:
    """Store a frame's JPEG file, and return its evidence without text."""
    models = work.ports.models
    key = content_keys.frame_key(work.media, frame.timestamp)
    work.ports.blobs.write(key, frame.jpeg, content_keys.JPEG)
    [tags] = models.tagger.tag([frame.image])
    embedded = attempt(lambda: models.image_embedder.embed([frame.image]))
    return FrameEvidence(
        timestamp=frame.timestamp,
        shot=frame.shot,
        picture=key,
        quality=round(frame.quality, _DECIMALS),
        tags=tuple(tags),
        embedding=None if embedded.value is None else round_vector(embedded.value[0]),
        embedding_error=embedded.failure.message if embedded.failure else None,
    )

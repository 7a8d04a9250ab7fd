"""Key frames, analysed in batches while decoding continues.

Each batch is stored once it is analysed. Decoding yields the same frames again, so a resumed pass analyses
no stored frame again. At most two batches of decoded frames are in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from pydantic import TypeAdapter

from shared.domain.evidence import FrameEvidence
from shared.media.derive.key_frames import KeyFrame
from shared.ports.blobs import BlobNotFound
from shared.services.runs.analysis import content_keys
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import attempt

BATCH_FRAMES: Final = 8
_DECIMALS: Final = 6
_FRAMES = TypeAdapter(tuple[FrameEvidence, ...])


class FrameBatches:
    """Collects key frames from one decoding thread, and analyses them in a second thread."""

    def __init__(self, work: MediumWork) -> None:
        self._work = work
        self._prefix = content_keys.frame_batches_prefix(work.media, work.ports.models)
        self._stored = {content_keys.milliseconds(frame.timestamp): frame for frame in self._read_stored()}
        self._analysed: list[FrameEvidence] = []
        self._pending: list[KeyFrame] = []
        self._in_progress: Future[Sequence[FrameEvidence]] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="analyse-frames")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def add(self, frame: KeyFrame) -> None:
        """Add a frame. A complete batch is analysed.

        Raises:
            the stop signals (``failures.SIGNALS``), and any error from the analysis of an earlier batch.
        """
        self._work.stop_check.check()
        stored = self._stored.get(content_keys.milliseconds(frame.timestamp))
        if stored is not None:
            self._analysed.append(stored)
            return
        self._pending.append(frame)
        if len(self._pending) >= BATCH_FRAMES:
            self._submit()

    def finish(self) -> tuple[FrameEvidence, ...]:
        """Analyse the remaining frames, and return the evidence of all frames in order of time."""
        if self._pending:
            self._submit()
        self._collect()
        return tuple(sorted(self._analysed, key=lambda frame: frame.timestamp))

    def _submit(self) -> None:
        self._collect()
        batch, self._pending = self._pending, []
        self._in_progress = self._thread.submit(self._analyse_and_store, batch)

    def _collect(self) -> None:
        if self._in_progress is not None:
            self._analysed += self._in_progress.result()
            self._in_progress = None

    def _analyse_and_store(self, batch: Sequence[KeyFrame]) -> Sequence[FrameEvidence]:
        frames = _analyse(self._work, batch)
        first = content_keys.milliseconds(batch[0].timestamp)
        self._work.ports.blobs.write(
            f"{self._prefix}{first:09d}.json", _FRAMES.dump_json(frames), content_keys.JSON
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


def _analyse(work: MediumWork, batch: Sequence[KeyFrame]) -> tuple[FrameEvidence, ...]:
    """Read, tag and embed the frames of a batch, and store their JPEG files."""
    models = work.ports.models
    images = [frame.image for frame in batch]
    tags = models.tagger.tag(images)
    embedded = attempt(lambda: models.image_embedder.embed(images))
    error = embedded.failure.message if embedded.failure else None
    frames: list[FrameEvidence] = []
    for i, frame in enumerate(batch):
        key = content_keys.frame_key(work.media, frame.timestamp)
        work.ports.blobs.write(key, frame.jpeg, content_keys.JPEG)
        lines = models.reader.read(frame.image if frame.reading is None else frame.reading)
        frames.append(
            FrameEvidence(
                timestamp=frame.timestamp,
                shot=frame.shot,
                picture=key,
                quality=round(frame.quality, _DECIMALS),
                text_lines=tuple(line for line in lines if line.text),
                unread_lines=sum(not line.is_read for line in lines),
                tags=tuple(tags[i]),
                embedding=None if embedded.value is None else round_vector(embedded.value[i]),
                embedding_error=error,
            )
        )
    return tuple(frames)

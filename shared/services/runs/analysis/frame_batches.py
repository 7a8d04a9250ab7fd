"""Key frames, looked at in batches while decoding goes on.

A batch is kept when it is done, so a pass that was cut off looks at no frame twice: decoding gives
the same frames again. At most two batches are held decoded.
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
from shared.services.runs.analysis import content
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import attempt

BATCH_FRAMES: Final = 8
_DECIMALS: Final = 6
_FRAMES = TypeAdapter(tuple[FrameEvidence, ...])


class FrameBatches:
    """Used by one decoding thread; looking happens in a second one."""

    def __init__(self, work: MediumWork) -> None:
        self._work = work
        self._prefix = content.picture_batches_prefix(work.media, work.ports.models)
        self._known = {content.milliseconds(frame.timestamp): frame for frame in self._stored()}
        self._found: list[FrameEvidence] = []
        self._waiting: list[KeyFrame] = []
        self._looking: Future[Sequence[FrameEvidence]] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="look")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def add(self, frame: KeyFrame) -> None:
        """Raises: the signals to stop, and what looking at an earlier batch raised."""
        self._work.supervision.check()
        known = self._known.get(content.milliseconds(frame.timestamp))
        if known is not None:
            self._found.append(known)
            return
        self._waiting.append(frame)
        if len(self._waiting) >= BATCH_FRAMES:
            self._send()

    def finish(self) -> tuple[FrameEvidence, ...]:
        """Everything found, in order of time."""
        if self._waiting:
            self._send()
        self._collect()
        return tuple(sorted(self._found, key=lambda frame: frame.timestamp))

    def _send(self) -> None:
        self._collect()
        batch, self._waiting = self._waiting, []
        self._looking = self._thread.submit(self._look_and_keep, batch)

    def _collect(self) -> None:
        if self._looking is not None:
            self._found += self._looking.result()
            self._looking = None

    def _look_and_keep(self, batch: Sequence[KeyFrame]) -> Sequence[FrameEvidence]:
        frames = _look(self._work, batch)
        first = content.milliseconds(batch[0].timestamp)
        self._work.ports.blobs.write(
            f"{self._prefix}{first:09d}.json", _FRAMES.dump_json(frames), content.JSON
        )
        return frames

    def _stored(self) -> list[FrameEvidence]:
        """Batches of an earlier pass. One that another run tidies away meanwhile is done again."""
        frames: list[FrameEvidence] = []
        for key in list(self._work.ports.blobs.keys(self._prefix)):
            try:
                frames += _FRAMES.validate_json(self._work.ports.blobs.read(key))
            except BlobNotFound:
                continue
        return frames


def rounded(vector: Iterable[float]) -> tuple[float, ...]:
    """Six decimals are within float32's own precision and half the text."""
    return tuple(round(float(x), _DECIMALS) for x in vector)


def _look(work: MediumWork, batch: Sequence[KeyFrame]) -> tuple[FrameEvidence, ...]:
    models, blobs = work.ports.models, work.ports.blobs
    pictures = [frame.image for frame in batch]
    tags = models.tagger.tag(pictures)
    embedded = attempt(lambda: models.image_embedder.embed(pictures))
    error = embedded.failure.message if embedded.failure else None
    frames: list[FrameEvidence] = []
    for i, frame in enumerate(batch):
        key = content.frame_key(work.media, frame.timestamp)
        blobs.write(key, frame.jpeg, content.JPEG)
        vector = (
            None if embedded.value is None else tuple(round(float(x), _DECIMALS) for x in embedded.value[i])
        )
        frames.append(
            FrameEvidence(
                timestamp=frame.timestamp,
                shot=frame.shot,
                picture=key,
                text_lines=tuple(models.reader.read(frame.image)),
                tags=tuple(tags[i]),
                embedding=vector,
                embedding_error=error,
            )
        )
    return tuple(frames)

"""What is visible of a run while it works: counters of its media and of itself.

A medium's record is written when its state or stage changes, and else once a second at most; the
run's, which grows with its target, once a second at most. Its last word is ``finish_run``'s.

Where several workers share a run, each reads the others' media before it sums, the less often the
more there are.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.prompt_run import MediaRun, PromptRun, SegmentResult
from shared.domain.run_counts import count_segments, sum_media
from shared.ports.records import VersionConflict
from shared.services.documents import Documents

_WRITE_EVERY_SECONDS: Final = 1.0
_READ_PER_SECOND: Final = 100
"""Media of other workers."""


class Progress:
    """Used by one thread. ``media_runs`` are all of the run's; ``alone``: no other worker's either."""

    def __init__(
        self, documents: Documents, run: PromptRun, media_runs: Sequence[MediaRun], *, alone: bool = True
    ) -> None:
        self._documents = documents
        self._tenant = run.tenant_id
        self._run_id = run.run_id
        self._media = {media_run.media_id: media_run for media_run in media_runs}
        self._alone = alone
        self._pause = _WRITE_EVERY_SECONDS if alone else max(_WRITE_EVERY_SECONDS, self._reading_seconds())
        self._next_write = 0.0

    @property
    def media_runs(self) -> list[MediaRun]:
        """Every medium of the run, in order."""
        return sorted(self._media.values(), key=lambda media_run: media_run.ordinal)

    def of(self, media_id: str) -> MediaRun:
        return self._media[media_id]

    def note(self, media_id: str, **changes: Any) -> MediaRun:
        """Write ``changes`` to a medium's state now."""
        media_run = self._media[media_id].model_copy(update={**changes, "updated_at": timestamp()})
        self._media[media_id] = media_run
        self._write(media_run)
        return media_run

    def count(self, media_id: str, results: Iterable[SegmentResult], *, processing: int) -> None:
        """Show counters summed over ``results``; ``processing`` segments are being worked on."""
        if time.monotonic() < self._next_write:
            return
        counted = count_segments(self._media[media_id], results)
        counted = counted.model_copy(update={"processing_segments": processing, "updated_at": timestamp()})
        self._media[media_id] = counted
        self._write(counted)

    def _write(self, media_run: MediaRun) -> None:
        """A record that was deleted meanwhile is not brought back."""
        key = keys.media_run(self._tenant, self._run_id, media_run.media_id)
        self._documents.update(MediaRun, key, lambda _: media_run)
        if time.monotonic() < self._next_write:
            return
        with suppress(*(() if self._alone else (VersionConflict,))):  # then another has just summed
            self._write_run()
        self._next_write = time.monotonic() + self._pause

    def _write_run(self) -> None:
        everything = list(self._media.values()) if self._alone else self._everything()
        self._documents.update(
            PromptRun,
            keys.prompt_run(self._tenant, self._run_id),
            lambda run: sum_media(run, everything),
        )

    def _everything(self) -> list[MediaRun]:
        return self._documents.every(MediaRun, keys.media_run(self._tenant, self._run_id))

    def _reading_seconds(self) -> float:
        return len(self._media) / _READ_PER_SECOND

"""When to stop: the server stops, somebody cancels the run, or the medium is deleted under it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.jobs import Interrupted
from shared.services.records.documents import Documents

Item = TypeVar("Item")

_LOOK_EVERY_SECONDS: Final = 0.25


class RunCancelled(Exception):
    """The run was asked to stop: nothing further is begun."""


class MediumDeleted(Exception):
    """The medium is being deleted, or is gone: nothing of it may be left behind."""


class Supervision:
    """Asked between small pieces of work. Records are looked at a few times a second at most."""

    def __init__(
        self,
        documents: Documents,
        tenant: str,
        run_id: str,
        stopping: Callable[[], bool],
        media_id: str | None = None,
        *,
        heed_cancel: bool = True,
    ) -> None:
        """``heed_cancel`` False: work on a run that has ended, cancelled or not."""
        self._documents = documents
        self._tenant = tenant
        self._run_id = run_id
        self._media_id = media_id
        self._stopping = stopping
        self._heed_cancel = heed_cancel
        self._next_look = 0.0

    def over(self, media_id: str) -> Supervision:
        """The same run, with one medium watched too."""
        return Supervision(
            self._documents,
            self._tenant,
            self._run_id,
            self._stopping,
            media_id,
            heed_cancel=self._heed_cancel,
        )

    def check(self) -> None:
        """Return when work may go on.

        Raises:
            Interrupted: the server is stopping.
            MediumDeleted: the medium goes away.
            RunCancelled: the run was asked to stop.
        """
        if self._stopping():
            raise Interrupted
        if time.monotonic() < self._next_look:
            return
        self.check_medium()
        self.check_cancelled()
        self._next_look = time.monotonic() + _LOOK_EVERY_SECONDS

    def check_interrupted(self) -> None:
        """For work that a cancelled run still finishes: what was extracted becomes searchable.

        Raises:
            Interrupted, MediumDeleted: as ``check``.
        """
        if self._stopping():
            raise Interrupted
        self.check_medium()

    def check_stopping(self) -> None:
        """For who waits within a piece of work: reads no record, and lets a cancelled run finish it.

        Raises:
            Interrupted: the server is stopping.
        """
        if self._stopping():
            raise Interrupted

    def check_medium(self) -> None:
        """Raises: MediumDeleted."""
        if self._media_id is None:
            return
        media = self._documents.get(Media, keys.media(self._tenant, self._media_id))
        if media is None or media.deleting:
            raise MediumDeleted(self._media_id)

    def check_cancelled(self) -> None:
        """Raises: RunCancelled, after noting when the stop was first seen."""
        if not self._heed_cancel:
            return
        key = keys.prompt_run(self._tenant, self._run_id)
        run = self._documents.get(PromptRun, key)
        if run is None:
            raise RunCancelled(self._run_id)
        if run.stop.requested_at is None:
            return
        if run.stop.observed_at is None:
            self._documents.update(PromptRun, key, _observed)
        raise RunCancelled(self._run_id)

    def watched(self, items: Iterable[Item]) -> Iterator[Item]:
        """``items``, with a check before each: for work that pulls from an iterator."""
        for item in items:
            self.check()
            yield item


def _observed(run: PromptRun) -> PromptRun:
    if run.stop.observed_at is None:
        run.stop.observed_at = timestamp()
    return run

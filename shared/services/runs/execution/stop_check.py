"""The check whether work must stop: server shutdown, cancellation of the run, deletion of the medium."""

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

_READ_INTERVAL_SECONDS: Final = 0.25


class RunCancelled(Exception):
    """The run is cancelled. No further work starts."""


class MediumDeleted(Exception):
    """The medium is deleted or being deleted. The run must leave no data of it behind."""


class StopCheck:
    """Checks whether work must stop, between small units. Reads records at most four times a second."""

    def __init__(
        self,
        documents: Documents,
        tenant_id: str,
        run_id: str,
        stopping: Callable[[], bool],
        media_id: str | None = None,
        *,
        ignores_cancellation: bool = False,
    ) -> None:
        """``ignores_cancellation`` is for work on a run that has ended, such as the retry of a segment."""
        self._documents = documents
        self._tenant_id = tenant_id
        self._run_id = run_id
        self._media_id = media_id
        self._stopping = stopping
        self._ignores_cancellation = ignores_cancellation
        self._next_read = 0.0

    def for_medium(self, media_id: str) -> StopCheck:
        """Return a check of the same run that also covers one medium."""
        return StopCheck(
            self._documents,
            self._tenant_id,
            self._run_id,
            self._stopping,
            media_id,
            ignores_cancellation=self._ignores_cancellation,
        )

    def check(self) -> None:
        """Return if the work may continue.

        Raises:
            Interrupted: the server is stopping.
            MediumDeleted: the medium is deleted or being deleted.
            RunCancelled: the run is cancelled.
        """
        if self._stopping():
            raise Interrupted
        if time.monotonic() < self._next_read:
            return
        self.check_medium()
        self.check_cancelled()
        self._next_read = time.monotonic() + _READ_INTERVAL_SECONDS

    def check_server_and_medium(self) -> None:
        """Check all but cancellation: a cancelled run still makes the extracted results searchable.

        Raises:
            Interrupted, MediumDeleted: as ``check``.
        """
        if self._stopping():
            raise Interrupted
        self.check_medium()

    def check_server(self) -> None:
        """Check only the server, for waits within a unit of work. A cancelled run finishes such a unit.

        Reads no record.

        Raises:
            Interrupted: the server is stopping.
        """
        if self._stopping():
            raise Interrupted

    def check_medium(self) -> None:
        """Check for the deletion of the medium. Raises: MediumDeleted."""
        if self._media_id is None:
            return
        media = self._documents.get(Media, keys.media(self._tenant_id, self._media_id))
        if media is None or media.deleting:
            raise MediumDeleted(self._media_id)

    def check_cancelled(self) -> None:
        """Check the run, and record when its cancellation was first observed.

        Raises: RunCancelled.
        """
        if self._ignores_cancellation:
            return
        key = keys.prompt_run(self._tenant_id, self._run_id)
        run = self._documents.get(PromptRun, key)
        if run is None:
            raise RunCancelled(self._run_id)
        if run.stop.requested_at is None:
            return
        if run.stop.observed_at is None:
            self._documents.update(PromptRun, key, _with_observed_stop)
        raise RunCancelled(self._run_id)

    def guard(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield ``items``, with a check before each one."""
        for item in items:
            self.check()
            yield item


def _with_observed_stop(run: PromptRun) -> PromptRun:
    if run.stop.observed_at is None:
        run.stop.observed_at = timestamp()
    return run

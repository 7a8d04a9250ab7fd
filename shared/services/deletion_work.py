"""The deletion workflow: let what is under way come to an end, then remove everything.

Each step may be repeated; a job that was cut off starts again and finds less to do.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from shared.domain import keys
from shared.domain.clock import now, timestamp
from shared.domain.job import JobRequest
from shared.domain.media import DeletingIndexes, Deletion, DeletionStatus, Index, Media
from shared.domain.prompt_run import MediaRun, PromptRun, RunStatus
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete, VersionConflict, Write
from shared.ports.search_index import SearchFilter, SearchIndex
from shared.services.deletions import INDEX
from shared.services.documents import Documents, put
from shared.services.media_eraser import MediaEraser
from shared.services.media_records import MediaRecords, MediumAddress, address_of

_AT_ONCE: Final = 100
_ATTEMPTS: Final = 20
_LOOK_EVERY_SECONDS: Final = 0.2
_LONGEST_DRAIN_SECONDS: Final = 900.0
"""Runs watch for a medium that goes away, a few times a second; none that lives takes this long."""

Stopping = Callable[[], bool]

Busy = list[tuple[str, MediumAddress]]
"""Pairs of run and medium."""


class DeletionWork:
    def __init__(self, documents: Documents, blobs: Blobs, search_index: SearchIndex) -> None:
        self._documents = documents
        self._records = MediaRecords(documents)
        self._search_index = search_index
        self._eraser = MediaEraser(documents, blobs, search_index)

    def run(self, request: JobRequest, stopping: Stopping) -> None:
        """Raises: Interrupted, and what nobody foresaw: both mean, run it again."""
        deletion = self._open(request)
        if deletion is None:
            return
        busy = self._hide(deletion, stopping)
        deadline = time.monotonic() + _LONGEST_DRAIN_SECONDS
        while (busy := self._still(deletion, busy)) and time.monotonic() < deadline:
            _check(stopping)
            time.sleep(_LOOK_EVERY_SECONDS)
        self._erase(deletion, stopping)

    def step(self, request: JobRequest, stopping: Stopping) -> bool:
        """As ``run``, without waiting: whether all is gone, or it is to be called again later.

        Raises: Interrupted: there is more to erase.
        """
        deletion = self._open(request)
        if deletion is None:
            return True
        if self._still(deletion, self._hide(deletion, stopping)) and not _is_overdue(deletion):
            return False
        self._erase(deletion, stopping)
        return True

    def _open(self, request: JobRequest) -> Deletion | None:
        """None where there is nothing to do any more."""
        key = keys.deletion(request.arguments["tenant_id"], request.arguments["target_id"])
        deletion = self._documents.get(Deletion, key)
        return None if deletion is None or deletion.status is DeletionStatus.DELETED else deletion

    def _erase(self, deletion: Deletion, stopping: Stopping) -> None:
        self._advance(deletion, DeletionStatus.DELETING)
        for media_id in self._media_ids(deletion):
            self._eraser.erase(deletion.tenant_id, media_id, lambda: _check(stopping))
        if deletion.kind == INDEX:
            self._erase_index(deletion)
        self._advance(deletion, DeletionStatus.DELETED)

    def _advance(self, deletion: Deletion, status: DeletionStatus) -> None:
        def change(found: Deletion) -> Deletion:
            found.status = status
            found.completed_at = timestamp() if status is DeletionStatus.DELETED else None
            return found

        self._documents.update(Deletion, keys.deletion(deletion.tenant_id, deletion.target_id), change)

    def _media_ids(self, deletion: Deletion) -> Iterator[str]:
        if deletion.kind != INDEX:
            yield deletion.target_id
            return
        after: str | None = None
        while True:
            page = self._documents.sort_keys(
                keys.index_media(deletion.tenant_id, deletion.target_id), limit=_AT_ONCE, after=after
            )
            yield from page.items
            after = page.next_after
            if after is None:
                return

    def _hide(self, deletion: Deletion, stopping: Stopping) -> Busy:
        """Hide every medium, which runs take as a sign to leave it; the runs that may be at work on
        each."""
        busy: Busy = []
        for media_id in self._media_ids(deletion):
            _check(stopping)
            media = self._documents.get(Media, keys.media(deletion.tenant_id, media_id))
            if media is None:
                continue
            address = address_of(media)
            self._records.change_media(address, _deleting)
            busy += [(run_id, address) for run_id in self._runs(deletion.tenant_id, media_id)]
        return busy

    def _still(self, deletion: Deletion, busy: Busy) -> Busy:
        return [(run, medium) for run, medium in busy if self._is_busy(deletion.tenant_id, run, medium)]

    def _runs(self, tenant_id: str, media_id: str) -> Iterator[str]:
        after: str | None = None
        while True:
            page = self._documents.sort_keys(
                keys.run_of_media(tenant_id, media_id), limit=_AT_ONCE, after=after
            )
            yield from page.items
            after = page.next_after
            if after is None:
                return

    def _is_busy(self, tenant_id: str, run_id: str, medium: MediumAddress) -> bool:
        """What a run has not begun yet is called off at once; what it has begun ends by itself."""
        media_run = self._records.change_run(medium, run_id, _called_off)
        if media_run is None or media_run.status.is_terminal:
            return False
        run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
        return run is not None and not run.status.is_terminal

    def _erase_index(self, deletion: Deletion) -> None:
        tenant_id, index_id = deletion.tenant_id, deletion.target_id
        self._search_index.delete(SearchFilter(tenant_id, index_ids=frozenset({index_id})))
        pointers = keys.index_run(tenant_id, index_id)
        while run_ids := self._documents.sort_keys(pointers, limit=_AT_ONCE).items:
            self._documents.write(
                *(Delete(keys.index_run(tenant_id, index_id, run_id)) for run_id in run_ids)
            )
        self._release_name(tenant_id, index_id)
        self._forget_index(tenant_id, index_id)

    def _forget_index(self, tenant_id: str, index_id: str) -> None:
        """Nothing is left that would have to be hidden."""
        listed = keys.deleting_indexes(tenant_id)
        for _ in range(_ATTEMPTS):
            batch = self._documents.batch([listed])
            deleting = batch.get(DeletingIndexes, listed)
            others = [each for each in deleting.index_ids if each != index_id] if deleting else []
            writes: list[Write] = [Delete(keys.index(tenant_id, index_id))]
            if others:
                shortened = DeletingIndexes(index_ids=others)
                writes.append(put(listed, shortened, expected_version=batch.version(listed)))
            elif deleting is not None:
                writes.append(Delete(listed, batch.version(listed)))
            try:
                self._documents.write(*writes)
            except VersionConflict:
                continue
            return
        raise VersionConflict(listed)

    def _release_name(self, tenant_id: str, index_id: str) -> None:
        """The name means another index from now on, or none; unless it does so already."""
        while index := self._documents.get(Index, keys.index(tenant_id, index_id)):
            key = keys.index_name(tenant_id, index.name)
            claim = self._documents.records.get(key)
            if claim is None or claim.body.get("index_id") != index_id:
                return
            release: Write = Delete(key, claim.version)
            try:
                self._documents.write(release)
            except VersionConflict:
                continue
            return


def _is_overdue(deletion: Deletion) -> bool:
    asked = datetime.fromisoformat(deletion.created_at)
    return (now() - asked).total_seconds() > _LONGEST_DRAIN_SECONDS


def _check(stopping: Stopping) -> None:
    if stopping():
        raise Interrupted


def _deleting(media: Media) -> Media:
    media.deleting = True
    return media


def _called_off(media_run: MediaRun) -> MediaRun:
    if media_run.status is RunStatus.PENDING:
        media_run.status = RunStatus.CANCELLED
        media_run.failure_code = "video_deleted"
        media_run.completed_at = media_run.updated_at = timestamp()
    return media_run

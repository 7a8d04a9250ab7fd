"""The deletion workflow: let what is under way come to an end, then remove everything.

Each step may be repeated; a job that was cut off starts again and finds less to do.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from shared.domain import keys
from shared.domain.clock import now, timestamp
from shared.domain.job import JobRequest
from shared.domain.keys import Key
from shared.domain.media import DeletingIndexes, Deletion, DeletionKind, DeletionStatus, Index, Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete, VersionConflict, Write
from shared.ports.search_index import SearchFilter, SearchIndex
from shared.services.deletion.eraser import MediaEraser
from shared.services.library.media_records import MediaRecords, MediumAddress, address_of
from shared.services.records.documents import Documents, put
from shared.services.runs.traces import RunTraces

_AT_ONCE: Final = 100
_ATTEMPTS: Final = 20
_LOOK_EVERY_SECONDS: Final = 0.2
_LONGEST_DRAIN_SECONDS: Final = 900.0
"""Runs watch for a medium that goes away, a few times a second; none that lives takes this long."""

Stopping = Callable[[], bool]


class DeletionWork:
    def __init__(self, documents: Documents, blobs: Blobs, search_index: SearchIndex) -> None:
        self._documents = documents
        self._records = MediaRecords(documents)
        self._search_index = search_index
        self._eraser = MediaEraser(documents, blobs, search_index)

    def run(self, request: JobRequest, stopping: Stopping) -> None:
        """Raises: Interrupted, and what nobody foresaw: both mean, run it again."""
        deletion = self._open(request)
        deadline = time.monotonic() + _LONGEST_DRAIN_SECONDS
        while deletion and not self._is_done(deletion, stopping, overdue=time.monotonic() >= deadline):
            _check(stopping)
            time.sleep(_LOOK_EVERY_SECONDS)

    def step(self, request: JobRequest, stopping: Stopping) -> bool:
        """As ``run``, without waiting: whether all is gone, or it is to be called again later.

        Raises: Interrupted: there is more to do.
        """
        deletion = self._open(request)
        return deletion is None or self._is_done(deletion, stopping, overdue=_is_overdue(deletion))

    def _open(self, request: JobRequest) -> Deletion | None:
        """None where there is nothing to do any more."""
        key = keys.deletion(request.arguments["tenant_id"], request.arguments["target_id"])
        deletion = self._documents.get(Deletion, key)
        return None if deletion is None or deletion.status is DeletionStatus.DELETED else deletion

    def _is_done(self, deletion: Deletion, stopping: Stopping, *, overdue: bool) -> bool:
        """Whether all is gone after removing whatever nobody is at work on, or all if it is ``overdue``.

        What is hidden stays so, and what is removed is listed no more: each call goes on where the one
        before was cut off, however many media there are.
        """
        if deletion.kind is DeletionKind.INDEX and deletion.hidden_at is None:
            self._hide(deletion, stopping)
        waiting = False
        for media_id in self._media_ids(deletion):
            _check(stopping)
            if self._is_busy(deletion.tenant_id, media_id) and not overdue:
                waiting = True
                continue
            self._advance(deletion, DeletionStatus.DELETING)
            self._eraser.erase(deletion.tenant_id, media_id, lambda: _check(stopping))
        if waiting:
            return False
        self._advance(deletion, DeletionStatus.DELETING)
        if deletion.kind is DeletionKind.INDEX:
            self._erase_index(deletion)
        self._advance(deletion, DeletionStatus.DELETED)
        return True

    def _advance(self, deletion: Deletion, status: DeletionStatus) -> None:
        if deletion.status is status:
            return
        deletion.status = status
        completed_at = timestamp() if status is DeletionStatus.DELETED else None

        def advanced(stored: Deletion) -> Deletion:
            stored.status = status
            stored.completed_at = completed_at
            return stored

        self._change(deletion, advanced)

    def _change(self, deletion: Deletion, change: Callable[[Deletion], Deletion]) -> None:
        self._documents.update(Deletion, keys.deletion(deletion.tenant_id, deletion.target_id), change)

    def _media_ids(self, deletion: Deletion, after: str | None = None) -> Iterator[str]:
        if deletion.kind is DeletionKind.MEDIA:
            yield deletion.target_id
            return
        for page in self._pages(keys.index_media(deletion.tenant_id, deletion.target_id), after):
            yield from page

    def _pages(self, partition: Key, after: str | None = None) -> Iterator[list[str]]:
        while True:
            page = self._documents.sort_keys(partition, limit=_AT_ONCE, after=after)
            yield page.items
            after = page.next_after
            if after is None:
                return

    def _hide(self, deletion: Deletion, stopping: Stopping) -> None:
        """Hide every medium, which runs take as a sign to leave it. None joins an index that is being
        deleted, so whoever goes on later need not look back."""
        partition = keys.index_media(deletion.tenant_id, deletion.target_id)
        for page in self._pages(partition, deletion.hidden_up_to):
            for media_id in page:
                _check(stopping)
                address = MediumAddress(deletion.tenant_id, media_id, deletion.target_id)
                self._records.change_media(address, _deleting)
            if page:
                self._change(deletion, partial(_hidden_up_to, page[-1]))
        deletion.hidden_at = timestamp()
        self._change(deletion, partial(_hidden_at, deletion.hidden_at))

    def _is_busy(self, tenant_id: str, media_id: str) -> bool:
        """What has not begun yet is called off at once; what has begun ends by itself."""
        media = self._documents.get(Media, keys.media(tenant_id, media_id))
        if media is None:
            return False
        runs = [run_id for page in self._pages(keys.run_of_media(tenant_id, media_id)) for run_id in page]
        return any(self._is_at_work(run_id, address_of(media)) for run_id in runs)

    def _is_at_work(self, run_id: str, medium: MediumAddress) -> bool:
        tenant_id = medium.tenant_id
        medium_state = self._records.change_run(medium, run_id, _called_off)
        if medium_state is not None and not medium_state.status.is_terminal:
            run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
            if run is not None and not run.status.is_terminal:
                return True
        traces = RunTraces(self._documents, tenant_id, run_id, medium.media_id)
        return any(self._is_retried(tenant_id, retry) for retry in traces.open_retries())

    def _is_retried(self, tenant_id: str, retry: SegmentRetry) -> bool:
        key = keys.segment_retry(tenant_id, retry.run_id, retry.retry_id)
        left = self._documents.update(SegmentRetry, key, _retry_called_off)
        return left is not None and not left.is_finished

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
    told = datetime.fromisoformat(deletion.hidden_at or deletion.created_at)
    return (now() - told).total_seconds() > _LONGEST_DRAIN_SECONDS


def _check(stopping: Stopping) -> None:
    if stopping():
        raise Interrupted


def _deleting(media: Media) -> Media:
    media.deleting = True
    return media


def _hidden_up_to(media_id: str, deletion: Deletion) -> Deletion:
    deletion.hidden_up_to = media_id
    return deletion


def _hidden_at(moment: str, deletion: Deletion) -> Deletion:
    deletion.hidden_at = moment
    return deletion


def _called_off(medium_state: MediumState) -> MediumState:
    if medium_state.status is RunStatus.PENDING:
        medium_state.status = RunStatus.CANCELLED
        medium_state.failure_code = "video_deleted"
        medium_state.completed_at = medium_state.updated_at = timestamp()
    return medium_state


def _retry_called_off(retry: SegmentRetry) -> SegmentRetry:
    if retry.status is RetryStatus.PENDING:
        retry.status = RetryStatus.FAILED
        retry.error = "The medium was deleted."
        retry.completed_at = timestamp()
    return retry

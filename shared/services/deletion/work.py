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
from shared.domain.media import DeletingIndexes, Deletion, DeletionKind, DeletionStatus, Index, Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete, Write
from shared.ports.search_index import SearchFilter, SearchIndex
from shared.services.deletion.eraser import MediaEraser
from shared.services.library.media_records import MediaRecords, MediumAddress, address_of
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision
from shared.services.runs.traces import RunTraces

_AT_ONCE: Final = 100
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

    def _media_ids(self, deletion: Deletion) -> Iterator[str]:
        if deletion.kind is DeletionKind.MEDIA:
            yield deletion.target_id
            return
        partition = keys.index_media(deletion.tenant_id, deletion.target_id)
        for media_ids in self._documents.sort_key_pages(partition, limit=_AT_ONCE):
            yield from media_ids

    def _hide(self, deletion: Deletion, stopping: Stopping) -> None:
        """Hide every medium of an index, which tells runs to leave it.

        No medium joins an index that is being deleted, so an interrupted walk goes on where it stopped.
        """
        partition = keys.index_media(deletion.tenant_id, deletion.target_id)
        pages = self._documents.sort_key_pages(partition, limit=_AT_ONCE, after=deletion.hidden_up_to)
        for media_ids in pages:
            for media_id in media_ids:
                _check(stopping)
                address = MediumAddress(deletion.tenant_id, media_id, deletion.target_id)
                self._records.change_media(address, _deleting)
            if media_ids:
                self._change(deletion, partial(_hidden_up_to, media_ids[-1]))
        deletion.hidden_at = timestamp()
        self._change(deletion, partial(_hidden_at, deletion.hidden_at))

    def _is_busy(self, tenant_id: str, media_id: str) -> bool:
        """Tell whether a run or a retry is at work on a medium. Work that has not begun is cancelled
        at once; work that has begun ends by itself."""
        media = self._documents.get(Media, keys.media(tenant_id, media_id))
        if media is None:
            return False
        pages = self._documents.sort_key_pages(keys.run_of_media(tenant_id, media_id), limit=_AT_ONCE)
        runs = [run_id for run_ids in pages for run_id in run_ids]
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
        """Delete an index's record, and its entry in the list of indexes that hide their media."""
        listed = keys.deleting_indexes(tenant_id)

        def decide() -> Decision[None]:
            batch = self._documents.batch([listed])
            deleting = batch.get(DeletingIndexes, listed)
            others = [each for each in deleting.index_ids if each != index_id] if deleting else []
            writes: list[Write] = [Delete(keys.index(tenant_id, index_id))]
            if others:
                shortened = DeletingIndexes(index_ids=others)
                writes.append(put(listed, shortened, expected_version=batch.version(listed)))
            elif deleting is not None:
                writes.append(Delete(listed, batch.version(listed)))
            return Decision(None, writes)

        self._documents.transact(decide)

    def _release_name(self, tenant_id: str, index_id: str) -> None:
        """Delete the record that gives an index its name, unless the name means another index by now."""

        def decide() -> Decision[None]:
            index = self._documents.get(Index, keys.index(tenant_id, index_id))
            if index is None:
                return Decision(None)
            claim = self._documents.records.get(keys.index_name(tenant_id, index.name))
            if claim is None or claim.body.get("index_id") != index_id:
                return Decision(None)
            return Decision(None, [Delete(claim.key, claim.version)])

        self._documents.transact(decide)


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

"""The deletion workflow: wait until running work on the target ends, then erase the target.

Each step is idempotent. An interrupted job runs again and continues with what is left.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from shared.domain import keys
from shared.domain.clock import now, timestamp
from shared.domain.events.event import lower_bound
from shared.domain.job import JobRequest
from shared.domain.media import DeletingIndexes, Deletion, DeletionKind, DeletionStatus, Index, Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete, Write
from shared.ports.search_index import SearchFilter, SearchIndex
from shared.services.deletion.deletion_events import deletion_advanced, is_erased_with
from shared.services.deletion.eraser import DerivedTraces, MediaEraser
from shared.services.library.media_records import MediaRecords, MediumAddress, address_of
from shared.services.records.automation_erasure import erase_automations
from shared.services.records.documents import Documents, put
from shared.services.records.event_erasure import erase_events
from shared.services.records.transact import Decision
from shared.services.runs.traces import RunTraces

_PAGE_SIZE: Final = 100
_POLL_SECONDS: Final = 0.2
_MAX_DRAIN_SECONDS: Final = 900.0
"""The longest wait for running work. Runs check several times a second whether a medium is being deleted,
so work that has not ended by then belongs to a dead process."""

Stopping = Callable[[], bool]


class DeletionWork:
    """Runs the jobs of deletions."""

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        search_index: SearchIndex,
        traces: Sequence[DerivedTraces] = (),
    ) -> None:
        self._documents = documents
        self._records = MediaRecords(documents)
        self._search_index = search_index
        self._traces = traces
        self._eraser = MediaEraser(documents, blobs, search_index, traces)

    def run(self, request: JobRequest, stopping: Stopping) -> None:
        """Run a job to its end.

        Raises: Interrupted, or any unexpected error; the caller retries the job in each case.
        """
        deletion = self._open(request)
        deadline = time.monotonic() + _MAX_DRAIN_SECONDS
        while deletion and not self._delete_idle_media(
            deletion, stopping, overdue=time.monotonic() >= deadline
        ):
            _check_not_stopping(stopping)
            time.sleep(_POLL_SECONDS)

    def step(self, request: JobRequest, stopping: Stopping) -> bool:
        """Run as much of a job as is possible without waiting.

        Return whether the deletion is complete; if not, the caller calls again later.

        Raises: Interrupted: the process is stopping before all possible work is done.
        """
        deletion = self._open(request)
        return deletion is None or self._delete_idle_media(deletion, stopping, overdue=_is_overdue(deletion))

    def _open(self, request: JobRequest) -> Deletion | None:
        """Read a deletion that has not ended; None if there is none."""
        key = keys.deletion(request.arguments["tenant_id"], request.arguments["target_id"])
        deletion = self._documents.get(Deletion, key)
        return None if deletion is None or deletion.status is DeletionStatus.DELETED else deletion

    def _delete_idle_media(self, deletion: Deletion, stopping: Stopping, *, overdue: bool) -> bool:
        """Delete the media that no work is running on, or all media if ``overdue``. Return whether the
        deletion is complete.

        Hidden media stay hidden and erased media are not listed again, so each call continues where the
        previous one was interrupted, regardless of the number of media.
        """
        if deletion.kind is DeletionKind.INDEX and deletion.hidden_at is None:
            self._hide(deletion, stopping)
        waiting = False
        for media_id in self._media_ids(deletion):
            _check_not_stopping(stopping)
            if self._cancel_pending_work(deletion.tenant_id, media_id) and not overdue:
                waiting = True
                continue
            self._advance(deletion, DeletionStatus.DELETING)
            self._eraser.erase(deletion.tenant_id, media_id, lambda: _check_not_stopping(stopping))
        if waiting:
            return False
        self._advance(deletion, DeletionStatus.DELETING)
        if deletion.kind is DeletionKind.INDEX:
            self._erase_index(deletion)
        self._erase_events(deletion, stopping)
        self._advance(deletion, DeletionStatus.DELETED)
        return True

    def _erase_events(self, deletion: Deletion, stopping: Stopping) -> None:
        """Erase the events of the target, after the work that appends them has ended."""
        erase_events(
            self._documents,
            deletion.tenant_id,
            partial(is_erased_with, deletion.target_id),
            after=lower_bound(deletion.target_id),
            check=lambda: _check_not_stopping(stopping),
        )

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
        """Change a deletion, unless another worker has ended it."""

        def changed(stored: Deletion) -> Deletion:
            return stored if stored.status is DeletionStatus.DELETED else change(stored)

        key = keys.deletion(deletion.tenant_id, deletion.target_id)
        self._documents.update(Deletion, key, changed, further=deletion_advanced)

    def _media_ids(self, deletion: Deletion) -> Iterator[str]:
        if deletion.kind is DeletionKind.MEDIA:
            yield deletion.target_id
            return
        partition = keys.index_media(deletion.tenant_id, deletion.target_id)
        for media_ids in self._documents.sort_key_pages(partition, limit=_PAGE_SIZE):
            yield from media_ids

    def _hide(self, deletion: Deletion, stopping: Stopping) -> None:
        """Hide every medium of an index, so that runs stop their work on it.

        No medium joins an index that is being deleted, so an interrupted walk continues where it stopped.
        """
        partition = keys.index_media(deletion.tenant_id, deletion.target_id)
        pages = self._documents.sort_key_pages(partition, limit=_PAGE_SIZE, after=deletion.hidden_up_to)
        for media_ids in pages:
            for media_id in media_ids:
                _check_not_stopping(stopping)
                address = MediumAddress(deletion.tenant_id, media_id, deletion.target_id)
                self._records.change_media(address, _mark_deleting)
            if media_ids:
                self._change(deletion, partial(_hidden_up_to, media_ids[-1]))
        deletion.hidden_at = timestamp()
        self._change(deletion, partial(_hidden_at, deletion.hidden_at))

    def _cancel_pending_work(self, tenant_id: str, media_id: str) -> bool:
        """Cancel work on a medium that has not started. Return whether other work is still running; it ends
        by itself."""
        media = self._documents.get(Media, keys.media(tenant_id, media_id))
        if media is None:
            return False
        pages = self._documents.sort_key_pages(keys.run_of_media(tenant_id, media_id), limit=_PAGE_SIZE)
        runs = [run_id for run_ids in pages for run_id in run_ids]
        return any(self._cancel_pending_in_run(run_id, address_of(media)) for run_id in runs)

    def _cancel_pending_in_run(self, run_id: str, medium: MediumAddress) -> bool:
        """Cancel pending work of one run and its retries. Return whether other work is still running."""
        tenant_id = medium.tenant_id
        medium_state = self._records.change_run(medium, run_id, _cancelled)
        if medium_state is not None and not medium_state.status.is_terminal:
            run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
            if run is not None and not run.status.is_terminal:
                return True
        traces = RunTraces(self._documents, tenant_id, run_id, medium.media_id)
        if any(self._cancel_pending_retry(tenant_id, retry) for retry in traces.open_retries()):
            return True
        return bool(self._documents.sort_keys(keys.run_table_writer(tenant_id, run_id), limit=1).items)

    def _cancel_pending_retry(self, tenant_id: str, retry: SegmentRetry) -> bool:
        """Cancel a retry that has not started. Return whether it is running."""
        key = keys.segment_retry(tenant_id, retry.run_id, retry.retry_id)
        updated = self._documents.update(SegmentRetry, key, _retry_cancelled)
        return updated is not None and not updated.is_finished

    def _erase_index(self, deletion: Deletion) -> None:
        tenant_id, index_id = deletion.tenant_id, deletion.target_id
        self._search_index.delete(SearchFilter(tenant_id, index_ids=frozenset({index_id})))
        pointers = keys.index_run(tenant_id, index_id)
        while run_ids := self._documents.sort_keys(pointers, limit=_PAGE_SIZE).items:
            self._documents.write(
                *(Delete(keys.index_run(tenant_id, index_id, run_id)) for run_id in run_ids)
            )
        erase_automations(self._documents, tenant_id, index_id)
        self._forget_objects(tenant_id, index_id)
        for traces in self._traces:
            traces.erase_index(tenant_id, index_id)
        self._release_name(tenant_id, index_id)
        self._delete_index_record(tenant_id, index_id)

    def _forget_objects(self, tenant_id: str, index_id: str) -> None:
        """Delete the versions of the objects that were imported into an index."""
        partition = keys.imported_object(tenant_id, index_id)
        while found := self._documents.sort_keys(partition, limit=_PAGE_SIZE).items:
            self._documents.write(
                *(Delete(keys.imported_object(tenant_id, index_id, each)) for each in found)
            )

    def _delete_index_record(self, tenant_id: str, index_id: str) -> None:
        """Delete an index's record, and its entry in the list of indexes under deletion."""
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
        """Delete the record that maps the name to the index, unless it maps to another index meanwhile."""

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
    waiting_since = datetime.fromisoformat(deletion.hidden_at or deletion.created_at)
    return (now() - waiting_since).total_seconds() > _MAX_DRAIN_SECONDS


def _check_not_stopping(stopping: Stopping) -> None:
    if stopping():
        raise Interrupted


def _mark_deleting(media: Media) -> Media:
    media.deleting = True
    return media


def _hidden_up_to(media_id: str, deletion: Deletion) -> Deletion:
    deletion.hidden_up_to = media_id
    return deletion


def _hidden_at(moment: str, deletion: Deletion) -> Deletion:
    deletion.hidden_at = moment
    return deletion


def _cancelled(medium_state: MediumState) -> MediumState:
    if medium_state.status is RunStatus.PENDING:
        medium_state.status = RunStatus.CANCELLED
        medium_state.failure_code = "video_deleted"
        medium_state.completed_at = medium_state.updated_at = timestamp()
    return medium_state


def _retry_cancelled(retry: SegmentRetry) -> SegmentRetry:
    if retry.status is RetryStatus.PENDING:
        retry.status = RetryStatus.FAILED
        retry.error = "The medium was deleted."
        retry.completed_at = timestamp()
    return retry

"""Deletion requests and their status: of one medium, or of an index with all its media."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import NotFound, VersionConflict
from shared.domain.ids import DELETION, new_id
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import DeletingIndexes, Deletion, DeletionKind, DeletionStatus, Index, Media
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, Write
from shared.services.deletion.deletion_events import deletion_started
from shared.services.library.media_records import address_of, changed_media_writes
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


@dataclass(frozen=True, slots=True)
class _Requested:
    """A requested deletion. ``is_new``: this request starts it."""

    deletion: Deletion
    is_new: bool


class Deletions:
    """Requests for deletions, and their status.

    The transaction that writes a deletion hides its target. A deletion's record is never deleted, so a
    repeated request returns the same deletion at any later time.
    """

    def __init__(self, documents: Documents, jobs: Jobs) -> None:
        self._documents = documents
        self._jobs = jobs
        self._visible = VisibleMedia(documents)

    def delete_media(self, caller: Caller, media_id: str) -> Deletion:
        """Start or resume the deletion of a medium.

        Raises: NotFound. NotPermitted: it belongs to the default index.
        """
        caller.require_own(media_id)

        def decide() -> Decision[_Requested]:
            if existing := self._find(caller, DeletionKind.MEDIA, media_id):
                return Decision(_Requested(existing, is_new=False))
            address = address_of(self._visible.get(caller.tenant_id, media_id))
            batch = self._documents.batch([address.media, address.list_entry])
            media = batch.get(Media, address.media)
            if media is None:  # deleted since it was found visible
                raise VersionConflict(address.media)
            media.deleting = True
            deletion = _deletion(caller, DeletionKind.MEDIA, media_id, media.index_id)
            return _start(deletion, changed_media_writes(batch, media))

        return self._submitted(self._documents.transact(decide))

    def delete_index(self, caller: Caller, index_id: str) -> Deletion:
        """Start or resume the deletion of an index.

        Raises: NotFound. NotPermitted: it is the default index.
        """
        caller.require_own(index_id)

        def decide() -> Decision[_Requested]:
            if existing := self._find(caller, DeletionKind.INDEX, index_id):
                return Decision(_Requested(existing, is_new=False))
            deletion = _deletion(caller, DeletionKind.INDEX, index_id, index_id)
            return _start(deletion, self._hide_index_writes(caller, index_id))

        return self._submitted(self._documents.transact(decide))

    def media_deletion(self, caller: Caller, media_id: str) -> Deletion:
        """Read the deletion of a medium. Raises: NotFound: no deletion was requested."""
        return self._existing(caller, DeletionKind.MEDIA, "video_deletion", media_id)

    def index_deletion(self, caller: Caller, index_id: str) -> Deletion:
        """Read the deletion of an index. Raises: NotFound: no deletion was requested."""
        return self._existing(caller, DeletionKind.INDEX, "index_deletion", index_id)

    def _existing(self, caller: Caller, kind: DeletionKind, resource: str, target_id: str) -> Deletion:
        found = self._find(caller, kind, target_id)
        if found is None:
            raise NotFound(resource, target_id)
        return found

    def _find(self, caller: Caller, kind: DeletionKind, target_id: str) -> Deletion | None:
        found = self._documents.get(Deletion, keys.deletion(caller.tenant_id, target_id))
        return found if found is not None and found.kind is kind else None

    def _hide_index_writes(self, caller: Caller, index_id: str) -> list[Write]:
        """Build the writes that hide an index. Raises: NotFound."""
        key, listed = keys.index(caller.tenant_id, index_id), keys.deleting_indexes(caller.tenant_id)
        batch = self._documents.batch([key, listed])
        index = batch.get(Index, key)
        if index is None:
            raise NotFound("index", index_id)
        index.deleting = True
        deleting = batch.get(DeletingIndexes, listed) or DeletingIndexes()
        deleting.index_ids = sorted({*deleting.index_ids, index_id})
        return [
            put(key, index, expected_version=batch.version(key)),
            put(listed, deleting, expected_version=batch.version(listed)),
        ]

    def _submitted(self, requested: _Requested) -> Deletion:
        """Submit the job of a deletion that has not ended. If the job of an existing deletion was given up,
        its record is written again."""
        deletion = requested.deletion
        if deletion.status is DeletionStatus.DELETED:
            return deletion
        request = _request(deletion)
        if not requested.is_new:
            self._documents.write_if_unchanged(
                put(keys.job(request.job_id), request, expected_version=ABSENT)
            )
        self._jobs.submit(request)
        return deletion


def _deletion(caller: Caller, kind: DeletionKind, target_id: str, index_id: str | None) -> Deletion:
    return Deletion(
        deletion_id=new_id(DELETION),
        tenant_id=caller.tenant_id,
        kind=kind,
        target_id=target_id,
        index_id=index_id,
        user_id=caller.user_id,
        created_at=timestamp(),
    )


def _start(deletion: Deletion, hiding: Sequence[Write]) -> Decision[_Requested]:
    """Decide the writes of a new deletion, its job and its event, with the writes that hide its target."""
    request = _request(deletion)
    writes = [
        *hiding,
        put(keys.deletion(deletion.tenant_id, deletion.target_id), deletion, expected_version=ABSENT),
        put(keys.job(request.job_id), request),
        *deletion_started(deletion),
    ]
    return Decision(_Requested(deletion, is_new=True), writes)


def _request(deletion: Deletion) -> JobRequest:
    return JobRequest(
        job_id=deletion.deletion_id,
        workflow=Workflow.DELETION,
        arguments={"tenant_id": deletion.tenant_id, "target_id": deletion.target_id},
        requested_at=deletion.created_at,
    )

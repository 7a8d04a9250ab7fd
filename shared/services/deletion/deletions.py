"""Asking for a deletion, and following it: of one medium, or of an index with all its media."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import NotFound
from shared.domain.ids import DELETION, new_id
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import DeletingIndexes, Deletion, DeletionKind, DeletionStatus, Index, Media
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, VersionConflict, Write
from shared.services.library.media_records import address_of, changed_media_writes
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents, put

_ATTEMPTS: Final = 20


class Deletions:
    """What is to be deleted is hidden in the same transaction that makes its deletion durable. A
    deletion's record outlives what it deletes: asking again gives the same one, for ever."""

    def __init__(self, documents: Documents, jobs: Jobs) -> None:
        self._documents = documents
        self._jobs = jobs
        self._visible = VisibleMedia(documents)

    def delete_media(self, caller: Caller, media_id: str) -> Deletion:
        """Start or resume. Raises: NotFound."""
        for _ in range(_ATTEMPTS):
            if begun := self._resumed(caller, DeletionKind.MEDIA, media_id):
                return begun
            address = address_of(self._visible.get(caller.tenant_id, media_id))
            batch = self._documents.batch([address.media, address.line])
            media = batch.get(Media, address.media)
            if media is None:
                continue
            media.deleting = True
            if deletion := self._begin(
                caller, DeletionKind.MEDIA, media_id, changed_media_writes(batch, media)
            ):
                return deletion
        raise VersionConflict(keys.deletion(caller.tenant_id, media_id))

    def delete_index(self, caller: Caller, index_id: str) -> Deletion:
        """Start or resume. Raises: NotFound."""
        for _ in range(_ATTEMPTS):
            if begun := self._resumed(caller, DeletionKind.INDEX, index_id):
                return begun
            key, listed = keys.index(caller.tenant_id, index_id), keys.deleting_indexes(caller.tenant_id)
            batch = self._documents.batch([key, listed])
            index = batch.get(Index, key)
            if index is None:
                raise NotFound("index", index_id)
            index.deleting = True
            deleting = batch.get(DeletingIndexes, listed) or DeletingIndexes()
            deleting.index_ids = sorted({*deleting.index_ids, index_id})
            hiding = [
                put(key, index, expected_version=batch.version(key)),
                put(listed, deleting, expected_version=batch.version(listed)),
            ]
            if deletion := self._begin(caller, DeletionKind.INDEX, index_id, hiding):
                return deletion
        raise VersionConflict(keys.deletion(caller.tenant_id, index_id))

    def media_deletion(self, caller: Caller, media_id: str) -> Deletion:
        """Raises: NotFound: never asked for."""
        return self._known(caller, DeletionKind.MEDIA, "video_deletion", media_id)

    def index_deletion(self, caller: Caller, index_id: str) -> Deletion:
        """Raises: NotFound: never asked for."""
        return self._known(caller, DeletionKind.INDEX, "index_deletion", index_id)

    def _known(self, caller: Caller, kind: DeletionKind, named: str, target_id: str) -> Deletion:
        found = self._find(caller, kind, target_id)
        if found is None:
            raise NotFound(named, target_id)
        return found

    def _find(self, caller: Caller, kind: DeletionKind, target_id: str) -> Deletion | None:
        found = self._documents.get(Deletion, keys.deletion(caller.tenant_id, target_id))
        return found if found is not None and found.kind is kind else None

    def _resumed(self, caller: Caller, kind: DeletionKind, target_id: str) -> Deletion | None:
        """The deletion that was asked for before, set going again if its job was given up."""
        deletion = self._find(caller, kind, target_id)
        if deletion is not None and deletion.status is not DeletionStatus.DELETED:
            request = _request(deletion)
            with suppress(VersionConflict):  # it is under way
                self._documents.write(put(keys.job(request.job_id), request, expected_version=ABSENT))
            self._jobs.submit(request)
        return deletion

    def _begin(
        self, caller: Caller, kind: DeletionKind, target_id: str, hiding: Sequence[Write]
    ) -> Deletion | None:
        """``hiding`` hides the target. None where somebody else has changed it, or begun, at the same
        moment."""
        deletion = Deletion(
            deletion_id=new_id(DELETION),
            tenant_id=caller.tenant_id,
            kind=kind,
            target_id=target_id,
            created_at=timestamp(),
        )
        request = _request(deletion)
        try:
            self._documents.write(
                *hiding,
                put(keys.deletion(caller.tenant_id, target_id), deletion, expected_version=ABSENT),
                put(keys.job(request.job_id), request),
            )
        except VersionConflict:
            return None
        self._jobs.submit(request)
        return deletion


def _request(deletion: Deletion) -> JobRequest:
    return JobRequest(
        job_id=deletion.deletion_id,
        workflow=Workflow.DELETION,
        arguments={"tenant_id": deletion.tenant_id, "target_id": deletion.target_id},
        requested_at=deletion.created_at,
    )

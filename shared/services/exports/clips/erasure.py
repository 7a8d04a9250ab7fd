"""Removal of clips: at a request, at the end of their life, and with their medium."""

from typing import Final

from shared.domain import blob_keys, keys
from shared.domain.due import Due
from shared.domain.editing.clip import Clip, subject_of
from shared.domain.errors import VersionConflict
from shared.ports.blobs import Blobs
from shared.ports.records import Delete
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_delete
from shared.services.records.transact import ATTEMPTS

_PAGE: Final = 100


class ClipErasure:
    """Removes clips. Implements ``shared.services.deletion.eraser.DerivedTraces``. Each erasure can be
    interrupted and repeated."""

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs

    def erase(self, tenant_id: str, media_id: str, clip_id: str) -> bool:
        """Remove a clip, and return whether there was one.

        Raises: VersionConflict: its job changes the record all the time.

        The file is deleted first. If its job writes the file at the same time, either the job changes the
        record, so that the attempt is repeated, or the job does not find the record and deletes the file.
        """
        key = keys.clip(tenant_id, media_id, clip_id)
        for _ in range(ATTEMPTS):
            batch = self._documents.batch([key])
            clip = batch.get(Clip, key)
            if clip is None:
                return False
            self._blobs.delete_prefix(blob_keys.clip_file(tenant_id, media_id, clip.job_id))
            removal = Delete(key, batch.version(key))
            if self._documents.write_if_unchanged(removal, due_delete(clip.due)):
                return True
        raise VersionConflict(key)

    def handle(self, due: Due) -> bool:
        """Remove a clip at the end of its life, and return True. Work that is moved since has no effect."""
        media_id, clip_id = subject_of(due)
        clip = self._documents.get(Clip, keys.clip(due.tenant_id, media_id, clip_id))
        if clip is not None and clip.due == due:
            self.erase(due.tenant_id, media_id, clip_id)
        else:
            self._documents.write(due_delete(due))
        return True

    def erase_medium(self, tenant_id: str, media_id: str) -> None:
        """Remove the clips of a medium."""
        prefix = keys.clip(tenant_id, media_id)
        while found := self._documents.page(Clip, prefix, limit=_PAGE).items:
            for clip in found:
                self.erase(tenant_id, media_id, clip.clip_id)

    def erase_index(self, tenant_id: str, index_id: str) -> None:
        """Do nothing: clips belong to media, and the media of an index are erased one by one."""

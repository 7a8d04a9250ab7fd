"""Removal of source files that a crash left without an import."""

from shared.domain import keys
from shared.domain.imports.import_job import ImportJob
from shared.domain.imports.upload_session import upload_id_of
from shared.ports.blobs import Blobs
from shared.services.records.documents import Documents


class ImportLeftovers:
    """Stored source files whose import job was never written or has ended."""

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs

    def remove(self) -> int:
        """Remove the files and return their number. Call it only while no upload can arrive."""
        removed = 0
        for key in list(self._blobs.keys("imports/")):
            _, tenant_id, job_id, *_ = key.split("/")
            if not self._is_needed(tenant_id, job_id):
                self._blobs.delete(key)
                removed += 1
        return removed

    def _is_needed(self, tenant_id: str, job_id: str) -> bool:
        """Return whether an import will still read the file: one that runs, or one that an upload session
        starts, if the server stopped between joining the parts and writing the job."""
        job = self._documents.get(ImportJob, keys.import_job(tenant_id, job_id))
        if job is not None:
            return not job.status.is_terminal
        session = keys.upload_session(tenant_id, upload_id_of(job_id))
        return self._documents.records.get(session) is not None

"""The imports of media that a client names before they exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain import keys
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.ids import import_jobs_prefix, is_imported_by
from shared.domain.imports.import_job import ImportJob, ImportStatus
from shared.domain.media import Media
from shared.domain.runs.targets import MediaTarget
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents

MAX_AWAITED: Final = 50
"""Maximum number of imports that one run waits for. One transaction stores a pointer for each."""

_JOBS_OF_ONE_MILLISECOND: Final = 20
_MAX_FILES: Final = 1000
"""A job is searched for a medium among this many of its files. An upload has one file."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """The media of a target that exist, and the import jobs that will bring the others."""

    media: Sequence[Media]
    jobs: Sequence[ImportJob]


class AwaitedImports:
    """Finds imports by the ids of their media, which follow from those of the jobs."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def awaited_by(self, tenant_id: str, target: MediaTarget) -> Awaited:
        """Find the media of a target, and the imports of those that do not exist yet.

        Raises:
            NotFound: a medium neither exists nor is imported.
            Conflict: the import of a medium has failed or was cancelled.
            InvalidRequest: there are too many imports.
        """
        known = {medium.media_id for medium in self._visible.find_many(tenant_id, target.video_ids)}
        missing = [media_id for media_id in target.video_ids if media_id not in known]
        jobs = {media_id: self._import_of(tenant_id, media_id) for media_id in missing}
        # An import that had ended when its job was read has brought its media by now.
        media = self._visible.find_many(tenant_id, target.video_ids)
        existing = {medium.media_id for medium in media}
        awaited = [_unfinished(media_id, job) for media_id, job in jobs.items() if media_id not in existing]
        distinct = list({job.job_id: job for job in awaited}.values())
        if len(distinct) > MAX_AWAITED:
            raise InvalidRequest("video_ids", f"may name media of at most {MAX_AWAITED} unfinished imports")
        return Awaited(media, distinct)

    def _import_of(self, tenant_id: str, media_id: str) -> ImportJob | None:
        """Find the job that imports a medium, among those of the millisecond that its id has."""
        prefix = import_jobs_prefix(media_id)
        if prefix is None:
            return None
        partition = keys.import_job(tenant_id, prefix)
        for job in self._documents.page(ImportJob, partition, limit=_JOBS_OF_ONE_MILLISECOND).items:
            if is_imported_by(media_id, job.job_id, min(job.progress.total_files, _MAX_FILES)):
                return job
        return None


def _unfinished(media_id: str, job: ImportJob | None) -> ImportJob:
    if job is None or job.status is ImportStatus.COMPLETED:
        raise NotFound("video", media_id)
    if job.status.is_terminal:
        raise Conflict(
            f"The import of {media_id} is {job.status}, so that the medium does not exist.",
            code="import_job_not_completed",
            details={"job_id": job.job_id, "status": job.status},
        )
    return job

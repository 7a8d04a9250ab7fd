"""Imports of attachments: several addresses in one request, each with the sender's id of the file."""

import mimetypes
import time
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Final

from pydantic import BaseModel, ConfigDict

from shared.domain.access import Caller
from shared.domain.errors import InvalidRequest
from shared.domain.file_names import base_name
from shared.domain.imports.batch import MAX_BATCH_FILES
from shared.domain.imports.import_job import ImportFile, ImportJob, SourceKind
from shared.ports.blobs import Blobs
from shared.ports.jobs import Jobs
from shared.ports.uri_fetcher import UriFetcher, UriRefused
from shared.services.imports.import_jobs import ImportJobs, new_import_job
from shared.services.imports.limits import ImportLimits
from shared.services.records.documents import Documents

MAX_ATTACHMENTS: Final = MAX_BATCH_FILES
"""Files of one request. One transaction writes them, so that the request imports all of them or none."""

_CHECK_SECONDS: Final = 10.0
"""Time for the look-ups of the hosts of a request. Each file is checked again when it is fetched, so that a
request with many hosts whose name server is silent does not keep others waiting."""


class Attachment(BaseModel):
    """A file to fetch. ``file_id`` is the sender's, and unique in its job. ``mime_type`` gives a file name
    without an extension one."""

    model_config = ConfigDict(frozen=True)

    download_url: str
    file_id: str
    file_name: str | None = None
    mime_type: str | None = None

    @property
    def name(self) -> str:
        """The name of the file: the given one, or the last part of the address."""
        path = self.download_url.partition("?")[0].partition("#")[0]
        name = base_name(self.file_name or path)
        if PurePosixPath(name).suffix or self.mime_type is None:
            return name
        return f"{name}{mimetypes.guess_extension(self.mime_type) or ''}"


class Attachments:
    """Starts imports of attachments. The same ``seed`` (a ULID) twice is one import."""

    def __init__(
        self, documents: Documents, blobs: Blobs, jobs: Jobs, fetcher: UriFetcher, limits: ImportLimits
    ) -> None:
        self._import_jobs = ImportJobs(documents, blobs, jobs, limits)
        self._fetcher = fetcher

    def start(
        self,
        caller: Caller,
        attachments: Sequence[Attachment],
        *,
        title: str | None,
        index_id: str | None,
        seed: str,
        index_created: bool = False,
    ) -> ImportJob:
        """Start an import of 1 to ``MAX_ATTACHMENTS`` files. ``index_id`` None is the playground.

        ``title`` is that of the medium of a single file, and of the job.

        Raises:
            InvalidRequest: the title is invalid, an id occurs twice, or the server may not fetch an address.
            NotFound: the index does not exist.
            NotPermitted: the index is the default index.
            Conflict: the playground has no room for the files.
        """
        caller.require_own(index_id)
        job = new_import_job(
            caller,
            seed,
            SourceKind.ATTACHMENTS,
            title if title is not None else _stem(attachments[0]),
            index_id,
            index_created=index_created,
            file_count=len(attachments),
        )
        if existing := self._import_jobs.resubmit(job):
            return existing
        self._import_jobs.check_destination(job)
        check_attachments(attachments, self._fetcher)
        is_single = len(attachments) == 1
        files = [
            ImportFile(
                file_id=attachment.file_id,
                job_id=job.job_id,
                ordinal=ordinal,
                file_name=attachment.name,
                source_uri=attachment.download_url,
                title=job.title if is_single else _stem(attachment),
            )
            for ordinal, attachment in enumerate(attachments)
        ]
        return self._import_jobs.start(job, files)


def check_attachments(
    attachments: Sequence[Attachment], fetcher: UriFetcher, *, clock: Callable[[], float] = time.monotonic
) -> None:
    """Check the ids of attachments, and their addresses as long as there is time.

    Raises: InvalidRequest: an id occurs twice, or the server may not fetch an address.
    """
    known: set[str] = set()
    for number, attachment in enumerate(attachments):
        if attachment.file_id in known:
            raise InvalidRequest(f"files.{number}.file_id", "must not occur twice")
        known.add(attachment.file_id)
    end = clock() + _CHECK_SECONDS
    for number, attachment in enumerate(attachments):
        if clock() > end:
            return
        try:
            fetcher.check(attachment.download_url)
        except UriRefused as refusal:
            raise InvalidRequest(f"files.{number}.download_url", str(refusal)) from refusal


def _stem(attachment: Attachment) -> str:
    return PurePosixPath(attachment.name).stem or attachment.name

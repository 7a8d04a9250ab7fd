"""Batches of an import job: the files that one step of the ingest workflow imports."""

from typing import Final

from pydantic import BaseModel, Field

from shared.domain.imports.import_job import ImportProgress

MAX_BATCH_FILES: Final = 90
"""Files of one batch. One transaction writes them with the batch, its request and the job."""

MAX_BATCH_BYTES: Final = 2_000_000_000
"""Listed bytes of one batch. A larger file has a batch of its own."""


class ImportBatch(BaseModel):
    """Consecutive files of an import job.

    ``progress`` has the sums over their records and those of their parts; ``failed`` and ``skipped`` are the
    ordinals of files with that status. The sums of a job are sums over its batches. ``attempt`` is the job's
    when the batch was last requested. ``parts_deleted`` and ``files_deleted`` count parts and files without
    records, because their media were deleted.
    """

    tenant_id: str
    job_id: str
    number: int
    first_ordinal: int
    file_count: int
    attempt: int = 0
    has_ended: bool = False
    parts_deleted: int = 0
    files_deleted: int = 0
    progress: ImportProgress = Field(default_factory=ImportProgress)
    failed: list[int] = Field(default_factory=list)
    skipped: list[int] = Field(default_factory=list)

    @property
    def end(self) -> int:
        """The ordinal after that of the last file."""
        return self.first_ordinal + self.file_count

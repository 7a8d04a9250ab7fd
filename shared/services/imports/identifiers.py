"""Ids of import jobs and of their files, and the blob keys of source files.

A job's id follows from the ``seed`` of the client's request, a ULID. The same seed means the same job.
"""

from shared.domain import blob_keys
from shared.domain.ids import IMPORT_FILE, IMPORT_JOB


def import_job_id(seed: str) -> str:
    return f"{IMPORT_JOB}_{seed}"


def import_file_id(job_id: str, ordinal: int = 0) -> str:
    """Return the id of a source file, which has the job's ULID, and its ordinal unless it is the first."""
    seed = job_id.partition("_")[2]
    return f"{IMPORT_FILE}_{seed}_{ordinal:06d}" if ordinal else f"{IMPORT_FILE}_{seed}"


def import_source_key(tenant_id: str, seed: str) -> str:
    """Return the blob key of the source file of an import of one file."""
    job_id = import_job_id(seed)
    return blob_keys.import_source(tenant_id, job_id, import_file_id(job_id))

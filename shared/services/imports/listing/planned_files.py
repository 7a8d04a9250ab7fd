"""Files of import jobs, made of the objects that a listing finds, and their division into batches."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from shared.domain.connectors.connector import Connector, ConnectorProvider
from shared.domain.file_names import base_name
from shared.domain.imports.batch import MAX_BATCH_BYTES, MAX_BATCH_FILES, ImportBatch
from shared.domain.imports.import_job import FileStatus, ImportFile, ImportJob
from shared.ports.stores import StoredObject
from shared.services.imports.identifiers import import_file_id
from shared.services.imports.imported_objects import object_fingerprint, version_of

_SCHEMES: Final = {
    ConnectorProvider.S3: "s3",
    ConnectorProvider.GCS: "gs",
    ConnectorProvider.AZURE: "az",
}


def object_groups(objects: Iterable[StoredObject]) -> Iterator[list[StoredObject]]:
    """Divide objects into the groups that become batches, without holding more than one."""
    group: list[StoredObject] = []
    size = 0
    for found in objects:
        if group and (len(group) == MAX_BATCH_FILES or size + found.size > MAX_BATCH_BYTES):
            yield group
            group, size = [], 0
        group.append(found)
        size += found.size
    if group:
        yield group


def planned_files(
    job: ImportJob, connector: Connector, objects: Sequence[StoredObject], first_ordinal: int
) -> list[ImportFile]:
    """Make files of a batch, which has the next number of the job."""
    return [
        _planned_file(job, connector, found, first_ordinal + position)
        for position, found in enumerate(objects)
    ]


def _planned_file(job: ImportJob, connector: Connector, found: StoredObject, ordinal: int) -> ImportFile:
    address = connector.address
    name = base_name(found.path)
    return ImportFile(
        file_id=import_file_id(job.job_id, ordinal),
        job_id=job.job_id,
        ordinal=ordinal,
        batch=job.batch_count,
        file_name=name,
        source_uri=f"{_SCHEMES[address.provider]}://{address.container_name}/{found.path}",
        path=found.path,
        version=version_of(found),
        fingerprint=object_fingerprint(address, found.path),
        title=name.rpartition(".")[0] or name,
        size_bytes=0,
    )


def batch_of(job: ImportJob, files: Sequence[ImportFile]) -> ImportBatch:
    """Build the batch of planned files. It has ended if each of them is skipped."""
    skipped = [file.ordinal for file in files if file.status is FileStatus.SKIPPED]
    batch = ImportBatch(
        tenant_id=job.tenant_id,
        job_id=job.job_id,
        number=job.batch_count,
        first_ordinal=files[0].ordinal,
        file_count=len(files),
        attempt=job.attempt,
        has_ended=len(skipped) == len(files),
        skipped=skipped,
    )
    batch.progress.total_files = len(files)
    batch.progress.skipped = len(skipped)
    return batch

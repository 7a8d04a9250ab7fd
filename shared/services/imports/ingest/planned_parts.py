"""The parts of a source file, from their plan to the end of the file."""

from collections.abc import Sequence

from shared.domain import default_index
from shared.domain.ids import imported_media_id
from shared.domain.imports.import_job import FileStatus, ImportFile, ImportJob, ImportOutput, OutputStatus
from shared.services.imports.outcome import failure_of_parts


def planned_outputs(
    job: ImportJob, file: ImportFile, spans: Sequence[tuple[float, float]]
) -> list[ImportOutput]:
    """Build the parts of a file. ``spans`` are their starts and ends in seconds."""
    count, title = len(spans), file.title or job.title
    return [
        ImportOutput(
            job_id=job.job_id,
            file_id=file.file_id,
            file_name=file.file_name,
            source_ordinal=file.ordinal,
            part_index=number,
            part_count=count,
            source_start_seconds=round(start, 3),
            source_end_seconds=round(end, 3),
            media_id=part_media_id(job, file.ordinal, number),
            title=title if count == 1 else f"{title} (part {number + 1} of {count})",
        )
        for number, (start, end) in enumerate(spans)
    ]


def ended_file(file: ImportFile, outputs: Sequence[ImportOutput]) -> ImportFile:
    """Return a file whose parts have all ended.

    The address of a completed attachment is dropped: it may be signed, and nothing fetches it again.
    """
    failed = sum(output.status is OutputStatus.FAILED for output in outputs)
    ended = file.model_copy()
    ended.status = FileStatus.FAILED if failed else FileStatus.COMPLETED
    if not failed and file.path is None:
        ended.source_uri = None
    ended.parts_completed = (file.part_count or 0) - failed
    ended.parts_failed = failed
    ended.failure = failure_of_parts(outputs)
    return ended


def part_media_id(job: ImportJob, file_ordinal: int, part: int) -> str:
    """Choose the id of a part. Those of the default index are fixed."""
    if job.tenant_id == default_index.TENANT:
        return default_index.media_id(job.job_id, part)
    return imported_media_id(job.job_id, file_ordinal, part)

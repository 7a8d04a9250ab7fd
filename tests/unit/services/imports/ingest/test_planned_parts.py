"""The end of a file: its counters, and what is kept of its address."""

import pytest

from shared.domain.imports.import_job import FileStatus, ImportFile, ImportJob, OutputStatus
from shared.services.imports.ingest.planned_parts import ended_file, planned_outputs

SEED = "01J9Z3W6X5C8Q4V2T7R1M0N9KP"
JOB = ImportJob(job_id=f"imp_{SEED}", tenant_id="anna", user_id="u", title="Film", created_at="2026-01-01")


def _file(path: str | None = None) -> ImportFile:
    return ImportFile(
        file_id="f",
        job_id=JOB.job_id,
        ordinal=0,
        file_name="a.mp4",
        path=path,
        source_uri="https://example.com/a.mp4?signature=secret",
        part_count=2,
    )


def _ended(file: ImportFile, *statuses: OutputStatus) -> ImportFile:
    outputs = planned_outputs(JOB, file, [(0.0, 1.0), (1.0, 2.0)])
    return ended_file(
        file,
        [
            output.model_copy(update={"status": status})
            for output, status in zip(outputs, statuses, strict=True)
        ],
    )


def test_parts_of_a_file_are_numbered_in_their_titles() -> None:
    outputs = planned_outputs(JOB, _file(), [(0.0, 1.0), (1.0, 2.0)])
    assert [output.title for output in outputs] == ["Film (part 1 of 2)", "Film (part 2 of 2)"]
    assert len({output.media_id for output in outputs}) == 2


def test_signed_address_of_a_completed_attachment_is_dropped() -> None:
    ended = _ended(_file(), OutputStatus.COMPLETED, OutputStatus.DELETED)
    assert (ended.status, ended.source_uri, ended.parts_completed) == (FileStatus.COMPLETED, None, 2)


@pytest.mark.parametrize(
    ("path", "second"), [(None, OutputStatus.FAILED), ("clips/a.mp4", OutputStatus.COMPLETED)]
)
def test_address_that_is_needed_or_of_a_store_stays(path: str | None, second: OutputStatus) -> None:
    assert _ended(_file(path), OutputStatus.COMPLETED, second).source_uri

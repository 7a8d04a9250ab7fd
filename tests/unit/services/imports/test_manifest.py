"""The manifest of an import job: what is counted, what its head shows, and what a deletion removes."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain.imports.import_job import FileStatus, ImportProgress, ImportStatus, OutputStatus
from shared.services.imports.batches.part_removal import NO_MEDIUM, remove_part
from shared.services.imports.batches.records import counted_batch, implied_batch
from shared.services.imports.manifest import MAX_HEAD_ITEMS, summarised
from tests.unit.services.imports.import_records import (
    JOB_ID,
    TENANT,
    counted,
    import_file,
    import_job,
    import_output,
    store,
    stored_files,
    stored_job,
    stored_outputs,
)
from tests.unit.services.storage import Storage

COMPLETED = OutputStatus.COMPLETED

MAX_RECORD_BYTES = 400_000
"""Limit of a record in DynamoDB."""


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


def test_counters_are_sums_over_records_and_deleted_parts() -> None:
    batch = implied_batch(
        import_job(files_deleted=1, parts_deleted=2, progress=ImportProgress(current_file="film.mp4"))
    )
    files = [
        import_file(0, FileStatus.COMPLETED, size_bytes=10),
        import_file(1, FileStatus.FAILED, size_bytes=5),
        import_file(2, FileStatus.SKIPPED),
        import_file(3, FileStatus.IMPORTING),
    ]
    outputs = [
        import_output(0, 0, COMPLETED),
        import_output(0, 1, OutputStatus.DELETED),
        import_output(1, 0, OutputStatus.FAILED),
        import_output(3, 0, OutputStatus.PENDING),
    ]
    counted = counted_batch(batch, files, outputs)
    assert counted.progress == ImportProgress(
        total_files=5,
        imported=2,
        failed=1,
        skipped=1,
        bytes_transferred=15,
        parts_total=6,
        parts_completed=4,
        parts_failed=1,
        current_file="film.mp4",
    )
    assert counted_batch(counted, files, outputs) == counted
    assert batch.progress.total_files == 0, "the given batch is not changed"


def test_head_has_first_items_without_their_sources(storage: Storage) -> None:
    count = MAX_HEAD_ITEMS + 1
    sources: dict[str, Any] = {"source_uri": "https://example.com/?secret", "source_key": "imports/x"}
    failed = [import_file(n, FileStatus.FAILED, **sources) for n in range(count)]
    skipped = [import_file(n + count, FileStatus.SKIPPED, **sources) for n in range(count)]
    files = [import_file(999, FileStatus.COMPLETED), *failed, *skipped]
    outputs = [import_output(n) for n in range(count)]
    store(storage.documents, import_job(), files, outputs)
    batch = counted_batch(implied_batch(import_job()), files, outputs)
    head = summarised(storage.documents, import_job(), [batch]).head
    assert [output.source_ordinal for output in head.outputs] == list(range(MAX_HEAD_ITEMS))
    assert [file.ordinal for file in head.failed_files] == list(range(MAX_HEAD_ITEMS))
    assert [file.ordinal for file in head.skipped_files] == list(range(count, count + MAX_HEAD_ITEMS))
    shown = [*head.failed_files, *head.skipped_files]
    assert {(file.source_uri, file.source_key) for file in shown} == {(None, None)}


def test_job_with_long_names_of_any_script_fits_in_a_record(storage: Storage) -> None:
    named: dict[str, Any] = {"file_name": "\u6620" * 255, "path": "\u6620" * 340}
    files = [import_file(n, FileStatus.FAILED, **named) for n in range(MAX_HEAD_ITEMS)]
    files += [import_file(n + MAX_HEAD_ITEMS, FileStatus.SKIPPED, **named) for n in range(MAX_HEAD_ITEMS)]
    title = named["file_name"]
    outputs = [
        import_output(n, status=COMPLETED, file_name=title, title=title) for n in range(MAX_HEAD_ITEMS)
    ]
    store(storage.documents, import_job(status=ImportStatus.IMPORTING), files, outputs)
    batch = counted_batch(implied_batch(import_job()), files, outputs)
    job = summarised(storage.documents, import_job(), [batch])
    assert job.head.outputs
    assert job.head.failed_files
    assert job.head.skipped_files
    assert len(job.model_dump_json().encode()) < MAX_RECORD_BYTES


def test_part_of_running_job_keeps_its_record_without_medium(storage: Storage) -> None:
    """The record prevents the part from being made again."""
    outputs = [import_output(0, 0, COMPLETED), import_output(0, 1)]
    store(storage.documents, import_job(status=ImportStatus.IMPORTING), [import_file(0)], outputs)
    assert remove_part(storage.documents, TENANT, JOB_ID, 0, "vid_0_0")
    deleted, pending = stored_outputs(storage.documents)
    assert (deleted.status, deleted.media_id, deleted.title) == (OutputStatus.DELETED, NO_MEDIUM, "")
    assert pending == outputs[1]
    job = stored_job(storage.documents)
    assert (job.progress.parts_total, job.progress.parts_completed, job.parts_deleted) == (2, 1, 0)
    assert job.head.outputs == [deleted, pending]
    assert not remove_part(storage.documents, TENANT, JOB_ID, 0, "vid_0_0")
    assert stored_job(storage.documents) == job


def test_file_of_ended_job_is_deleted_with_its_last_part(storage: Storage) -> None:
    files = [import_file(0, FileStatus.COMPLETED), import_file(1, FileStatus.COMPLETED)]
    outputs = [import_output(0, 0, COMPLETED), import_output(0, 1, COMPLETED), import_output(1, 0, COMPLETED)]
    job = counted(import_job(status=ImportStatus.COMPLETED), files, outputs)
    store(storage.documents, job, files, outputs)

    def remove(media_id: str) -> tuple[list[str], list[int], str]:
        assert remove_part(storage.documents, TENANT, JOB_ID, int(media_id.split("_")[1]), media_id)
        changed = stored_job(storage.documents)
        assert changed.progress == job.progress, "the counters stay"
        assert changed.head.outputs == stored_outputs(storage.documents)
        left = [output.media_id for output in changed.head.outputs]
        return left, [file.ordinal for file in stored_files(storage.documents)], changed.title

    assert remove("vid_0_0") == (["vid_0_1", "vid_1_0"], [0, 1], "A film")
    assert remove("vid_0_1") == (["vid_1_0"], [1], "A film")
    assert remove("vid_1_0") == ([], [], "")
    ended = stored_job(storage.documents)
    assert (ended.parts_deleted, ended.files_deleted) == (3, 2)
    assert counted(ended, [], []).progress == job.progress
    assert not remove_part(storage.documents, TENANT, JOB_ID, 1, "vid_1_0")


def test_part_of_missing_job_is_not_removed(storage: Storage) -> None:
    store(storage.documents, None, [], [import_output(0, 0, COMPLETED)])
    assert not remove_part(storage.documents, TENANT, JOB_ID, 0, "vid_0_0")
    assert len(stored_outputs(storage.documents)) == 1

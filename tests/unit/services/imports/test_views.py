"""Reads of import jobs: pages, totals and the shared limit of a list."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain.errors import NotFound
from shared.domain.imports.import_job import FileStatus, ImportJob, ImportStatus, OutputStatus
from shared.services.imports import views
from shared.services.imports.manifest import MAX_HEAD_ITEMS
from shared.services.imports.views import ImportViews
from tests.unit.services.imports.import_records import (
    JOB_ID,
    counted,
    import_file,
    import_job,
    import_output,
    store,
)
from tests.unit.services.storage import ANNA, BERT, Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def reads(storage: Storage) -> ImportViews:
    return ImportViews(storage.documents)


def counted_job(parts: int = 0, failed: int = 0, **changes: Any) -> ImportJob:
    files = [import_file(n, FileStatus.FAILED) for n in range(failed)]
    outputs = [import_output(n, 0, OutputStatus.COMPLETED) for n in range(parts)]
    return counted(import_job(**changes), files, outputs)


@pytest.mark.parametrize("job_id", ["", "imp_unknown"])
def test_unknown_job_is_not_found(reads: ImportViews, job_id: str) -> None:
    with pytest.raises(NotFound):
        reads.view(ANNA, job_id)


def test_job_of_other_tenant_is_not_found(storage: Storage, reads: ImportViews) -> None:
    store(storage.documents, import_job())
    assert reads.job(ANNA, JOB_ID).title == "A film"
    with pytest.raises(NotFound):
        reads.job(BERT, JOB_ID)


@pytest.mark.parametrize(
    ("parts", "limit", "shown", "has_more"),
    [(0, 2, 0, False), (2, 2, 2, False), (3, 2, 2, True), (3, 100, 3, False)],
)
def test_view_has_next_page_only_if_parts_remain(
    reads: ImportViews, parts: int, limit: int, shown: int, has_more: bool
) -> None:
    view = reads.view_of(counted_job(parts=parts), limit)
    assert len(view.outputs.items) == shown
    assert (view.outputs.next_after is not None) is has_more


def test_deleted_parts_do_not_count_as_next_page(reads: ImportViews) -> None:
    job = counted_job(parts=2, parts_deleted=5)
    assert reads.view_of(job).outputs.next_after is None


@pytest.mark.parametrize(("failed", "limit", "has_more"), [(2, 2, False), (3, 2, True), (0, 2, False)])
def test_failed_files_have_next_page_only_if_files_remain(
    reads: ImportViews, failed: int, limit: int, has_more: bool
) -> None:
    page = reads.view_of(counted_job(failed=failed), limit).failed_files
    assert (page.next_after is not None) is has_more


def test_page_after_view_continues_where_it_ends(storage: Storage, reads: ImportViews) -> None:
    files = [import_file(n, FileStatus.FAILED) for n in range(4)]
    outputs = [import_output(n, 0, OutputStatus.FAILED) for n in range(4)]
    job = counted(import_job(), files, outputs)
    store(storage.documents, job, files, outputs)
    view = reads.view_of(job, 3)
    rest, total = reads.outputs(ANNA, JOB_ID, limit=9, after=view.outputs.next_after)
    assert ([output.source_ordinal for output in rest.items], total) == ([3], 4)
    failed, total = reads.files(ANNA, JOB_ID, failed_only=True, limit=9, after=view.failed_files.next_after)
    assert ([file.ordinal for file in failed.items], total) == ([3], 4)


@pytest.mark.parametrize(
    ("limit", "pages"),
    [(1, [[0], [2], [5]]), (2, [[0, 2], [5]]), (3, [[0, 2, 5]])],
)
def test_pages_of_failed_files_skip_all_others(
    storage: Storage, reads: ImportViews, limit: int, pages: list[list[int]]
) -> None:
    failed = {0, 2, 5}
    files = [import_file(n, FileStatus.FAILED if n in failed else FileStatus.COMPLETED) for n in range(8)]
    store(storage.documents, counted(import_job(), files, []), files)
    found, after = [], None
    for _ in pages:
        page, total = reads.files(ANNA, JOB_ID, failed_only=True, limit=limit, after=after)
        found.append([file.ordinal for file in page.items])
        after = page.next_after
        assert total == 3
    assert (found, after) == (pages, None)
    everything, total = reads.files(ANNA, JOB_ID, failed_only=False, limit=100, after=None)
    assert (len(everything.items), total) == (8, 8)


def test_totals_exclude_deleted_records(storage: Storage, reads: ImportViews) -> None:
    files, outputs = [import_file(0, FileStatus.COMPLETED)], [import_output(0, 0, OutputStatus.COMPLETED)]
    job = counted(import_job(files_deleted=2, parts_deleted=3), files, outputs)
    store(storage.documents, job, files, outputs)
    assert (job.progress.total_files, job.progress.parts_total) == (3, 4)
    assert reads.files(ANNA, JOB_ID, failed_only=False, limit=9, after=None)[1] == 1
    assert reads.outputs(ANNA, JOB_ID, limit=9, after=None)[1] == 1


@pytest.mark.parametrize(
    ("status", "index_id", "limit", "expected"),
    [
        (None, None, 10, ["imp_4", "imp_3", "imp_2", "imp_1", "imp_0"]),
        (None, None, 2, ["imp_4", "imp_3"]),
        (ImportStatus.COMPLETED, None, 10, ["imp_4", "imp_2", "imp_0"]),
        (None, "idx_1", 10, ["imp_1", "imp_0"]),
        (ImportStatus.COMPLETED, "idx_1", 10, ["imp_0"]),
        (ImportStatus.FAILED, None, 10, []),
    ],
)
def test_newest_jobs_are_filtered_by_status_and_index(
    storage: Storage,
    reads: ImportViews,
    status: ImportStatus | None,
    index_id: str | None,
    limit: int,
    expected: list[str],
) -> None:
    for number in range(5):
        job = import_job(
            f"imp_{number}",
            status=ImportStatus.PENDING if number % 2 else ImportStatus.COMPLETED,
            index_id="idx_1" if number < 2 else None,
        )
        store(storage.documents, job)
    found = reads.recent(ANNA, status=status, index_id=index_id, limit=limit)
    assert [job.job_id for job in found] == expected


def test_list_looks_at_the_newest_jobs_only(
    storage: Storage, reads: ImportViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MAX_SCANNED_JOBS", 3)
    for number in range(9):
        status = ImportStatus.COMPLETED if number % 2 else ImportStatus.FAILED
        job = import_job().model_copy(update={"job_id": f"imp_{number}", "status": status})
        store(storage.documents, job)
    found = reads.recent(ANNA, status=ImportStatus.FAILED, index_id=None, limit=9)
    assert [job.job_id for job in found] == ["imp_8", "imp_6"]


def test_list_holds_no_more_of_long_heads_than_it_shows(
    storage: Storage, reads: ImportViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MAX_ITEMS_IN_LIST", 6)
    job = counted_job(parts=MAX_HEAD_ITEMS, failed=MAX_HEAD_ITEMS)
    for number in range(3):
        store(storage.documents, job.model_copy(update={"job_id": f"imp_{number}"}))
    found = reads.recent(ANNA, status=None, index_id=None, limit=9)
    assert [(len(job.head.outputs), len(job.head.failed_files)) for job in found] == [(2, 2)] * 3


@pytest.mark.parametrize(
    ("jobs", "in_list", "each"), [(1, 4, 4), (2, 4, 2), (3, 4, 1), (5, 4, 1), (1, 1000, MAX_HEAD_ITEMS)]
)
def test_jobs_of_list_share_its_items(
    storage: Storage,
    reads: ImportViews,
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    in_list: int,
    each: int,
) -> None:
    monkeypatch.setattr(views, "MAX_ITEMS_IN_LIST", in_list)
    job = counted_job(parts=MAX_HEAD_ITEMS + 1)
    for number in range(jobs):
        store(storage.documents, job.model_copy(update={"job_id": f"imp_{number}"}))
    found = reads.newest(ANNA, status=None, index_id=None, limit=10)
    assert [len(view.outputs.items) for view in found] == [each] * jobs
    assert all(view.outputs.next_after for view in found)
    assert reads.newest(BERT, status=None, index_id=None, limit=10) == []

import pytest

from tests.clients.conftest import Archive
from tests.clients.either_client import EitherClient

pytestmark = pytest.mark.slow


def test_finished_job_lists_its_outputs(client: EitherClient, archive: Archive) -> None:
    job = client.import_jobs.retrieve(archive.import_job_id)
    assert (job.status, job.progress.imported, job.progress.failed) == ("completed", 1, 0)
    assert job.video_ids == [archive.video_id]
    page = client.import_jobs.outputs(archive.import_job_id, limit=1)
    assert (page.total, page.next_cursor) == (1, None)
    (output,) = client.import_jobs.iter_outputs(archive.import_job_id)
    assert (output.part_index, output.part_count, output.video_id) == (0, 1, archive.video_id)
    assert output.source_end_seconds == pytest.approx(44.15, abs=0.2)


def test_finished_job_lists_its_files(client: EitherClient, archive: Archive) -> None:
    page = client.import_jobs.files(archive.import_job_id)
    assert [file.file_name for file in page.items] == ["sample-reel.mp4"]
    assert client.import_jobs.iter_files(archive.import_job_id, failed_only=True) == []


def test_jobs_are_listed_by_status(client: EitherClient, archive: Archive) -> None:
    done = client.import_jobs.list(status="COMPLETED")
    assert archive.import_job_id in {job.job_id for job in done}
    assert archive.import_job_id not in {job.job_id for job in client.import_jobs.list(status="failed")}


def test_waiting_for_finished_job_returns_job(client: EitherClient, archive: Archive) -> None:
    assert client.import_jobs.wait_for_completion(archive.import_job_id).status == "completed"

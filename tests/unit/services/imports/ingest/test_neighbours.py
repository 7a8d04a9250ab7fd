"""A file that fails unexpectedly, or ends the process, leaves the other files of its batch alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.imports.import_job import FileStatus, ImportJob, ImportOutput
from shared.domain.job import JobRequest
from shared.domain.media import Media
from shared.services.imports.ingest.part_maker import PartMaker, Source
from tests.unit.services.imports.bucket_world import BucketWorld
from tests.unit.services.storage import ANNA, never

POISON = "00001.png"


class KilledError(BaseException):
    """The process ends here."""


@pytest.fixture
def world(tmp_path: Path) -> BucketWorld:
    made = BucketWorld(tmp_path)
    made.fill(4)
    return made


def _poison(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> list[str]:
    """Let each attempt to make a medium of one file raise an error. Return the names of all attempts."""
    make, attempts = PartMaker.make, list[str]()

    def poisoned(
        maker: PartMaker, job: ImportJob, source: Source, output: ImportOutput, stopping: Callable[[], bool]
    ) -> Media:
        attempts.append(output.file_name)
        if output.file_name == POISON:
            raise error
        return make(maker, job, source, output, stopping)

    monkeypatch.setattr(PartMaker, "make", poisoned)
    return attempts


def _listed(world: BucketWorld) -> tuple[ImportJob, JobRequest]:
    job = world.start()
    world.list_stores()
    (request,) = world.storage.jobs.requests
    return job, request


def _statuses(world: BucketWorld, job: ImportJob) -> list[FileStatus]:
    return [file.status for file in world.files(job)]


def test_unexpected_error_of_one_file_leaves_the_others(
    world: BucketWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = _poison(monkeypatch, RuntimeError("broken"))
    job, request = _listed(world)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            world.storage.ingest.run(request, never)
    assert attempts == ["00000.png", POISON, "00002.png", "00003.png", POISON]
    world.storage.ingest.fail(request, RuntimeError("broken"))
    done, failed = FileStatus.COMPLETED, FileStatus.FAILED
    assert _statuses(world, job) == [done, failed, done, done]
    ended = world.job(job)
    assert (ended.progress.imported, ended.progress.failed) == (3, 1)
    assert len(world.storage.blob_keys()) == 9


def test_file_that_ends_the_process_comes_last(world: BucketWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    _poison(monkeypatch, KilledError())
    job, request = _listed(world)
    for starts in range(1, 5):
        with pytest.raises(KilledError):
            world.storage.ingest.run(request.model_copy(update={"starts": starts}), never)
    done = FileStatus.COMPLETED
    assert _statuses(world, job) == [done, FileStatus.IMPORTING, done, done]


def test_cancelled_batch_discards_what_failed_before(
    world: BucketWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _poison(monkeypatch, RuntimeError("broken"))
    job, request = _listed(world)
    with pytest.raises(RuntimeError):
        world.storage.ingest.run(request, never)
    world.cancellation.cancel(ANNA, job.job_id)
    world.storage.ingest.run(request, never)
    done = FileStatus.COMPLETED
    assert _statuses(world, job) == [done, FileStatus.SKIPPED, done, done]
    assert world.job(job).status == "cancelled"

"""A batch whose turn is over lets others have theirs between two files, and goes on later where it was."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.imports.import_job import FileStatus, ImportJob, ImportOutput
from shared.domain.job import JobRequest
from shared.domain.media import Media
from shared.ports.jobs import TurnOver
from shared.services.imports.ingest.ingest import Ingest
from shared.services.imports.ingest.part_maker import PartMaker, Source
from tests.unit.services.imports.bucket_world import BucketWorld
from tests.unit.services.storage import ANNA, never

DONE = FileStatus.COMPLETED


@pytest.fixture
def world(tmp_path: Path) -> BucketWorld:
    made = BucketWorld(tmp_path)
    made.fill(3)
    return made


@pytest.fixture
def ingest(world: BucketWorld) -> Ingest:
    """Import batches in turns that are over at once."""
    storage = world.storage
    return Ingest(
        storage.documents,
        storage.blobs,
        storage.fetcher,
        storage.connections,
        storage.settings,
        turn_seconds=0.0,
    )


def _listed(world: BucketWorld) -> tuple[ImportJob, JobRequest]:
    job = world.start()
    world.list_stores()
    (request,) = world.storage.jobs.requests
    return job, request


def _attempts(monkeypatch: pytest.MonkeyPatch, broken: str = "") -> list[str]:
    """Record the file names of all attempts to make a medium. Those of ``broken`` fail."""
    make, attempts = PartMaker.make, list[str]()

    def recorded(
        maker: PartMaker, job: ImportJob, source: Source, output: ImportOutput, stopping: Callable[[], bool]
    ) -> Media:
        attempts.append(output.file_name)
        if output.file_name in broken:
            raise RuntimeError("broken")
        return make(maker, job, source, output, stopping)

    monkeypatch.setattr(PartMaker, "make", recorded)
    return attempts


def test_batch_lets_others_have_a_turn_after_a_file(
    world: BucketWorld, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = _attempts(monkeypatch)
    job, request = _listed(world)
    imported = []
    for _ in range(2):
        with pytest.raises(TurnOver):
            ingest.run(request, never)
        imported.append(sum(file.status is DONE for file in world.files(job)))
    ingest.run(request, never)
    assert imported == [1, 2]
    assert attempts == ["00000.png", "00001.png", "00002.png"]
    ended = world.job(job)
    assert (ended.status, ended.progress.imported) == ("completed", 3)


def test_batch_without_time_left_over_is_imported_in_one_turn(world: BucketWorld) -> None:
    job, request = _listed(world)
    world.storage.ingest.run(request, never)
    assert world.job(job).status == "completed"


def test_files_that_fail_unexpectedly_are_left_in_the_end(
    world: BucketWorld, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns in which a file ends go on, and then the failures use up the attempts of the job."""
    attempts = _attempts(monkeypatch, broken="00000.png 00001.png")
    job, request = _listed(world)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            ingest.run(request, never)
    assert attempts[:3] == ["00000.png", "00001.png", "00002.png"]
    assert set(attempts[3:]) == {"00000.png", "00001.png"}
    assert world.files(job)[2].status is DONE


def test_batch_cancelled_between_turns_ends_as_cancelled(world: BucketWorld, ingest: Ingest) -> None:
    job, request = _listed(world)
    with pytest.raises(TurnOver):
        ingest.run(request, never)
    world.cancellation.cancel(ANNA, job.job_id)
    ingest.run(request, never)
    assert [file.status for file in world.files(job)] == [DONE, FileStatus.SKIPPED, FileStatus.SKIPPED]
    assert world.job(job).status == "cancelled"

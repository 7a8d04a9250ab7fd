"""The job sweep restarts jobs without an execution, and gives them up after three attempts."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.job import JobRequest, Workflow
from shared.ports.jobs import Progression
from shared.services.maintenance.job_sweep import MAX_ATTEMPTS, JobSweep
from shared.services.records.documents import put
from tests.unit.services.storage import Storage


@dataclass
class FakeJobs:
    """Runs nothing, and reports ``state`` as the progression of each job."""

    state: Progression = Progression.UNKNOWN
    submitted: list[tuple[str, int]] = field(default_factory=list)

    def submit(self, request: JobRequest) -> None:
        self.submitted.append((request.job_id, request.attempts))

    def progression(self, request: JobRequest) -> Progression:
        return self.state


@dataclass
class World:
    storage: Storage
    jobs: FakeJobs = field(default_factory=FakeJobs)
    given_up: list[tuple[str, str]] = field(default_factory=list)

    def request(self, job_id: str, minutes_ago: float) -> None:
        request = JobRequest(
            job_id=job_id,
            workflow=Workflow.INGEST,
            requested_at=isoformat(now() - timedelta(minutes=minutes_ago)),
            last_error="OSError: no room",
        )
        self.storage.documents.write(put(keys.job(job_id), request))

    def sweep(self) -> None:
        JobSweep(
            self.storage.documents,
            self.jobs,
            lambda job, error: self.given_up.append((job.job_id, str(error))),
        ).sweep()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(Storage(tmp_path))


def test_job_that_never_started_is_started(world: World) -> None:
    world.request("imp_new", 0.5)
    world.request("imp_old", 10)
    world.sweep()
    assert world.jobs.submitted == [("imp_old", 0)]
    world.jobs.state = Progression.UNDER_WAY
    world.sweep()
    assert world.jobs.submitted == [("imp_old", 0)]


def test_ended_job_is_retried_and_then_given_up(world: World) -> None:
    world.request("imp_old", 10)
    world.jobs.state = Progression.ENDED
    for _ in range(MAX_ATTEMPTS):
        world.sweep()
    assert world.jobs.submitted == [("imp_old", attempt) for attempt in range(1, MAX_ATTEMPTS)]
    assert world.given_up == [("imp_old", "OSError: no room")]
    assert world.storage.documents.get(JobRequest, keys.job("imp_old")) is None

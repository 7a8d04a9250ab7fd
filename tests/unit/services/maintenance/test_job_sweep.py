"""Work that was asked for and is done by nobody is found and started again, a few times."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.job import JobRequest, Workflow
from shared.ports.jobs import Progression
from shared.services.maintenance.job_sweep import MOST_ATTEMPTS, JobSweep
from shared.services.records.documents import put
from tests.unit.services.storage import Storage


@dataclass
class Elsewhere:
    """Runs nothing; says of each attempt what the test wants it to have come to."""

    state: Progression = Progression.UNKNOWN
    submitted: list[tuple[str, int]] = field(default_factory=list)

    def submit(self, request: JobRequest) -> None:
        self.submitted.append((request.job_id, request.attempts))

    def progression(self, request: JobRequest) -> Progression:
        return self.state


@dataclass
class World:
    storage: Storage
    jobs: Elsewhere = field(default_factory=Elsewhere)
    given_up: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, job_id: str, minutes_ago: float) -> None:
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


def test_only_what_never_started_is_started(world: World) -> None:
    world.ask("imp_new", 0.5)
    world.ask("imp_old", 10)
    world.sweep()
    assert world.jobs.submitted == [("imp_old", 0)]
    world.jobs.state = Progression.UNDER_WAY
    world.sweep()
    assert world.jobs.submitted == [("imp_old", 0)]


def test_what_ended_without_a_word_is_tried_again_and_then_given_up(world: World) -> None:
    world.ask("imp_old", 10)
    world.jobs.state = Progression.ENDED
    for _ in range(MOST_ATTEMPTS):
        world.sweep()
    assert world.jobs.submitted == [("imp_old", attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert world.given_up == [("imp_old", "OSError: no room")]
    assert world.storage.documents.get(JobRequest, keys.job("imp_old")) is None

"""Jobs in a queue of the tests, and a dispatch that does as it is told."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.adapters.aws.jobs.queue import JobQueue, QueuedJob
from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.job import JobRequest, Workflow
from shared.runtime.job_dispatch import JobDispatch
from shared.runtime.queued.jobs import QueuedJobs
from shared.services.records.documents import put
from tests.unit.services.storage import Storage

Work = Callable[[JobRequest, Callable[[], bool]], None]


class ToldDispatch(JobDispatch):
    """Does ``work`` for each job."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.ran: list[str] = []
        self.given_up: list[tuple[str, str]] = []

    def run(self, job: JobRequest, stopping: Callable[[], bool]) -> None:
        self.ran.append(job.job_id)
        self.work(job, stopping)

    def give_up(self, job: JobRequest, error: Exception) -> None:
        self.given_up.append((job.job_id, str(error)))


class ListedQueue(JobQueue):
    """A queue in memory, which delivers a message that is hidden for no time at once."""

    def __init__(self) -> None:
        self.waiting_ids: deque[str] = deque()
        self.deleted: list[str] = []
        self.looks = 0
        self.at_look: dict[int, str] = {}
        """Jobs that are sent just before the look of that number."""

    def receive(self, limit: int) -> Sequence[QueuedJob]:
        self.looks += 1
        if self.looks in self.at_look:
            self.waiting_ids.append(self.at_look[self.looks])
        found = [self.waiting_ids.popleft() for _ in range(min(limit, len(self.waiting_ids)))]
        return [QueuedJob(job_id, f"receipt of {job_id}") for job_id in found]

    def hide(self, message: QueuedJob, seconds: int) -> None:
        if seconds == 0:
            self.waiting_ids.append(message.job_id)

    def delete(self, message: QueuedJob) -> None:
        self.deleted.append(message.job_id)


def nothing(_job: JobRequest, _stopping: Callable[[], bool]) -> None:
    """Do a job that has nothing to do."""


@dataclass
class QueuedWorld:
    storage: Storage
    dispatch: ToldDispatch = field(default_factory=lambda: ToldDispatch(nothing))
    queue: ListedQueue = field(default_factory=ListedQueue)

    @property
    def jobs(self) -> QueuedJobs:
        return QueuedJobs(self.storage.documents, self.dispatch)

    def request(self, job_id: str) -> str:
        request = JobRequest(job_id=job_id, workflow=Workflow.INGEST, requested_at=timestamp())
        self.storage.documents.write(put(keys.job(job_id), request))
        return job_id

    def stored(self, job_id: str) -> JobRequest | None:
        return self.storage.documents.get(JobRequest, keys.job(job_id))

    def run(self, job_id: str, stopping: Callable[[], bool] = lambda: False) -> int | None:
        return self.jobs.run(job_id, stopping, hold_seconds=60)

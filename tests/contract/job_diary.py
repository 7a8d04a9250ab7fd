"""Work for test jobs of both runners, which records each start in files that a test can read.

Only files are shared between a test and a thread, a killed process or a Lambda function.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from shared.domain.job import JobRequest
from tests.waiting import HANG_TIMEOUT

FOLDER: Final = "diary"
"""The job argument with the path of the diary's folder."""


@dataclass(frozen=True)
class Plan:
    """The first ``waits`` starts wait until ``release``; the next ``failures`` starts fail."""

    waits: int = 0
    failures: int = 0


@dataclass(frozen=True)
class Start:
    at: float
    request: dict[str, Any]


class JobDiary:
    """The starts and reported failures of jobs, in files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self, job_id: str, plan: Plan) -> None:
        (self.folder / f"{job_id}.plan").write_text(json.dumps(asdict(plan)))

    def release(self) -> None:
        (self.folder / "released").touch()

    def work(self, job_id: str, request: dict[str, Any]) -> None:
        """Record a start and follow the plan. Raises: OSError: the plan demands a failure."""
        self._append(f"{job_id}.starts", {"at": time.time(), "request": request})
        plan = Plan(**json.loads((self.folder / f"{job_id}.plan").read_text()))
        start = len(self.starts(job_id))
        deadline = time.monotonic() + HANG_TIMEOUT
        while start <= plan.waits and time.monotonic() < deadline and not self._released():
            time.sleep(0.01)
        if plan.waits < start <= plan.waits + plan.failures:
            raise OSError("not yet")

    def report_failure(self, job_id: str) -> None:
        self._append(f"{job_id}.failures", {})

    def starts(self, job_id: str) -> list[Start]:
        return [Start(**line) for line in self._lines(f"{job_id}.starts")]

    def reported_failures(self, job_id: str) -> int:
        """Return how often the job's final failure was reported."""
        return len(self._lines(f"{job_id}.failures"))

    def _released(self) -> bool:
        return (self.folder / "released").exists()

    def _append(self, name: str, line: dict[str, Any]) -> None:
        with (self.folder / name).open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _lines(self, name: str) -> list[dict[str, Any]]:
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def work(request: JobRequest) -> None:
    diary_of(request).work(request.job_id, {**request.arguments, "request_id": request.request_id})


def diary_of(request: JobRequest) -> JobDiary:
    return JobDiary(Path(request.arguments[FOLDER]))

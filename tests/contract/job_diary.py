"""Work for jobs that both runners can do, whose every start is written down where a test can read it.

Files are the one thing that a thread, a killed process and a function have in common with a test.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from shared.domain.job import JobRequest
from tests.waiting import HANG_TIMEOUT

FOLDER: Final = "diary"
"""The argument of a job that names the diary's folder."""


@dataclass(frozen=True)
class Plan:
    """The first ``waits`` starts wait until they are released; the ``failures`` after them fail."""

    waits: int = 0
    failures: int = 0


@dataclass(frozen=True)
class Start:
    at: float
    request: dict[str, Any]


class JobDiary:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self, job_id: str, plan: Plan) -> None:
        (self.folder / f"{job_id}.plan").write_text(json.dumps(asdict(plan)))

    def release(self) -> None:
        (self.folder / "released").touch()

    def work(self, job_id: str, request: dict[str, Any]) -> None:
        """Raises: OSError: the plan says so."""
        self._append(f"{job_id}.starts", {"at": time.time(), "request": request})
        plan = Plan(**json.loads((self.folder / f"{job_id}.plan").read_text()))
        start = len(self.starts(job_id))
        deadline = time.monotonic() + HANG_TIMEOUT
        while start <= plan.waits and time.monotonic() < deadline and not self._released():
            time.sleep(0.01)
        if plan.waits < start <= plan.waits + plan.failures:
            raise OSError("not yet")

    def tell(self, job_id: str) -> None:
        self._append(f"{job_id}.told", {})

    def starts(self, job_id: str) -> list[Start]:
        return [Start(**line) for line in self._lines(f"{job_id}.starts")]

    def told(self, job_id: str) -> int:
        """How often the job's failing for good was told."""
        return len(self._lines(f"{job_id}.told"))

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

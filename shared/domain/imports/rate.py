"""Rate of an import and its time left, computed when they are read."""

from datetime import datetime
from typing import NamedTuple

from shared.domain.imports.import_job import ImportJob, ImportStatus


class ImportRate(NamedTuple):
    """``files_per_second`` is the mean since the start of the attempt; both are None while unknown."""

    files_per_second: float | None
    seconds_left: float | None


def import_rate(job: ImportJob, moment: datetime) -> ImportRate:
    """Return the rate of a job at a moment. The time left is known once all files are listed."""
    if job.started_at is None:
        return ImportRate(None, None)
    end = moment if job.completed_at is None else datetime.fromisoformat(job.completed_at)
    seconds = (end - datetime.fromisoformat(job.started_at)).total_seconds()
    progress = job.progress
    ended = progress.imported + progress.failed + progress.skipped
    count = _files_at_work(job) - job.files_before
    if seconds <= 0 or count <= 0:
        return ImportRate(None, 0.0 if job.status.is_terminal else None)
    rate = count / seconds
    if job.status.is_terminal:
        return ImportRate(round(rate, 3), 0.0)
    left = max(0, progress.total_files - ended) / rate if job.is_listed else None
    return ImportRate(round(rate, 3), None if left is None else round(left, 1))


def _files_at_work(job: ImportJob) -> int:
    """Return how many files have ended by work. A cancellation skips files at once, without work."""
    done = job.progress.imported + job.progress.failed
    return done if job.status is ImportStatus.CANCELLED else done + job.progress.skipped

"""The rate of an import, and its time left."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.clock import isoformat
from shared.domain.imports.import_job import ImportJob, ImportProgress, ImportStatus
from shared.domain.imports.rate import import_rate

START = datetime(2026, 1, 1, tzinfo=UTC)


def _job(**changes: Any) -> ImportJob:
    started = {"started_at": isoformat(START)} | changes
    return ImportJob(job_id="imp_1", tenant_id="t", user_id="u", created_at=isoformat(START), **started)


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (_job(started_at=None), (None, None)),
        (_job(progress=ImportProgress(total_files=100)), (None, None)),
        (_job(progress=ImportProgress(total_files=100, imported=18, failed=1, skipped=1)), (2.0, 40.0)),
        (_job(progress=ImportProgress(total_files=100, imported=60), files_before=40), (2.0, 20.0)),
        (_job(progress=ImportProgress(total_files=100, imported=20), is_listed=False), (2.0, None)),
        (
            _job(
                progress=ImportProgress(total_files=40, imported=40),
                status=ImportStatus.COMPLETED,
                completed_at=isoformat(START + timedelta(seconds=5)),
            ),
            (8.0, 0.0),
        ),
        (_job(status=ImportStatus.COMPLETED), (None, 0.0)),
        (
            _job(
                progress=ImportProgress(total_files=1000, imported=29, failed=1, skipped=970),
                status=ImportStatus.CANCELLED,
                completed_at=isoformat(START + timedelta(seconds=10)),
            ),
            (3.0, 0.0),
        ),
    ],
)
def test_rate_after_ten_seconds(job: ImportJob, expected: tuple[float | None, float | None]) -> None:
    assert import_rate(job, START + timedelta(seconds=10)) == expected

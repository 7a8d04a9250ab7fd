"""States of import jobs."""

import pytest

from shared.domain.imports.import_job import ImportFailure, ImportJob, ImportPhase, ImportStatus

_FAILURE = ImportFailure(code="store_refused", message="No.", stage=ImportPhase.SCANNING, retryable=False)


@pytest.mark.parametrize(
    ("state", "has_ended"),
    [
        ({"is_listed": False}, False),
        ({"is_listed": True}, True),
        ({"is_listed": False, "listing_failure": _FAILURE}, True),
        ({"is_listed": False, "cancel_requested_at": "2026-01-01T00:00:00Z"}, True),
        ({"is_listed": False, "status": ImportStatus.FAILED}, True),
    ],
)
def test_listing_ends_when_no_more_files_are_added(state: dict[str, object], has_ended: bool) -> None:
    job = ImportJob(job_id="imp_1", tenant_id="t", user_id="u", created_at="2026-01-01T00:00:00Z")
    assert job.model_copy(update=state).listing_has_ended is has_ended

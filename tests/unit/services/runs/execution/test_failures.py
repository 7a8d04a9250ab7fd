"""Conversion of errors to failures. A rejected write is an internal error, and can be retried."""

import logging

import pytest

from shared.domain.errors import Conflict, RecordTooLarge, Unavailable, VersionConflict, WriteRejected
from shared.domain.keys import Key
from shared.services.runs.execution.failures import Failure, attempt, describe

KEY = Key("tenant#acme#runs", "run_1")


@pytest.mark.parametrize("error", [VersionConflict(KEY), RecordTooLarge(KEY, 500_000, 400_000)])
def test_rejected_write_is_internal_and_retryable(error: WriteRejected) -> None:
    assert describe(error) == Failure(error.message, "internal_error", retryable=True)
    assert "tenant#" not in describe(error).message


def test_rejected_write_is_logged_with_its_key(caplog: pytest.LogCaptureFixture) -> None:
    def work() -> None:
        raise VersionConflict(KEY)

    with caplog.at_level(logging.ERROR):
        assert attempt(work).failure == describe(VersionConflict(KEY))
    assert "tenant#acme#runs / run_1" in caplog.text


def test_domain_error_keeps_its_code_and_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    def work() -> None:
        raise Conflict("busy")

    assert attempt(work).failure == Failure("busy", "conflict", retryable=False)
    assert caplog.text == ""


def test_unavailable_store_ends_job() -> None:
    def work() -> None:
        raise Unavailable("no store")

    with pytest.raises(Unavailable):
        attempt(work)

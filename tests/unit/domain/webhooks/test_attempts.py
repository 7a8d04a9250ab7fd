from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.webhooks.answer import ReceiverAnswer
from shared.domain.webhooks.attempts import HOLD, LEASE, attempt_begun, attempt_ended, given_up, held
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus
from shared.domain.webhooks.retry_schedule import DELAYS
from tests.unit.domain.webhooks.webhooks import some_delivery

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _ended(delivery: Delivery, answer: ReceiverAnswer | None, error: str | None) -> Delivery:
    return attempt_ended(attempt_begun(delivery, NOON, "att_1"), NOON, answer, error, 0.0)


def _due(delivery: Delivery) -> timedelta:
    assert delivery.due_at is not None
    return datetime.fromisoformat(delivery.due_at) - NOON


def test_attempt_is_due_again_when_its_lease_ends() -> None:
    begun = attempt_begun(some_delivery(), NOON, "att_1")
    assert (begun.status, begun.attempts, begun.attempt_id) == (DeliveryStatus.PROCESSING, 1, "att_1")
    assert _due(begun) == LEASE


def test_accepted_delivery_has_ended() -> None:
    answer = ReceiverAnswer(204, "")
    ended = _ended(some_delivery(), answer, answer.error)
    assert (ended.status, ended.due_at, ended.next_retry_at) == (DeliveryStatus.DELIVERED, None, None)
    assert (ended.response_status_code, ended.error_message) == (204, None)
    assert ended.completed_at == "2026-01-01T12:00:00.000Z"


@pytest.mark.parametrize("status", [301, 400, 404, 422, 429, 500, 503])
def test_refused_delivery_is_retried(status: int) -> None:
    answer = ReceiverAnswer(status, "no")
    ended = _ended(some_delivery(), answer, answer.error)
    assert ended.status is DeliveryStatus.RETRYING
    assert ended.next_retry_at == ended.due_at
    assert _due(ended) == DELAYS[0]
    assert (ended.response_status_code, ended.response_body, ended.failures) == (status, "no", 1)
    assert ended.error_message is not None
    assert str(status) in ended.error_message


def test_missing_answer_is_retried_and_clears_former_answer() -> None:
    answer = ReceiverAnswer(500, "oops")
    ended = _ended(_ended(some_delivery(), answer, answer.error), None, "No connection.")
    assert (ended.response_status_code, ended.response_body) == (None, None)
    assert (ended.error_message, ended.failures) == ("No connection.", 2)


@pytest.mark.parametrize(("status", "seconds"), [(429, 100), (503, 100), (500, 5), (400, 5)])
def test_wait_is_taken_from_429_and_503_only(status: int, seconds: int) -> None:
    answer = ReceiverAnswer(status, "", retry_after_seconds=100.0)
    assert _due(_ended(some_delivery(), answer, answer.error)) == timedelta(seconds=seconds)


def test_delivery_fails_after_last_retry() -> None:
    answer = ReceiverAnswer(500, "")
    failed = _ended(some_delivery(failures=len(DELAYS)), answer, answer.error)
    assert (failed.status, failed.due_at) == (DeliveryStatus.FAILED, None)
    assert failed.completed_at is not None


def test_delivery_to_receiver_that_is_gone_fails_at_once() -> None:
    answer = ReceiverAnswer(410, "")
    assert _ended(some_delivery(), answer, answer.error).status is DeliveryStatus.FAILED


def test_interrupted_attempt_costs_no_retry() -> None:
    again = attempt_begun(attempt_begun(some_delivery(), NOON, "att_1"), NOON + LEASE, "att_2")
    assert (again.attempts, again.failures, again.attempt_id) == (2, 0, "att_2")


@pytest.mark.parametrize(("attempts", "status"), [(0, DeliveryStatus.PENDING), (1, DeliveryStatus.RETRYING)])
def test_held_delivery_keeps_attempts_and_retries(attempts: int, status: DeliveryStatus) -> None:
    waiting = held(some_delivery(attempts=attempts, failures=attempts), NOON, 1.0)
    assert (waiting.attempts, waiting.failures, waiting.status) == (attempts, attempts, status)
    assert _due(waiting) == HOLD


def test_delivery_that_is_given_up_tells_why() -> None:
    failed = given_up(some_delivery(), NOON, "The webhook is disabled.")
    assert (failed.status, failed.error_message) == (DeliveryStatus.FAILED, "The webhook is disabled.")


@pytest.mark.parametrize(("status", "word"), [(302, "Redirects"), (307, "final address"), (500, "500")])
def test_error_tells_owner_what_is_wrong(status: int, word: str) -> None:
    error = ReceiverAnswer(status).error
    assert error is not None
    assert word in error

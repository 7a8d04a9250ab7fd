"""The states of a delivery: before, in and after an attempt."""

from datetime import datetime, timedelta
from typing import Final

from shared.domain.clock import isoformat
from shared.domain.webhooks.answer import ReceiverAnswer
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus
from shared.domain.webhooks.retry_schedule import retry_delay

LEASE: Final = timedelta(seconds=20)
"""Time after which an attempt counts as interrupted, and the delivery is tried again. An attempt takes about
10 seconds at most, plus the time of a slow resolver."""

HOLD: Final = timedelta(minutes=15)
"""A delivery of a paused webhook is looked at again after this time at most. When the webhook becomes active,
it is due at once."""


def attempt_begun(delivery: Delivery, moment: datetime, attempt_id: str) -> Delivery:
    """Return the delivery in a new attempt. It is due again when the lease of the attempt ends."""
    return delivery.model_copy(
        update={
            "status": DeliveryStatus.PROCESSING,
            "attempts": delivery.attempts + 1,
            "attempt_id": attempt_id,
            "last_attempt_at": isoformat(moment),
            "next_retry_at": None,
            "due_at": isoformat(moment + LEASE),
            "held": False,
        }
    )


def attempt_ended(
    delivery: Delivery, moment: datetime, answer: ReceiverAnswer | None, error: str | None, spread: float
) -> Delivery:
    """Return the delivery after an attempt: delivered, waiting for its next attempt, or failed.

    ``error`` says why the attempt failed; without it the attempt succeeded. ``answer`` is None if none came.
    ``spread`` is a random number from 0 to 1.
    """
    answered = delivery.model_copy(
        update={
            "response_status_code": answer.status if answer else None,
            "response_body": answer.body if answer else None,
            "error_message": error,
        }
    )
    if error is None:
        return _ended(answered, moment, DeliveryStatus.DELIVERED)
    failures = delivery.failures + 1
    failed = answered.model_copy(update={"failures": failures})
    delay = retry_delay(failures, spread, wait_seconds=answer.wait_seconds if answer else 0.0)
    if delay is None or (answer is not None and answer.is_gone):
        return _ended(failed, moment, DeliveryStatus.FAILED)
    return _waiting(failed, moment + delay)


def held(delivery: Delivery, moment: datetime, spread: float) -> Delivery:
    """Return a delivery whose webhook is paused. It waits without an attempt, and its retries stay."""
    waiting = _waiting(delivery, moment + HOLD * (1 + spread) / 2)
    return waiting.model_copy(update={"held": True})


def released(delivery: Delivery, moment: datetime) -> Delivery:
    """Return a waiting delivery that does not wait any longer. Its retries stay."""
    return _waiting(delivery, moment)


def requeued(delivery: Delivery, moment: datetime) -> Delivery:
    """Return a delivery that is due at ``moment`` and has all its retries before it. ``attempts`` goes on."""
    return _waiting(delivery, moment).model_copy(update={"failures": 0, "completed_at": None})


def given_up(delivery: Delivery, moment: datetime, reason: str) -> Delivery:
    """Return a delivery that fails without another attempt."""
    return _ended(delivery.model_copy(update={"error_message": reason}), moment, DeliveryStatus.FAILED)


def _waiting(delivery: Delivery, until: datetime) -> Delivery:
    status = DeliveryStatus.RETRYING if delivery.attempts else DeliveryStatus.PENDING
    return delivery.model_copy(
        update={
            "status": status,
            "due_at": isoformat(until),
            "next_retry_at": isoformat(until),
            "held": False,
        }
    )


def _ended(delivery: Delivery, moment: datetime, status: DeliveryStatus) -> Delivery:
    return delivery.model_copy(
        update={
            "status": status,
            "due_at": None,
            "next_retry_at": None,
            "completed_at": isoformat(moment),
            "held": False,
        }
    )

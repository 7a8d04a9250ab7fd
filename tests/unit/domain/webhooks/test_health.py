from datetime import UTC, datetime, timedelta

from shared.domain.webhooks.health import (
    DISABLE_AFTER,
    GONE,
    LONGEST_GAP,
    SUCCESS_INTERVAL,
    after_failure,
    after_success,
)
from shared.domain.webhooks.retry_schedule import DELAYS, JITTER
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from tests.unit.domain.webhooks.webhooks import some_webhook

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _failing(webhook: Webhook, span: timedelta, *, every: timedelta = HOUR) -> Webhook:
    """Return the webhook after failures from noon on."""
    moment = NOON
    while moment <= NOON + span:
        webhook = after_failure(webhook, moment, gone=False)
        moment += every
    return webhook


def test_success_clears_failures() -> None:
    failed = after_failure(some_webhook(), NOON, gone=False)
    assert (failed.failure_count, failed.failing_since) == (1, "2026-01-01T12:00:00.000Z")
    healed = after_success(failed, NOON + HOUR)
    assert (healed.failure_count, healed.failing_since) == (0, None)
    assert healed.last_success_at == "2026-01-01T13:00:00.000Z"
    assert healed.last_failure_at == "2026-01-01T12:00:00.000Z"


def test_successes_close_together_change_nothing() -> None:
    first = after_success(some_webhook(), NOON)
    assert after_success(first, NOON + SUCCESS_INTERVAL / 2) is first
    assert after_success(first, NOON + SUCCESS_INTERVAL).last_success_at == "2026-01-01T12:00:01.000Z"


def test_success_right_after_failure_is_noted() -> None:
    webhook = after_failure(after_success(some_webhook(), NOON), NOON, gone=False)
    assert after_success(webhook, NOON).failure_count == 0


def test_webhook_that_fails_for_five_days_is_disabled() -> None:
    assert _failing(some_webhook(), DISABLE_AFTER - HOUR).status is WebhookStatus.ACTIVE
    disabled = _failing(some_webhook(), DISABLE_AFTER)
    assert disabled.status is WebhookStatus.DISABLED
    assert disabled.disabled_reason == "No delivery has succeeded for 5 days."


def test_outages_weeks_apart_do_not_disable() -> None:
    webhook = after_failure(some_webhook(), NOON, gone=False)
    later = after_failure(webhook, NOON + timedelta(weeks=2), gone=False)
    assert later.status is WebhookStatus.ACTIVE
    assert later.failure_count == 2


def test_retries_of_one_delivery_are_one_period_of_failure() -> None:
    assert max(DELAYS) * (1 + JITTER) < LONGEST_GAP


def test_receiver_that_is_gone_disables_at_once() -> None:
    for status in (WebhookStatus.ACTIVE, WebhookStatus.PAUSED):
        disabled = after_failure(some_webhook(status=status), NOON, gone=True)
        assert (disabled.status, disabled.disabled_reason) == (WebhookStatus.DISABLED, GONE)


def test_paused_webhook_is_not_disabled_by_late_failures() -> None:
    paused = _failing(some_webhook(status=WebhookStatus.PAUSED), DISABLE_AFTER + HOUR)
    assert paused.status is WebhookStatus.PAUSED


def test_reason_of_disabled_webhook_is_kept() -> None:
    disabled = after_failure(some_webhook(), NOON, gone=True)
    assert _failing(disabled, DISABLE_AFTER + HOUR).disabled_reason == GONE

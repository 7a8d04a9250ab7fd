"""The health of a webhook: its last success, its failures, and when the server disables it."""

from datetime import datetime, timedelta
from typing import Final

from shared.domain.clock import isoformat
from shared.domain.webhooks.webhook import Webhook, WebhookStatus

DISABLE_AFTER: Final = timedelta(days=5)
"""A webhook is disabled if it has failed for this time without a success. It is longer than all retries of
one delivery, so that an outage of three days costs no event."""

LONGEST_GAP: Final = timedelta(hours=24)
"""After so long without an attempt, the next failure begins a new period. Two short outages, weeks apart, are
therefore not one long outage. Retries of one delivery are closer together."""

SUCCESS_INTERVAL: Final = timedelta(seconds=1)
"""Of the successes in this interval, only the first is noted, so that deliveries in parallel do not compete
for the record of their webhook."""

GONE: Final = "The receiver answered with status 410: it wants no more deliveries."
SUSTAINED_FAILURE: Final = f"No delivery has succeeded for {DISABLE_AFTER.days} days."


def after_success(webhook: Webhook, moment: datetime) -> Webhook:
    """Return the webhook after a successful attempt; an equal one if there is nothing to note."""
    last = webhook.last_success_at
    is_recent = last is not None and last > isoformat(moment - SUCCESS_INTERVAL)
    if is_recent and webhook.failure_count == 0:
        return webhook
    return webhook.model_copy(
        update={"failure_count": 0, "failing_since": None, "last_success_at": isoformat(moment)}
    )


def after_failure(webhook: Webhook, moment: datetime, *, gone: bool) -> Webhook:
    """Return the webhook after a failed attempt. It is disabled after sustained failure, and at once if the
    receiver is ``gone``."""
    since = _failing_since(webhook, moment)
    failed = webhook.model_copy(
        update={
            "failure_count": webhook.failure_count + 1,
            "failing_since": since,
            "last_failure_at": isoformat(moment),
        }
    )
    if gone and webhook.status is not WebhookStatus.DISABLED:
        return _disabled(failed, GONE)
    if webhook.status is WebhookStatus.ACTIVE and since <= isoformat(moment - DISABLE_AFTER):
        return _disabled(failed, SUSTAINED_FAILURE)
    return failed


def _failing_since(webhook: Webhook, moment: datetime) -> str:
    last = webhook.last_failure_at
    if webhook.failing_since is None or last is None or last < isoformat(moment - LONGEST_GAP):
        return isoformat(moment)
    return webhook.failing_since


def _disabled(webhook: Webhook, reason: str) -> Webhook:
    return webhook.model_copy(update={"status": WebhookStatus.DISABLED, "disabled_reason": reason})

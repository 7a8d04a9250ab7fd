"""Which events a webhook subscribes to."""

from datetime import datetime, timedelta
from typing import Final

from shared.domain.clock import isoformat
from shared.domain.events.event import Event
from shared.domain.webhooks.webhook import Webhook, WebhookStatus

CLOCK_DIFFERENCE: Final = timedelta(minutes=1)
"""Events that are older than their webhook by more than this are not delivered to it. Clocks of different
machines, and of the writer of an event and its commit, differ by less."""


def matches(webhook: Webhook, event: Event) -> bool:
    """Return whether an event passes the filters of a webhook. An event that belongs to no index passes every
    index filter."""
    return event.event_type in webhook.events and (
        event.index_id is None or webhook.index_ids is None or event.index_id in webhook.index_ids
    )


def subscribes(webhook: Webhook, event: Event) -> bool:
    """Return whether a new event is to be delivered to a webhook.

    A paused or disabled webhook gets none, and a new webhook gets none from before its creation.
    """
    return (
        webhook.status is WebhookStatus.ACTIVE
        and matches(webhook, event)
        and event.created_at >= isoformat(datetime.fromisoformat(webhook.created_at) - CLOCK_DIFFERENCE)
    )

"""Services that tell clients of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room
from shared.services.records.event_log import EventLog

if TYPE_CHECKING:
    from shared.services.notifications.delivery_attempts import DeliveryAttempts
    from shared.services.notifications.delivery_queue import DeliveryQueue
    from shared.services.notifications.fan_out import WebhookFanOut


class NotificationsRoom(Room):
    """The event log, webhooks and the live stream."""

    @lazy
    def event_log(self) -> EventLog:
        return EventLog(self._documents)

    @lazy
    def delivery_queue(self) -> DeliveryQueue:
        from shared.services.notifications.delivery_queue import DeliveryQueue

        return DeliveryQueue(self._documents, self._ports.timer)

    @lazy
    def fan_out(self) -> WebhookFanOut:
        from shared.services.notifications.fan_out import WebhookFanOut

        return WebhookFanOut(self._documents, self.delivery_queue)

    @lazy
    def delivery_attempts(self) -> DeliveryAttempts:
        from shared.services.notifications.delivery_attempts import DeliveryAttempts

        ports = self._ports
        return DeliveryAttempts(
            self._documents, self.delivery_queue, ports.webhook_sender, ports.tenant_secrets
        )

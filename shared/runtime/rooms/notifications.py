"""Services that tell clients of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room
from shared.services.records.event_log import EventLog

if TYPE_CHECKING:
    from shared.services.notifications.deliveries import Deliveries
    from shared.services.notifications.delivery_attempts import DeliveryAttempts
    from shared.services.notifications.delivery_queue import DeliveryQueue
    from shared.services.notifications.fan_out import WebhookFanOut
    from shared.services.notifications.live_stream import LiveStream
    from shared.services.notifications.replays import Replays
    from shared.services.notifications.stream_tickets import StreamTickets
    from shared.services.notifications.trial_deliveries import TrialDeliveries
    from shared.services.notifications.webhook_erasures import WebhookErasures
    from shared.services.notifications.webhook_secrets import WebhookSecrets
    from shared.services.notifications.webhooks import Webhooks
    from shared.services.records.dead_letters import DeadLetters


class NotificationsRoom(Room):
    """The event log, webhooks and the live stream."""

    @lazy
    def event_log(self) -> EventLog:
        return EventLog(self._documents)

    @lazy
    def dead_letters(self) -> DeadLetters:
        from shared.services.records.dead_letters import DeadLetters

        return DeadLetters(self._documents)

    @lazy
    def delivery_queue(self) -> DeliveryQueue:
        from shared.services.notifications.delivery_queue import DeliveryQueue

        return DeliveryQueue(self._documents, self._ports.timer)

    @lazy
    def webhooks(self) -> Webhooks:
        from shared.services.notifications.held_deliveries import HeldDeliveries
        from shared.services.notifications.webhooks import Webhooks

        return Webhooks(
            self._documents,
            self.webhook_secrets,
            self._ports.webhook_sender,
            HeldDeliveries(self._documents, self.delivery_queue),
            max_webhooks=self._ports.settings.max_webhooks,
        )

    @lazy
    def webhook_secrets(self) -> WebhookSecrets:
        from shared.services.notifications.webhook_secrets import WebhookSecrets

        return WebhookSecrets(self._documents, self._ports.tenant_secrets)

    @lazy
    def webhook_erasures(self) -> WebhookErasures:
        from shared.services.notifications.webhook_erasures import WebhookErasures

        return WebhookErasures(self._documents, self._ports.tenant_secrets, self._ports.timer)

    @lazy
    def trial_deliveries(self) -> TrialDeliveries:
        from shared.services.notifications.trial_deliveries import TrialDeliveries

        return TrialDeliveries(self._documents, self._ports.tenant_secrets, self._ports.webhook_sender)

    @lazy
    def deliveries(self) -> Deliveries:
        from shared.services.notifications.deliveries import Deliveries

        return Deliveries(self._documents, self.delivery_queue, self.event_log)

    @lazy
    def replays(self) -> Replays:
        from shared.services.notifications.replays import Replays

        return Replays(self._documents, self.delivery_queue, self.event_log)

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

    @lazy
    def live_stream(self) -> LiveStream:
        from shared.services.notifications.live_stream import LiveStream

        return LiveStream(self.event_log)

    @lazy
    def stream_tickets(self) -> StreamTickets:
        from shared.services.notifications.stream_tickets import StreamTickets

        return StreamTickets(self._documents)

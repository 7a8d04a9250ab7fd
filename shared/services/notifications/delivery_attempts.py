"""Attempts of deliveries.

An attempt has two transactions. The first claims the delivery: it names the attempt and moves the due record
to the end of a lease, so that the delivery is tried again if the process dies. The second stores the outcome,
unless another attempt has begun since. The request to the receiver is sent between them, so it may be sent
twice; receivers drop the second by ``X-Delivery-ID``.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from shared.domain import clock, keys
from shared.domain.due import Due
from shared.domain.events.event import Event
from shared.domain.ids import ATTEMPT, new_id
from shared.domain.webhooks import attempts
from shared.domain.webhooks.answer import ReceiverAnswer
from shared.domain.webhooks.delivery import Delivery, webhook_of
from shared.domain.webhooks.envelope import Envelope, delivery_headers
from shared.domain.webhooks.signature import signature_headers
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from shared.ports.records import Write
from shared.ports.secrets import TenantSecrets
from shared.ports.webhook_sender import SendFailed, WebhookSender
from shared.services.notifications.delivery_queue import (
    DeliveryQueue,
    change_writes,
    delivery_key,
    due_of,
    erase_writes,
)
from shared.services.notifications.signing import signing_secrets
from shared.services.notifications.webhook_health import health_writes
from shared.services.records.documents import Batch, Documents
from shared.services.records.due_work import due_delete
from shared.services.records.event_log import EventLog
from shared.services.records.transact import Decision


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An attempt that has been claimed. ``delivery`` is in the state that the claim stored."""

    delivery: Delivery
    webhook: Webhook
    event: Event


@dataclass(frozen=True, slots=True)
class _Outcome:
    """``error`` says why the attempt failed; it is None after a success. ``answer`` is None if none came."""

    answer: ReceiverAnswer | None
    error: str | None


class DeliveryAttempts:
    """Does the work of due records of deliveries: claims, sends, and stores the outcome."""

    def __init__(
        self,
        documents: Documents,
        queue: DeliveryQueue,
        sender: WebhookSender,
        secrets: TenantSecrets,
        *,
        now: Callable[[], datetime] = clock.now,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._documents = documents
        self._log = EventLog(documents)
        self._queue = queue
        self._sender = sender
        self._secrets = secrets
        self._now = now
        self._spread = spread

    def handle(self, due: Due) -> bool:
        """Try a delivery that is due. Return False if the receiver was asked and did not accept it.

        A due record that has been handled or moved since has no effect. A delivery whose webhook is paused is
        held. It fails if the webhook has been disabled, and is erased if the webhook or the event is gone.

        Raises:
            Unavailable: a store does not answer. The delivery is tried again when its lease ends.
        """
        attempt = self._claimed(due)
        if attempt is None:
            return True
        outcome = self._send(attempt)
        self._settle(attempt.delivery, outcome)
        return outcome.error is None

    def _claimed(self, due: Due) -> _Attempt | None:
        return self._documents.transact(lambda: self._claim(due))

    def _claim(self, due: Due) -> Decision[_Attempt | None]:
        """Decide what becomes of due work: an attempt, or the end of it."""
        found, delivery, webhook = self._read(due.tenant_id, due.subject)
        if delivery is None or due_of(delivery) != due:
            return Decision(None, self._removal(due))
        event = self._log.get(due.tenant_id, delivery.event_id)
        if webhook is None or event is None or not delivery.belongs_to(webhook):
            return Decision(None, erase_writes(delivery))
        moment = self._now()
        attempt: _Attempt | None = None
        match webhook.status:
            case WebhookStatus.ACTIVE:
                after = attempts.attempt_begun(delivery, moment, new_id(ATTEMPT))
                attempt = _Attempt(after, webhook, event)
            case WebhookStatus.PAUSED:
                after = attempts.held(delivery, moment, self._spread())
            case WebhookStatus.DISABLED:
                reason = f"The webhook is disabled. {webhook.disabled_reason or ''}".strip()
                after = attempts.given_up(delivery, moment, reason)
            case _:
                assert_never(webhook.status)
        version = found.version(delivery_key(delivery))
        return Decision(attempt, change_writes(delivery, after, expected_version=version))

    def _removal(self, due: Due) -> list[Write]:
        """Remove a due record that belongs to no delivery. A record that has been moved is not there."""
        return [due_delete(due)] if self._documents.get(Due, due.key) else []

    def _send(self, attempt: _Attempt) -> _Outcome:
        moment = self._now()
        delivery, webhook = attempt.delivery, attempt.webhook
        body = Envelope.of(attempt.event, webhook).body()
        headers = delivery_headers(
            webhook.webhook_id,
            attempt.event.event_type,
            delivery_id=delivery.delivery_id,
            attempt_id=delivery.attempt_id,
        )
        try:
            secrets = signing_secrets(self._secrets, webhook, moment)
            headers |= signature_headers(secrets, delivery.delivery_id, moment, body)
            answer = self._sender.send(webhook.url, body, headers)
        except SendFailed as error:
            return _Outcome(None, str(error))
        return _Outcome(answer, answer.error)

    def _settle(self, claimed: Delivery, outcome: _Outcome) -> None:
        """Store the outcome, and the health of the webhook with it."""
        spread = self._spread()
        after = self._documents.transact(
            lambda: self._settlement(claimed, outcome, spread),
            # If many attempts at once change the webhook, it counts one failure less.
            contended=lambda: self._settlement(claimed, outcome, spread, with_health=False),
        )
        if after is not None:
            self._queue.announce([after])

    def _settlement(
        self, claimed: Delivery, outcome: _Outcome, spread: float, *, with_health: bool = True
    ) -> Decision[Delivery | None]:
        found, delivery, webhook = self._read(claimed.tenant_id, claimed.delivery_id)
        if delivery is None or delivery.attempt_id != claimed.attempt_id or delivery.due_at != claimed.due_at:
            return Decision(None)
        moment = self._now()
        after = attempts.attempt_ended(delivery, moment, outcome.answer, outcome.error, spread)
        version = found.version(delivery_key(delivery))
        writes = change_writes(delivery, after, expected_version=version)
        if webhook is not None and delivery.belongs_to(webhook) and with_health:
            at_webhook = keys.webhook(webhook.tenant_id, webhook.webhook_id)
            writes += health_writes(
                webhook, moment, outcome.answer, outcome.error, expected_version=found.version(at_webhook)
            )
        return Decision(after, writes)

    def _read(self, tenant: str, delivery: str) -> tuple[Batch, Delivery | None, Webhook | None]:
        webhook = webhook_of(delivery)
        if webhook is None:
            raise ValueError(f"{delivery!r} is no id of a delivery")
        at_delivery = keys.webhook_delivery(tenant, webhook, delivery)
        at_webhook = keys.webhook(tenant, webhook)
        found = self._documents.batch([at_delivery, at_webhook])
        return found, found.get(Delivery, at_delivery), found.get(Webhook, at_webhook)

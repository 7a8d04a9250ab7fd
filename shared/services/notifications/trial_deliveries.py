"""Trial deliveries: one signed request to a webhook's receiver, while the client waits."""

from dataclasses import dataclass

from shared.domain import clock
from shared.domain.access import Caller
from shared.domain.webhooks.envelope import Envelope, delivery_headers
from shared.domain.webhooks.signature import signature_headers
from shared.ports.secrets import TenantSecrets
from shared.ports.webhook_sender import SendFailed, WebhookSender
from shared.services.notifications.signing import signing_secrets
from shared.services.notifications.webhook_access import live_webhook
from shared.services.records.documents import Documents


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """What became of a trial. ``status_code`` is None if no answer came; ``error`` is None on success."""

    status_code: int | None
    error: str | None

    @property
    def success(self) -> bool:
        return self.error is None


class TrialDeliveries:
    """Sends the event ``test``. It is in no list of deliveries, is not retried, and changes no counter."""

    def __init__(self, documents: Documents, secrets: TenantSecrets, sender: WebhookSender) -> None:
        self._documents = documents
        self._secrets = secrets
        self._sender = sender

    def send(self, caller: Caller, webhook_id: str) -> TrialOutcome:
        """Send one test delivery, whatever the status of the webhook. It takes about 10 seconds at most.

        Raises: NotFound. Unavailable.
        """
        webhook = live_webhook(self._documents, caller.tenant_id, webhook_id)
        moment = clock.now()
        envelope = Envelope.test(webhook, moment)
        body = envelope.body()
        headers = delivery_headers(webhook_id, envelope.event)
        try:
            secrets = signing_secrets(self._secrets, webhook, moment)
            headers |= signature_headers(secrets, envelope.id, moment, body)
            answer = self._sender.send(webhook.url, body, headers)
        except SendFailed as failure:
            return TrialOutcome(None, str(failure))
        return TrialOutcome(answer.status, answer.error)

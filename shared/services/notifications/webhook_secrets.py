"""Secrets of webhooks: creation, reading, rotation."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.domain import clock, keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound, Unavailable
from shared.domain.webhooks.identity import new_secret
from shared.domain.webhooks.webhook import Webhook
from shared.ports.secrets import TenantSecrets
from shared.services.notifications.webhook_access import live_webhook
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

PREVIOUS_SECRET_LIFE: Final = timedelta(hours=24)
"""Time for which the replaced secret still signs, next to the new one."""


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A secret as the receiver knows it, and its version in the store."""

    text: str
    version: str


@dataclass(frozen=True, slots=True)
class _Rotation:
    """A rotation that is stored. ``retired`` is the version that no longer signs, if there is one."""

    webhook: Webhook
    retired: str | None


class WebhookSecrets:
    """Secrets of webhooks. A webhook's record names the versions that sign."""

    def __init__(self, documents: Documents, secrets: TenantSecrets) -> None:
        self._documents = documents
        self._secrets = secrets

    def add(self, tenant_id: str, webhook_id: str) -> StoredSecret:
        """Store a new secret. It signs once a record names its version. Raises: Unavailable."""
        text = new_secret()
        return StoredSecret(text, self._secrets.put(tenant_id, webhook_id, text.encode()))

    def read(self, webhook: Webhook) -> str:
        """Read the secret that signs. Raises: Unavailable."""
        return self._secrets.read(webhook.tenant_id, webhook.secret_name, webhook.secret_version).decode()

    def drop(self, tenant_id: str, webhook_id: str, version: str) -> None:
        """Delete a version that no record names. If the store does not answer, the version is left: nothing
        uses it, and the next rotation makes others."""
        with suppress(Unavailable):
            self._secrets.delete_version(tenant_id, webhook_id, version)

    def rotate(self, caller: Caller, webhook_id: str) -> str:
        """Replace the secret and return the new one. The replaced secret signs too for another 24 hours; the
        one before it ends at once.

        Raises: NotFound. Unavailable.
        """
        live_webhook(self._documents, caller.tenant_id, webhook_id)
        secret = self.add(caller.tenant_id, webhook_id)

        def decide() -> Decision[_Rotation]:
            record = self._documents.records.get(keys.webhook(caller.tenant_id, webhook_id))
            if record is None:
                raise NotFound("webhook", webhook_id)
            before = Webhook.model_validate(record.body)
            after = _rotated(before, secret.version)
            rotation = _Rotation(after, before.previous_secret_version)
            return Decision(rotation, [put(record.key, after, expected_version=record.version)])

        try:
            rotation = self._documents.transact(decide)
        except NotFound:
            self.drop(caller.tenant_id, webhook_id, secret.version)
            raise
        if rotation.retired is not None:
            self.drop(caller.tenant_id, webhook_id, rotation.retired)
        return secret.text


def _rotated(webhook: Webhook, version: str) -> Webhook:
    moment = clock.now()
    return webhook.model_copy(
        update={
            "secret_version": version,
            "previous_secret_version": webhook.secret_version,
            "previous_secret_until": clock.isoformat(moment + PREVIOUS_SECRET_LIFE),
            "updated_at": clock.isoformat(moment),
        }
    )

"""The secrets that sign the deliveries of a webhook at a moment."""

from contextlib import suppress
from datetime import datetime

from shared.domain.clock import isoformat
from shared.domain.errors import NotFound
from shared.domain.webhooks.signature import SigningSecrets
from shared.domain.webhooks.webhook import Webhook
from shared.ports.secrets import TenantSecrets


def signing_secrets(secrets: TenantSecrets, webhook: Webhook, moment: datetime) -> SigningSecrets:
    """Read the secret of a webhook and, until its time is over, the previous one.

    Raises:
        NotFound: the secret is gone, because the webhook has been deleted or rotated since it was read.
        Unavailable: the store of secrets does not answer.
    """
    current = secrets.read(webhook.tenant_id, webhook.secret_name, webhook.secret_version)
    previous, until = webhook.previous_secret_version, webhook.previous_secret_until
    if previous is None or until is None or isoformat(moment) >= until:
        return SigningSecrets(current)
    with suppress(NotFound):
        return SigningSecrets(current, secrets.read(webhook.tenant_id, webhook.secret_name, previous))
    return SigningSecrets(current)

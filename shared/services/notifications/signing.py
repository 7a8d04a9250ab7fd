"""The secrets that sign the deliveries of a webhook at a moment."""

from contextlib import suppress
from datetime import datetime

from shared.domain.clock import isoformat
from shared.domain.errors import NotFound
from shared.domain.webhooks.signature import SigningSecrets
from shared.domain.webhooks.webhook import Webhook
from shared.ports.secrets import TenantSecrets
from shared.ports.webhook_sender import SendFailed


def signing_secrets(secrets: TenantSecrets, webhook: Webhook, moment: datetime) -> SigningSecrets:
    """Read the secret of a webhook and, until its time is over, the previous one.

    Raises:
        SendFailed: the secret is gone. The webhook has been deleted or rotated since it was read, or the
            store has lost it.
        Unavailable: the store of secrets does not answer.
    """
    try:
        current = secrets.read(webhook.tenant_id, webhook.secret_name, webhook.secret_version)
    except NotFound as error:
        raise SendFailed("The secret of the webhook is missing. Rotate it to get a new one.") from error
    previous, until = webhook.previous_secret_version, webhook.previous_secret_until
    if previous is None or until is None or isoformat(moment) >= until:
        return SigningSecrets(current)
    with suppress(NotFound):
        return SigningSecrets(current, secrets.read(webhook.tenant_id, webhook.secret_name, previous))
    return SigningSecrets(current)

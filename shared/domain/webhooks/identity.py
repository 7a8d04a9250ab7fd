"""The id and the secret of a new webhook."""

import base64
import hashlib
import secrets
from typing import Final

from ulid import ULID

from shared.domain.ids import WEBHOOK
from shared.domain.webhooks.signature import KEY_PREFIX

_SECRET_BYTES: Final = 32


def webhook_id_of(tenant_id: str, idempotency_key: str) -> str:
    """Return the id of the webhook that a request with ``idempotency_key`` creates.

    It follows from tenant and key, so that the live webhook is the receipt of its creation: a repeated
    request finds it, and after its deletion the same request makes the same id again. It has 128 bits of a
    SHA-256.
    """
    digest = hashlib.sha256(f"{tenant_id}\n{idempotency_key}".encode()).digest()
    return f"{WEBHOOK}_{ULID(digest[:16])}"


def new_secret() -> str:
    """Return a new secret: ``whsec_`` and 32 random bytes in Base64, as Standard Webhooks 1.0.0 has it."""
    return KEY_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()

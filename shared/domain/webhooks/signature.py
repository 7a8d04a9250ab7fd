"""Signatures of deliveries.

``X-Webhook-Signature`` is the header of the public API: ``sha256=`` and the hexadecimal HMAC-SHA256 of the
exact body. Its key is the text of the secret. The headers ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature`` follow Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): they also cover the
id and the time, and carry a signature of each secret that is valid.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

KEY_PREFIX: Final = "whsec_"
"""Start of every secret. Base64 of the key of Standard Webhooks follows."""


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    """The secrets of a webhook as UTF-8 text. ``previous`` is valid for 24 hours after a rotation."""

    current: bytes
    previous: bytes | None = None


def signature_headers(
    secrets: SigningSecrets, message_id: str, moment: datetime, body: bytes
) -> dict[str, str]:
    """Build the headers that sign ``body``.

    ``message_id`` is the same in all attempts of one delivery, and ``moment`` is the time of the attempt.
    """
    seconds = int(moment.timestamp())
    signed = f"{message_id}.{seconds}.".encode() + body
    valid = [secrets.current] if secrets.previous is None else [secrets.current, secrets.previous]
    return {
        "X-Webhook-Signature": f"sha256={hmac.new(secrets.current, body, hashlib.sha256).hexdigest()}",
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(_standard_signature(secret, signed) for secret in valid),
    }


def _standard_signature(secret: bytes, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(KEY_PREFIX.encode()))
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"

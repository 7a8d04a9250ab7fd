import base64
import secrets
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from shared.domain.clock import now
from shared.domain.webhooks.signature import KEY_PREFIX, SigningSecrets, signature_headers

BODY = '{"id":"evt_1","data":{"title":"Grüße \U0001f600"}}'.encode()


def _secret() -> bytes:
    return (KEY_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()).encode()


def test_standard_signature_passes_independent_verifier() -> None:
    secret = _secret()
    headers = signature_headers(SigningSecrets(secret), "dlv_1", now(), BODY)
    assert Verifier(secret.decode()).verify(BODY, headers)["id"] == "evt_1"


def test_both_secrets_verify_after_rotation() -> None:
    old, new = _secret(), _secret()
    headers = signature_headers(SigningSecrets(new, old), "dlv_1", now(), BODY)
    for secret in (old, new):
        Verifier(secret.decode()).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(_secret().decode()).verify(BODY, headers)


@pytest.mark.parametrize("changed", [{"webhook-id": "dlv_2"}, {"webhook-timestamp": "1"}])
def test_standard_signature_covers_id_and_time(changed: dict[str, str]) -> None:
    secret = _secret()
    headers = signature_headers(SigningSecrets(secret), "dlv_1", now(), BODY) | changed
    with pytest.raises(WebhookVerificationError):
        Verifier(secret.decode()).verify(BODY, headers)


def test_contract_signature_has_text_of_current_secret_as_key() -> None:
    # openssl dgst -sha256 -hmac whsec_AAAA
    headers = signature_headers(SigningSecrets(b"whsec_AAAA", _secret()), "dlv_1", datetime.now(UTC), b"body")
    expected = "6791c6359a768971b05581bb5e34770f5a890fd0ce39f5b7035c74ecdf0f0ac5"
    assert headers["X-Webhook-Signature"] == f"sha256={expected}"

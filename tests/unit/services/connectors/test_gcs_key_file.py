import json
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.domain.errors import InvalidRequest
from shared.services.connectors.gcs_key_file import TOKEN_URI, parse_key_file


@cache
def pem(*, elliptic: bool = False) -> str:
    """Return a private key of RSA, as Google's are, or of an elliptic curve."""
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def key_file(**changes: Any) -> dict[str, Any]:
    """Return the content of a key file, as the Google Cloud console makes it, with changes."""
    return {
        "type": "service_account",
        "project_id": "my-project",
        "private_key_id": "0123456789abcdef",
        "private_key": pem(),
        "client_email": "films@my-project.iam.gserviceaccount.com",
        "client_id": "1234567890",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": TOKEN_URI,
        "universe_domain": "googleapis.com",
    } | changes


def test_only_required_fields_are_kept() -> None:
    found = parse_key_file(json.dumps(key_file(gcs_base_url="http://127.0.0.1")).encode())
    kept = found.model_dump(mode="json")
    assert set(kept) == {"kind", "project_id", "private_key_id", "private_key", "client_email", "token_uri"}
    assert found.private_key.get_secret_value() == pem()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "authorized_user"}, "type"),
        ({"project_id": "planted\ud800"}, "project_id"),
        ({"private_key": "planted\ud800"}, "private_key"),
        ({"type": "external_account"}, "type"),
        ({"token_uri": "https://evil.example/token"}, "token_uri"),
        ({"token_uri": f"{TOKEN_URI}/"}, "token_uri"),
        ({"token_uri": None}, "token_uri"),
        ({"project_id": ""}, "project_id"),
        ({"private_key_id": 5}, "private_key_id"),
        ({"client_email": "a\r\nb"}, "client_email"),
        ({"client_email": "a" * 257}, "client_email"),
        ({"private_key": "planted"}, "private_key"),
        ({"private_key": ["planted"]}, "private_key"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n"}, "private_key"),
        ({"private_key": "planted" * 2000}, "private_key"),
        ({"private_key": "\ud800"}, "private_key"),
    ],
)
def test_unusable_key_file_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_key_file(json.dumps(key_file(**changes)).encode())
    assert refused.value.field == f"credentials_file.{field}"
    assert "planted" not in refused.value.message


def test_key_that_is_not_rsa_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="private_key: must be an RSA private key"):
        parse_key_file(json.dumps(key_file(private_key=pem(elliptic=True))).encode())


def test_numbers_of_key_are_not_tested_for_primality() -> None:
    """Such a test takes seconds for a large key, and no other request is answered meanwhile."""
    p, q, d = 3 * (2**1022 + 1), 3 * (2**1021 + 5), 65537
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), 1, rsa.RSAPublicNumbers(65537, p * q))
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(ValueError, match="key"):
        load_pem_private_key(text.encode(), None)
    found = parse_key_file(json.dumps(key_file(private_key=text)).encode())
    assert found.private_key.get_secret_value() == text


def test_private_key_over_4_kib_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="private_key: must be an RSA private key"):
        parse_key_file(json.dumps(key_file(private_key=pem() + "\n" * 4096)).encode())


@pytest.mark.parametrize("content", [b"", b"planted", b"[]", b"\xff", b"[" * 60000, b" " * 65537])
def test_file_that_is_no_key_file_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_key_file(content)
    assert refused.value.field == "credentials_file"
    assert "planted" not in refused.value.message

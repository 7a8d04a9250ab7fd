"""The key file of a Google service account, as the Google Cloud console makes it (JSON)."""

import json
from typing import Any, Final

from pydantic import SecretStr

from shared.domain.connectors.credentials import GcsServiceAccount
from shared.domain.connectors.rules import check_credential
from shared.domain.errors import InvalidRequest

MAX_KEY_FILE_BYTES: Final = 64 * 1024
TOKEN_URI: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a secret

_MAX_PEM_CHARACTERS: Final = 4 * 1024
"""A key of 4,096 bits, the largest that the library of the stores uses, has 3,300 characters. Google's keys
have 2,048 bits."""

_SHORT_FIELDS: Final = ("project_id", "private_key_id", "client_email")


def parse_key_file(content: bytes, field: str = "credentials_file") -> GcsServiceAccount:
    """Read a key file, and keep its required fields only.

    Raises: InvalidRequest: the file is no key of a service account; names ``field`` and the cause, and never
        has a value of the file.
    """
    if not 1 <= len(content) <= MAX_KEY_FILE_BYTES:
        raise InvalidRequest(field, f"must have 1 to {MAX_KEY_FILE_BYTES} bytes")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise InvalidRequest(field, "must be the JSON key file of a service account") from None
    return service_account(document, field)


def service_account(document: Any, field: str) -> GcsServiceAccount:
    """Build credentials from the decoded JSON of a key file. Raises: InvalidRequest."""
    if not isinstance(document, dict):
        raise InvalidRequest(field, "must be the JSON object of a service account's key")
    if document.get("type") != "service_account":
        raise InvalidRequest(f"{field}.type", "must be service_account")
    if document.get("token_uri") != TOKEN_URI:
        raise InvalidRequest(f"{field}.token_uri", f"must be {TOKEN_URI}")
    short = {name: _text(document, name, field) for name in _SHORT_FIELDS}
    for name, value in short.items():
        check_credential(f"{field}.{name}", value, max_characters=256)
    private_key = _text(document, "private_key", field)
    _check_private_key(private_key, f"{field}.private_key")
    return GcsServiceAccount(**short, private_key=SecretStr(private_key), token_uri=TOKEN_URI)


def _text(document: dict[str, Any], name: str, field: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidRequest(f"{field}.{name}", "is required, as text")
    return value


def _check_private_key(pem: str, field: str) -> None:
    """Check the form of a key. Whether it is valid, its first use tells.

    The validation of a key tests its numbers for primality, in up to 12 seconds for 8,192 bits, and holds the
    interpreter's lock meanwhile: no other request is answered.

    Raises: InvalidRequest: the text is not the PEM of an RSA private key without a password.
    """
    # Imported here, because only key files need cryptography, and a cold start takes time.
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    problem = InvalidRequest(field, "must be an RSA private key in PEM format, as in the downloaded file")
    if len(pem) > _MAX_PEM_CHARACTERS:
        raise problem
    try:
        key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm, UnicodeEncodeError):
        raise problem from None
    if not isinstance(key, RSAPrivateKey):
        raise problem

"""Rules for the form of credentials. Parts of them become addresses, headers and files of obstore."""

import re
from typing import Final, assert_never

from shared.domain.connectors.credentials import (
    ROLE_PREFIX,
    AzureClientSecret,
    Credentials,
    GcsServiceAccount,
    S3Keys,
    S3Role,
    is_connector_role,
)
from shared.domain.errors import InvalidRequest

GOOGLE_TOKEN_URI: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address

_ACCESS_KEY: Final = re.compile(r"[A-Za-z0-9_.+=@-]{3,128}")
_VISIBLE: Final = re.compile(r"[\x21-\x7e]{1,1024}")
_TENANT: Final = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,62}(\.[A-Za-z0-9](-?[A-Za-z0-9]){0,62})*")
"""A tenant's id, or one of its domains (Microsoft Entra ID). It becomes a part of the token's address."""

_CLIENT: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_EMAIL: Final = re.compile(r"[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,253}")
_KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN (RSA )?PRIVATE KEY-----[A-Za-z0-9+/=\s]{100,16000}-----END (RSA )?PRIVATE KEY-----\s*"
)
_ROLE_RULE: Final = (
    f"must be the ARN of a role whose name starts with {ROLE_PREFIX}, without a path, "
    f"such as arn:aws:iam::123456789012:role/{ROLE_PREFIX}films"
)


def check_credentials(credentials: Credentials) -> None:
    """Check the form of credentials. Raises: InvalidRequest: the field, never its value."""
    match credentials:
        case S3Keys():
            _match("aws_access_key_id", credentials.access_key_id, _ACCESS_KEY)
            _match("aws_secret_access_key", credentials.secret_access_key.get_secret_value(), _VISIBLE)
        case S3Role():
            if not is_connector_role(credentials.role_arn):
                raise InvalidRequest("role_arn", _ROLE_RULE)
        case GcsServiceAccount():
            _match("private_key_id", credentials.private_key_id, _KEY_ID)
            _match("private_key", credentials.private_key.get_secret_value(), _PRIVATE_KEY)
            _match("client_email", credentials.client_email, _EMAIL)
            if credentials.token_uri != GOOGLE_TOKEN_URI:
                raise InvalidRequest("token_uri", f"must be {GOOGLE_TOKEN_URI}")
        case AzureClientSecret():
            _match("tenant_id", credentials.tenant_id, _TENANT)
            _match("client_id", credentials.client_id, _CLIENT)
            _match("client_secret", credentials.client_secret.get_secret_value(), _VISIBLE)
        case _:
            assert_never(credentials)


def _match(field: str, value: str, pattern: re.Pattern[str]) -> None:
    if not pattern.fullmatch(value):
        raise InvalidRequest(field, "does not have the form of this value: copy it again from the provider")

"""Credentials of a connector. They are objects only while a store is opened; at rest they are a secret."""

import re
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, SecretStr, TypeAdapter

ROLE_PREFIX: Final = "videovector-connector-"
"""Start of the names of the roles that the server may assume; ``infra.permissions`` has the same."""

_ROLE_ARN: Final = re.compile(rf"arn:aws[a-z-]*:iam::\d{{12}}:role/{ROLE_PREFIX}[\w+=,.@-]{{1,42}}", re.ASCII)


def is_connector_role(arn: str) -> bool:
    """Return whether connectors may use a role: its ARN has no path, its name at most 64 characters."""
    return _ROLE_ARN.fullmatch(arn) is not None


class S3Keys(BaseModel):
    """An access key of an IAM user, or of an S3-compatible store."""

    kind: Literal["s3_keys"] = "s3_keys"
    access_key_id: str
    secret_access_key: SecretStr


class S3Role(BaseModel):
    """An IAM role that this server assumes, with the external id that this server made. AWS runtime only.

    The name of the role starts with ``ROLE_PREFIX``.
    """

    kind: Literal["s3_role"] = "s3_role"
    role_arn: str
    external_id: str


class GcsServiceAccount(BaseModel):
    """The required fields of a service account's key file."""

    kind: Literal["gcs_service_account"] = "gcs_service_account"
    project_id: str
    private_key_id: str
    private_key: SecretStr
    client_email: str
    token_uri: str


class AzureClientSecret(BaseModel):
    """An application of Microsoft Entra ID and its secret."""

    kind: Literal["azure_client_secret"] = "azure_client_secret"
    tenant_id: str
    client_id: str
    client_secret: SecretStr


Credentials = Annotated[S3Keys | S3Role | GcsServiceAccount | AzureClientSecret, Field(discriminator="kind")]

_CREDENTIALS: TypeAdapter[Credentials] = TypeAdapter(Credentials)


def seal(credentials: Credentials) -> bytes:
    """Encode credentials as the bytes of a secret, with their plain values."""
    fields = credentials.model_dump(mode="python")
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in fields.items()
    }
    return _PLAIN.dump_json(plain)


def unseal(secret: bytes) -> Credentials:
    """Decode what ``seal`` encoded."""
    return _CREDENTIALS.validate_json(secret)


_PLAIN: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])

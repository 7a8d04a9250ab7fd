"""Credentials as clients give them: with a new connector, or for one that exists."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Final, assert_never

from pydantic import SecretStr

from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.credentials import (
    AzureClientSecret,
    Credentials,
    GcsServiceAccount,
    S3Keys,
    S3Role,
)
from shared.domain.connectors.rules import check_credential
from shared.domain.errors import InvalidRequest
from shared.services.connectors.gcs_key_file import service_account

_FIELDS: Final = {
    ConnectorProvider.S3: ("aws_access_key_id", "aws_secret_access_key", "role_arn"),
    ConnectorProvider.GCS: ("credentials",),
    ConnectorProvider.AZURE: ("tenant_id", "client_id", "client_secret"),
}

Current = Callable[[], Credentials]
"""Reads the credentials that a connector has."""


@dataclass(frozen=True, slots=True)
class GivenCredentials:
    """The fields that a client has given. ``credentials`` is the JSON of a service account's key file."""

    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    role_arn: str | None = None
    credentials: GcsServiceAccount | dict[str, Any] | None = field(default=None, repr=False)
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None

    @property
    def is_empty(self) -> bool:
        """No field is given."""
        return not self._given

    @property
    def _given(self) -> set[str]:
        return {each.name for each in fields(self) if getattr(self, each.name) is not None}

    def resolve(self, address: StoreAddress, *, roles: bool, current: Current | None = None) -> Credentials:
        """Build credentials for a store.

        ``roles`` says whether this server can assume roles. A connector keeps its external id with a new
        role. ``current`` also completes the fields of an application of Azure, of which only the secret
        expires.

        The form of ids and keys is a rule of ``Stores.check_credentials``.

        Raises: InvalidRequest: a field is missing, is of another provider, or cannot be sent in a header.
        """
        provider = address.provider
        for name in sorted(self._given.difference(_FIELDS[provider])):
            raise InvalidRequest(name, f"is not a credential of {provider}")
        match provider:
            case ConnectorProvider.S3:
                return self._s3_keys() if self.role_arn is None else self._s3_role(address, roles, current)
            case ConnectorProvider.GCS:
                return self._gcs()
            case ConnectorProvider.AZURE:
                return self._azure(current)
            case _:
                assert_never(provider)

    def _s3_keys(self) -> Credentials:
        return S3Keys(
            access_key_id=_checked("aws_access_key_id", self.aws_access_key_id, max_characters=128),
            secret_access_key=SecretStr(_checked("aws_secret_access_key", self.aws_secret_access_key)),
        )

    def _s3_role(self, address: StoreAddress, roles: bool, current: Current | None) -> Credentials:
        role_arn = _checked("role_arn", self.role_arn)
        if self.aws_access_key_id is not None or self.aws_secret_access_key is not None:
            raise InvalidRequest("role_arn", "must not be given together with an access key")
        if not roles:
            raise InvalidRequest("role_arn", "is available only where this server runs on AWS")
        if address.endpoint_url is not None:
            raise InvalidRequest(
                "role_arn", "must not be given together with endpoint_url: only AWS has roles"
            )
        known = None if current is None else current()
        external_id = known.external_id if isinstance(known, S3Role) else secrets.token_urlsafe(24)
        return S3Role(role_arn=role_arn, external_id=external_id)

    def _gcs(self) -> Credentials:
        if isinstance(self.credentials, GcsServiceAccount):
            return self.credentials
        return service_account(self.credentials, "credentials")

    def _azure(self, current: Current | None) -> Credentials:
        known = None if current is None else current()
        tenant_id, client_id = self.tenant_id, self.client_id
        if isinstance(known, AzureClientSecret):
            tenant_id, client_id = tenant_id or known.tenant_id, client_id or known.client_id
        return AzureClientSecret(
            tenant_id=_checked("tenant_id", tenant_id),
            client_id=_checked("client_id", client_id),
            client_secret=SecretStr(_checked("client_secret", self.client_secret)),
        )


def _checked(name: str, value: str | SecretStr | None, *, max_characters: int = 1024) -> str:
    if value is None:
        raise InvalidRequest(name, "is required")
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    check_credential(name, plain, max_characters=max_characters)
    return plain

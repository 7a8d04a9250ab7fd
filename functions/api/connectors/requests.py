"""Wire models of new connectors and of changes to them. Credentials are never shown in an error or a log."""

import hashlib
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, SecretStr, StringConstraints, model_validator

from shared.domain.connectors.connector import (
    ConnectorChanges,
    ConnectorOptions,
    ConnectorProvider,
    ConnectorScope,
    ImportMode,
    StoreAddress,
)
from shared.domain.errors import InvalidRequest
from shared.http.errors import NOT_BLANK
from shared.services.connectors.given_credentials import GivenCredentials
from shared.services.records.idempotency import canonical

ConnectorName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NOT_BLANK)]
Scopes = Annotated[list[ConnectorScope], Field(min_length=1, max_length=10)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
BasePath = Annotated[str, StringConstraints(max_length=1024)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class CredentialRequest(BaseModel):
    """Base of bodies with credentials."""

    def content(self) -> dict[str, Any]:
        """Return the content that an idempotency key is bound to: hashes in the place of credentials."""
        content = self.model_dump(mode="json")
        for name, value in self:
            if isinstance(value, SecretStr):
                content[name] = _hash(value.get_secret_value())
            elif isinstance(value, dict):
                content[name] = _hash(canonical(value))
        return content


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class NewConnector(CredentialRequest):
    """The fields of every new connector.

    ``import_mode`` is the default of imports: ``all`` files, or ``new_only``, those not imported before.
    ``export_base_path`` is the folder below which exports are written.
    """

    name: ConnectorName
    scopes: Scopes = Field(default_factory=lambda: [ConnectorScope.IMPORT])
    import_mode: ImportMode = ImportMode.ALL
    export_base_path: BasePath | None = None

    def options(self) -> ConnectorOptions:
        return ConnectorOptions(
            name=self.name,
            scopes=self.scopes,
            import_mode=self.import_mode,
            export_base_path=self.export_base_path,
        )


class CreateS3Connector(NewConnector):
    """A new connector to Amazon S3, with an access key or, on AWS, with ``role_arn``.

    For a role, the answer has an ``external_id`` for the role's trust policy. ``endpoint_url`` is an
    S3-compatible store that the operator of this server permits.
    """

    bucket: Text
    region: Text
    aws_access_key_id: Text | None = None
    aws_secret_access_key: Secret | None = None
    role_arn: Text | None = None
    endpoint_url: Address | None = None

    def address(self) -> StoreAddress:
        return StoreAddress(
            provider=ConnectorProvider.S3,
            bucket=self.bucket,
            region=self.region,
            endpoint_url=self.endpoint_url,
        )

    def given(self) -> GivenCredentials:
        return GivenCredentials(
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            role_arn=self.role_arn,
        )


class CreateGcsConnector(NewConnector):
    """A new connector to Google Cloud Storage. The key file is another part of the form."""

    bucket: Text
    gcp_project_id: Text

    def address(self) -> StoreAddress:
        return StoreAddress(
            provider=ConnectorProvider.GCS, bucket=self.bucket, gcp_project_id=self.gcp_project_id
        )


class CreateAzureConnector(NewConnector):
    """A new connector to Azure Blob Storage, with an application of Microsoft Entra ID."""

    storage_account: Text
    container: Text
    tenant_id: Text
    client_id: Text
    client_secret: Secret

    def address(self) -> StoreAddress:
        return StoreAddress(
            provider=ConnectorProvider.AZURE, storage_account=self.storage_account, container=self.container
        )

    def given(self) -> GivenCredentials:
        return GivenCredentials(
            tenant_id=self.tenant_id, client_id=self.client_id, client_secret=self.client_secret
        )


_FIXED: Final = (
    "provider",
    "bucket",
    "region",
    "endpoint_url",
    "gcp_project_id",
    "storage_account",
    "container",
)


class UpdateConnectorRequest(CredentialRequest):
    """Changes to a connector. A field that is absent or null does not change.

    An empty ``export_base_path`` removes the path. New credentials replace the old ones at once: both
    ``aws_access_key_id`` and ``aws_secret_access_key``, or ``role_arn``, for S3; ``credentials``, the JSON
    object of a key file, for GCS; ``client_secret``, if need be with ``tenant_id`` and ``client_id``, for
    Azure. Each is refused for another provider. The store of a connector cannot change.
    """

    name: ConnectorName | None = None
    scopes: Scopes | None = None
    import_mode: ImportMode | None = None
    export_base_path: BasePath | None = None
    aws_access_key_id: Text | None = None
    aws_secret_access_key: Secret | None = None
    role_arn: Text | None = None
    credentials: dict[str, Any] | None = Field(None, repr=False)
    tenant_id: Text | None = None
    client_id: Text | None = None
    client_secret: Secret | None = None

    @model_validator(mode="before")
    @classmethod
    def _store_is_fixed(cls, content: Any) -> Any:
        named = [name for name in _FIXED if isinstance(content, dict) and content.get(name) is not None]
        if named:
            raise InvalidRequest(named[0], "cannot change: create another connector")
        return content

    def changes(self) -> ConnectorChanges:
        return ConnectorChanges(
            name=self.name,
            scopes=self.scopes,
            import_mode=self.import_mode,
            export_base_path=self.export_base_path,
        )

    def given(self) -> GivenCredentials:
        return GivenCredentials(
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            role_arn=self.role_arn,
            credentials=self.credentials,
            tenant_id=self.tenant_id,
            client_id=self.client_id,
            client_secret=self.client_secret,
        )

"""Connectors: access to a store of the user's, in S3, Google Cloud Storage or Azure."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, Field


class ConnectorProvider(StrEnum):
    S3 = "s3"
    GCS = "gcs"
    AZURE = "azure"


class ConnectorStatus(StrEnum):
    ACTIVE = "active"
    TESTING = "testing"
    FAILED = "failed"
    DISABLED = "disabled"


class ConnectorScope(StrEnum):
    """What a connector may be used for: reading media in, or writing results out."""

    IMPORT = "import"
    EXPORT = "export"


class ImportMode(StrEnum):
    ALL = "all"
    NEW_ONLY = "new_only"


class StoreAddress(BaseModel):
    """Where a store is. The fields of other providers are None.

    ``bucket`` and ``region`` are of S3, ``bucket`` and ``gcp_project_id`` of GCS, ``storage_account`` and
    ``container`` of Azure. ``endpoint_url`` is an S3-compatible store that the operator permits.
    """

    provider: ConnectorProvider
    bucket: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    gcp_project_id: str | None = None
    storage_account: str | None = None
    container: str | None = None

    @property
    def container_name(self) -> str:
        """The bucket, or the container of Azure."""
        return self.bucket or self.container or ""


class ConnectorOptions(BaseModel):
    """The fields of a connector that its owner chooses and may change."""

    name: str
    scopes: list[ConnectorScope] = Field(default_factory=lambda: [ConnectorScope.IMPORT])
    import_mode: ImportMode = ImportMode.ALL
    export_base_path: str | None = None


class ConnectorChanges(BaseModel):
    """Changes to a connector. None changes nothing; an empty ``export_base_path`` removes the path."""

    name: str | None = None
    scopes: list[ConnectorScope] | None = None
    import_mode: ImportMode | None = None
    export_base_path: str | None = None


class Connector(ConnectorOptions):
    """A connector. Its credentials are a secret, of which it names the version in use, and the version that
    was in use before."""

    connector_id: str
    tenant_id: str
    user_id: str
    address: StoreAddress
    status: ConnectorStatus = ConnectorStatus.ACTIVE
    secret_version: str
    previous_secret_version: str | None = None
    external_id: str | None = None
    created_at: str
    updated_at: str
    last_tested_at: str | None = None
    last_test_result: str | None = None
    last_test_error: str | None = None

    def rotated(self, secret_version: str, external_id: str | None) -> Self:
        """Return the connector with new credentials, which no test has tried yet."""
        if secret_version == self.secret_version:
            return self
        is_disabled = self.status is ConnectorStatus.DISABLED
        return self.model_copy(
            update={
                "secret_version": secret_version,
                "previous_secret_version": self.secret_version,
                "external_id": external_id,
                "status": self.status if is_disabled else ConnectorStatus.ACTIVE,
                "last_tested_at": None,
                "last_test_result": None,
                "last_test_error": None,
            }
        )

    @property
    def has_passed_test(self) -> bool:
        """Whether the last test of the present credentials has succeeded."""
        return self.last_tested_at is not None and self.last_test_error is None

    @property
    def secret_name(self) -> str:
        """Name of the connector's secret among those of its tenant."""
        return self.connector_id

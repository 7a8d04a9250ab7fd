"""Connectors over real records and secrets in a temporary folder, and stores in memory."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.connectors.connector import (
    Connector,
    ConnectorOptions,
    ConnectorProvider,
    StoreAddress,
)
from shared.domain.events.event import Event
from shared.services.connectors.browsing import Browsing
from shared.services.connectors.connection_test import ConnectionTest
from shared.services.connectors.connections import Connections
from shared.services.connectors.connectors import Connectors
from shared.services.connectors.given_credentials import GivenCredentials
from shared.services.records.documents import Documents
from tests.unit.services.connectors.memory_stores import RIGHT_KEY, MemoryStores
from tests.unit.services.storage import ANNA

S3 = StoreAddress(provider=ConnectorProvider.S3, bucket="films", region="eu-central-1")


def key_pair(secret: str = RIGHT_KEY) -> GivenCredentials:
    return GivenCredentials(aws_access_key_id="AKIA", aws_secret_access_key=SecretStr(secret))


class World:
    def __init__(self, folder: Path, *, max_connectors: int = 100) -> None:
        self.folder = folder
        self.documents = Documents(SqliteRecords(folder / "records.sqlite"))
        self.secrets = FileTenantSecrets(folder / "secrets")
        self.stores = MemoryStores()
        self.connectors = Connectors(
            self.documents,
            lambda: self.secrets,
            lambda: self.stores,
            max_connectors=max_connectors,
            roles=True,
        )
        self.connections = Connections(self.documents, lambda: self.secrets, lambda: self.stores)
        self.testing = ConnectionTest(self.documents, self.connectors, self.connections)
        self.browsing = Browsing(self.connections, is_streamed=True)

    def create(
        self,
        caller: Caller = ANNA,
        *,
        given: GivenCredentials | None = None,
        seed: str | None = None,
        **options: Any,
    ) -> Connector:
        named = ConnectorOptions.model_validate({"name": "Films"} | options)
        return self.connectors.create(caller, named, S3, given or key_pair(), seed=seed)

    def events(self, caller: Caller = ANNA) -> list[tuple[str, dict[str, Any]]]:
        found = self.documents.every(Event, keys.event(caller.tenant_id))
        return [(event.event_type, event.payload) for event in found]

    def versions(self, connector: Connector) -> set[str]:
        """Return the versions of a connector's secret that exist."""
        folder = self.folder / "secrets" / connector.tenant_id / connector.secret_name
        return {path.name for path in folder.glob("*")}

"""A store that accepts connections and never answers, with the real adapter."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.http.stores.stores import ObjectStores
from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.domain.connectors.connector import ConnectorOptions
from shared.domain.errors import ConnectionFailed
from shared.services.connectors.browsing import Browsing, FileQuery
from shared.services.connectors.connection_test import ConnectionTest
from shared.services.connectors.connections import Connections
from shared.services.connectors.connectors import Connectors
from shared.settings import Settings
from tests.unit.services.connectors.world import S3, key_pair
from tests.unit.services.storage import ANNA, Storage

pytestmark = pytest.mark.slow


@pytest.fixture
def silent_endpoint() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_store_that_never_answers_ends_in_time(tmp_path: Path, silent_endpoint: str) -> None:
    documents, secrets = Storage(tmp_path).documents, FileTenantSecrets(tmp_path / "secrets")
    stores = ObjectStores(Settings(s3_endpoints=silent_endpoint))
    connectors = Connectors(documents, lambda: secrets, lambda: stores, max_connectors=1)
    connections = Connections(documents, lambda: secrets, lambda: stores)
    address = S3.model_copy(update={"endpoint_url": silent_endpoint})
    given = key_pair("a-secret-key")
    connector_id = connectors.create(ANNA, ConnectorOptions(name="Films"), address, given).connector_id
    browsing = Browsing(connections, is_streamed=True, seconds=1.0)
    with pytest.raises(ConnectionFailed, match="did not answer within 1 seconds") as failed:
        list(browsing.browse(ANNA, connector_id, FileQuery()))
    assert failed.value.details == {"problem": "no_answer", "retryable": True}
    testing = ConnectionTest(documents, connectors, connections, seconds=1.0)
    assert not testing.test(ANNA, connector_id).success

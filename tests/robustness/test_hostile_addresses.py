"""The corpus of hostile addresses against every route and every work that takes an address of a user's.

Each address is refused, no connection is attempted, and no process of a store is started.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.domain import clock, keys
from shared.domain.connectors.connector import Connector, ConnectorProvider, StoreAddress
from shared.domain.errors import InvalidRequest
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.webhooks.webhook import Webhook
from shared.ports.uri_fetcher import UriRefused
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.notifications.delivery_queue import new_delivery
from shared.services.records.due_work import due_until
from shared.services.records.event_log import event_write
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.api.test_connectors import S3
from tests.api.test_webhooks import PAYLOAD
from tests.connection_watch import watched_connections
from tests.hostile_addresses import hostile_urls

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_name_server")]

TENANT: Final = "acme"
HOOK: Final = {"name": "Flow", "url": "https://93.184.216.34/hook", "events": ["media.created"]}
ENDPOINT: Final = "https://minio.example.org:9000"
NOT_FOR_STORES: Final = "connector_address_refused"


@dataclass(frozen=True)
class World:
    """A server whose operator lists one store. ``webhook_id`` and ``connector_id`` lead to public hosts."""

    runtime: Runtime
    client: TestClient
    folder: Path
    webhook_id: str
    connector_id: str

    def post(self, path: str, body: Any = None, *, status: int) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def refuse(self, path: str, body: dict[str, Any], field: str, method: str = "POST") -> None:
        answer = self.client.request(method, path, json=body)
        assert answer.status_code == 422, answer.text
        [error] = answer.json()["error"]["details"]["errors"]
        assert error["field"] == field


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("hostile")
    runtime = local_runtime(
        Settings(data_folder=folder / "data", requests_per_minute=1_000_000, s3_endpoints=ENDPOINT)
    )
    client = client_over(runtime, tenant=TENANT)
    webhook_id = client.post("/webhooks", json=HOOK).json()["webhook_id"]
    connector_id = client.post("/connectors/s3", json=S3 | {"endpoint_url": ENDPOINT}).json()["connector_id"]
    return World(runtime, client, folder, webhook_id, connector_id)


def _webhook_creation(world: World, url: str) -> None:
    world.refuse("/webhooks", HOOK | {"url": url}, "url")


def _webhook_change(world: World, url: str) -> None:
    world.refuse(f"/webhooks/{world.webhook_id}", {"url": url}, "url", "PATCH")


def _plant_url(world: World, url: str) -> None:
    """Let the stored webhook lead to ``url``, as after a change of the operator's list."""
    world.runtime.documents.update(
        Webhook,
        keys.webhook(TENANT, world.webhook_id),
        lambda webhook: webhook.model_copy(update={"url": url}),
    )


def _webhook_test(world: World, url: str) -> None:
    _plant_url(world, url)
    outcome = world.post(f"/webhooks/{world.webhook_id}/test", status=200)
    assert outcome["success"] is False
    assert outcome["error"].startswith("The url of the webhook must ")


def _delivery(world: World, url: str) -> None:
    _plant_url(world, url)
    event = Event.of(EventType.MEDIA_CREATED, PAYLOAD, tenant_id=TENANT, video_id="vid_1")
    delivery = new_delivery(event, world.webhook_id, clock.now())
    world.runtime.documents.write(event_write(event))
    world.runtime.notifications.delivery_queue.add([delivery])
    [due] = [
        each
        for each in due_until(world.runtime.documents, clock.now())
        if each.subject == delivery.delivery_id
    ]
    world.runtime.notifications.delivery_attempts.handle(due)
    found = world.client.get(f"/webhooks/deliveries/{delivery.delivery_id}").json()
    assert found["attempts"] == 1
    assert found["error_message"].startswith("The url of the webhook must ")


def _connector_endpoint(world: World, url: str) -> None:
    world.refuse("/connectors/s3", S3 | {"endpoint_url": url}, "endpoint_url")


def _connector_names(world: World, url: str) -> None:
    given = {
        ConnectorProvider.S3: {"bucket": "films", "region": "eu-central-1"},
        ConnectorProvider.GCS: {"bucket": "films", "gcp_project_id": "my-project"},
        ConnectorProvider.AZURE: {"storage_account": "films", "container": "raw"},
    }
    for provider, names in given.items():
        world.runtime.ports.stores.check(StoreAddress(provider=provider, **names))
        for name in names:
            with pytest.raises(InvalidRequest) as refused:
                world.runtime.ports.stores.check(StoreAddress(provider=provider, **names | {name: url}))
            assert refused.value.field == name


def _stored_endpoint(world: World, url: str) -> None:
    """Let the stored connector lead to ``url``, as after a change of the operator's list."""
    world.runtime.documents.update(
        Connector,
        keys.connector(TENANT, world.connector_id),
        lambda connector: connector.model_copy(
            update={"address": connector.address.model_copy(update={"endpoint_url": url})}
        ),
    )
    path = f"/connectors/{world.connector_id}"
    assert world.post(f"{path}/test", status=200)["success"] is False
    assert world.post(f"{path}/browse", {}, status=502)["error"]["code"] == NOT_FOR_STORES


def _address_of_medium(world: World, url: str) -> None:
    world.refuse("/videos", {"title": "A", "video_uri": url}, "video_uri")


def _fetch(world: World, url: str) -> None:
    with pytest.raises(UriRefused):
        world.runtime.ports.uri_fetcher.fetch(url, world.folder / "film", limit=10, progress=lambda _: None)


@pytest.mark.parametrize(
    "attempt",
    [
        _webhook_creation,
        _webhook_change,
        _webhook_test,
        _delivery,
        _connector_endpoint,
        _connector_names,
        _stored_endpoint,
        _address_of_medium,
        _fetch,
    ],
    ids=lambda attempt: attempt.__name__.strip("_"),
)
def test_hostile_address_is_refused_without_connection(
    world: World, attempt: Callable[[World, str], None]
) -> None:
    with watched_connections() as watch:
        urls = [*hostile_urls()[::2], *hostile_urls(watch.port)[1::2]]  # https, and http with a port
        assert len(set(urls)) >= 120
        for url in urls:
            attempt(world, url)
            assert watch.attempts == [], url

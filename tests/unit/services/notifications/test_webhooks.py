"""Creation, change and secrets of webhooks over real records and secrets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain import clock, default_index, keys
from shared.domain.clock import isoformat
from shared.domain.errors import Conflict, IdempotencyMismatch, InvalidRequest, NotFound
from shared.domain.events.types import EventType
from shared.domain.webhooks.definition import WebhookChanges
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from shared.ports.records import Delete
from shared.services.notifications.signing import signing_secrets
from shared.services.notifications.webhooks import Webhooks
from shared.services.records.documents import put
from tests.unit.services.notifications.client_world import URL, ClientWorld
from tests.unit.services.storage import ANNA, BERT

KEY = "n8n-webhook-" + "0" * 64


@pytest.fixture
def world(tmp_path: Path) -> ClientWorld:
    return ClientWorld(tmp_path / "data", max_webhooks=3)


def _webhooks(world: ClientWorld) -> Webhooks:
    return world.notifications.webhooks


def _at_once(work: Callable[[int], Any], times: int = 8) -> list[Any]:
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(work, range(times)))


def test_same_key_returns_live_webhook_with_secret(world: ClientWorld) -> None:
    first = world.create(key=KEY, metadata={"n8n_node_id": "1"})
    again = world.create(key=KEY, metadata={"n8n_node_id": "1"})
    assert (again.webhook, again.secret, first.replayed, again.replayed) == (
        first.webhook,
        first.secret,
        False,
        True,
    )
    paused = _webhooks(world).update(
        ANNA, first.webhook.webhook_id, WebhookChanges(status=WebhookStatus.PAUSED)
    )
    assert world.create(key=KEY, metadata={"n8n_node_id": "1"}).webhook == paused


def test_same_key_with_other_content_is_refused(world: ClientWorld) -> None:
    world.create(key=KEY)
    others: list[dict[str, Any]] = [
        {"name": "other"},
        {"metadata": {}},
        {"events": [EventType.EXPORT_READY]},
    ]
    for other in others:
        with pytest.raises(IdempotencyMismatch):
            world.create(key=KEY, **other)
    assert len(_webhooks(world).list(ANNA)) == 1


def test_key_of_deleted_webhook_makes_same_id_with_new_secret(world: ClientWorld) -> None:
    first = world.create(key=KEY)
    world.notifications.webhook_erasures.delete(ANNA, first.webhook.webhook_id)
    again = world.create(key=KEY)
    assert again.webhook.webhook_id == first.webhook.webhook_id
    assert again.secret != first.secret
    assert not again.replayed
    assert len(world.secret_files()) == 1


def test_requests_without_key_make_webhooks_of_their_own(world: ClientWorld) -> None:
    made = [world.create() for _ in range(2)]
    assert [each.webhook for each in made] == _webhooks(world).list(ANNA)
    assert made[0].secret != made[1].secret
    assert world.create(BERT, key=KEY).webhook.webhook_id != world.create(key=KEY).webhook.webhook_id


def test_concurrent_requests_with_one_key_make_one_webhook(world: ClientWorld) -> None:
    made = _at_once(lambda _: world.create(key=KEY))
    assert {(each.webhook.webhook_id, each.secret) for each in made} == {
        (made[0].webhook.webhook_id, made[0].secret)
    }
    assert len(world.secret_files()) == 1


def test_quota_holds_under_concurrent_creations(world: ClientWorld) -> None:
    def create(number: int) -> Conflict | None:
        try:
            world.create(name=f"number {number}")
        except Conflict as refused:
            return refused
        return None

    refusals = [refused for refused in _at_once(create) if refused is not None]
    assert len(refusals) == 8 - 3
    assert {refused.code for refused in refusals} == {"resource_quota_exceeded"}
    assert refusals[0].details == {"resource": "webhooks", "limit": 3, "used": 3, "reserved": 0}
    assert len(_webhooks(world).list(ANNA)) == len(world.secret_files()) == 3


def test_replay_needs_neither_quota_nor_valid_address(world: ClientWorld) -> None:
    first = world.create(key=KEY)
    for _ in range(2):
        world.create()
    strict = ClientWorld(world.folder, webhook_hosts="", max_webhooks=1)
    assert strict.create(key=KEY).secret == first.secret
    with pytest.raises(InvalidRequest) as refused:
        strict.create()
    assert refused.value.field == "url"


def test_filter_names_own_indexes_only(world: ClientWorld) -> None:
    own, foreign = world.new_index(), world.new_index(BERT)
    assert world.create(index_ids=[own]).webhook.index_ids == [own]
    for index_id in (foreign, "idx_unknown", default_index.INDEX_ID):
        with pytest.raises(NotFound, match=index_id):
            world.create(index_ids=[own, index_id])
        with pytest.raises(NotFound, match=index_id):
            _webhooks(world).update(ANNA, _only(world).webhook_id, WebhookChanges(index_ids=[index_id]))
    assert len(world.secret_files()) == 1


def test_update_checks_address_and_changes_given_fields(world: ClientWorld) -> None:
    webhook = world.create(metadata={"a": 1}).webhook
    update = _webhooks(world).update
    for url in ("https://169.254.169.254/", "https://10.0.0.1/", "ftp://example.com/"):
        with pytest.raises(InvalidRequest) as refused:
            update(ANNA, webhook.webhook_id, WebhookChanges(url=url))
        assert refused.value.field == "url"
    changed = update(ANNA, webhook.webhook_id, WebhookChanges(url=f"{URL}/2", metadata=None))
    assert (changed.url, changed.metadata, changed.name) == (f"{URL}/2", None, webhook.name)
    assert _webhooks(world).get(ANNA, webhook.webhook_id) == changed
    with pytest.raises(NotFound):
        update(BERT, webhook.webhook_id, WebhookChanges(name="mine"))


def test_webhooks_are_listed_oldest_first(world: ClientWorld) -> None:
    made = [world.create(key=str(number)).webhook for number in range(3)]
    for number, webhook in enumerate(made):  # ids of keys do not sort by time
        aged = webhook.model_copy(update={"created_at": f"2026-01-0{number + 1}T00:00:00.000Z"})
        world.documents.write(put(keys.webhook("anna", webhook.webhook_id), aged))
    listed = _webhooks(world).list(ANNA)
    assert [each.webhook_id for each in listed] == [each.webhook_id for each in made]


def test_rotation_signs_with_both_secrets_for_24_hours(world: ClientWorld) -> None:
    created = world.create()
    secret = world.notifications.webhook_secrets.rotate(ANNA, created.webhook.webhook_id)
    rotated, stored = _only(world), world.runtime.ports.tenant_secrets
    valid = signing_secrets(stored, rotated, clock.now())
    assert (valid.current.decode(), valid.previous and valid.previous.decode()) == (secret, created.secret)
    later = signing_secrets(stored, rotated, clock.now() + timedelta(hours=24))
    assert (later.current.decode(), later.previous) == (secret, None)
    assert rotated.previous_secret_until is not None
    assert rotated.previous_secret_until > isoformat(clock.now() + timedelta(hours=23))


def test_second_rotation_ends_first_secret_at_once(world: ClientWorld) -> None:
    webhook_id = world.create().webhook.webhook_id
    second, third = (world.notifications.webhook_secrets.rotate(ANNA, webhook_id) for _ in range(2))
    valid = signing_secrets(world.runtime.ports.tenant_secrets, _only(world), clock.now())
    assert (valid.current.decode(), valid.previous and valid.previous.decode()) == (third, second)
    assert len(world.secret_files()) == 2


def test_concurrent_rotations_leave_two_valid_secrets(world: ClientWorld) -> None:
    webhook_id = world.create().webhook.webhook_id
    made = _at_once(lambda _: world.notifications.webhook_secrets.rotate(ANNA, webhook_id), 6)
    valid = signing_secrets(world.runtime.ports.tenant_secrets, _only(world), clock.now())
    assert valid.previous is not None
    assert {valid.current.decode(), valid.previous.decode()} < set(made)
    assert len(world.secret_files()) == 2


def test_rotation_of_foreign_or_deleted_webhook_stores_no_secret(world: ClientWorld) -> None:
    webhook = world.create().webhook
    with pytest.raises(NotFound):
        world.notifications.webhook_secrets.rotate(BERT, webhook.webhook_id)
    world.documents.write(Delete(keys.webhook("anna", webhook.webhook_id)))
    with pytest.raises(NotFound):
        world.notifications.webhook_secrets.rotate(ANNA, webhook.webhook_id)
    assert len(world.secret_files()) == 1


def test_secret_is_in_no_record(world: ClientWorld) -> None:
    created = world.create(key=KEY)
    rotated = world.notifications.webhook_secrets.rotate(ANNA, created.webhook.webhook_id)
    for secret in (created.secret, rotated):
        assert world.traces(secret.removeprefix("whsec_")) == []


def _only(world: ClientWorld) -> Webhook:
    (webhook,) = _webhooks(world).list(ANNA)
    return webhook

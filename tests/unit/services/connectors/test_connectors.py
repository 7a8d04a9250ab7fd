import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from ulid import ULID

from shared.domain.connectors.connector import (
    ConnectorChanges,
    ConnectorOptions,
    ConnectorProvider,
    ConnectorScope,
    StoreAddress,
)
from shared.domain.connectors.credentials import AzureClientSecret, S3Role, unseal
from shared.domain.errors import Conflict, InvalidRequest, NotFound, Unavailable
from shared.services.connectors.connectors import Connectors
from shared.services.connectors.given_credentials import GivenCredentials
from tests.unit.services.connectors.world import S3, World, key_pair
from tests.unit.services.storage import ANNA, BERT

AZURE = StoreAddress(provider=ConnectorProvider.AZURE, storage_account="films", container="raw")
ROLE = "arn:aws:iam::123456789012:role/videovector-connector-films"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_created_connector_is_listed_and_read(world: World) -> None:
    made = world.create(scopes=["export", "import", "import"], export_base_path="out/")
    assert made.scopes == [ConnectorScope.IMPORT, ConnectorScope.EXPORT]
    assert made.export_base_path == "out"
    assert world.connectors.get(ANNA, made.connector_id) == made
    assert world.connectors.list(ANNA) == [made]
    assert world.events() == [
        (
            "connector.created",
            {
                "connector_id": made.connector_id,
                "name": "Films",
                "provider": "s3",
                "status": "active",
                "success": None,
                "error": None,
            },
        )
    ]


def test_credentials_are_in_the_secret_only(world: World) -> None:
    made = world.create(given=key_pair("planted-secret-value"))
    secret = world.secrets.read("anna", made.secret_name, made.secret_version)
    assert b"planted-secret-value" in secret
    kept = (world.folder / "records.sqlite").read_bytes()
    kept += b"".join(path.read_bytes() for path in world.folder.glob("records.sqlite-*"))
    assert b"planted-secret-value" not in kept
    assert b"Films" in kept


def test_same_seed_returns_same_connector_and_one_secret(world: World) -> None:
    seed = str(ULID())
    first = world.create(seed=seed)
    assert world.create(seed=seed) == first
    assert world.versions(first) == {first.secret_version}


def test_other_tenant_finds_no_connector(world: World) -> None:
    made = world.create()
    assert world.connectors.list(BERT) == []
    for attempt in (
        lambda: world.connectors.get(BERT, made.connector_id),
        lambda: world.connectors.update(BERT, made.connector_id, ConnectorChanges(name="Mine")),
        lambda: world.connectors.delete(BERT, made.connector_id),
        lambda: world.testing.test(BERT, made.connector_id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_quota_holds_for_concurrent_creations(tmp_path: Path) -> None:
    world = World(tmp_path, max_connectors=3)

    def create(_: int) -> bool:
        with suppress(Conflict):
            world.create()
            return True
        return False

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(create, range(6))) == [False] * 3 + [True] * 3
    assert len(list((tmp_path / "secrets" / "anna").glob("*/*"))) == 3


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"export_base_path": "/out"}, "export_base_path"),
        ({"export_base_path": "a/../b"}, "export_base_path"),
    ],
)
def test_invalid_option_is_refused_without_a_secret(
    world: World, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        world.create(**options)
    assert refused.value.field == field
    assert not (world.folder / "secrets").exists()


def test_rotated_credentials_are_used_at_once(world: World) -> None:
    made = world.create(given=key_pair("old"))
    changed = world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair("new"))
    assert changed.connector_id == made.connector_id
    assert b'"new"' in world.secrets.read("anna", changed.secret_name, changed.secret_version)
    assert [name for name, _ in world.events()] == ["connector.created", "connector.updated"]


def test_rotation_keeps_one_version_beside_the_one_in_use(world: World) -> None:
    made = world.create()
    used = [made.secret_version]
    for number in range(3):
        changed = world.connectors.update(
            ANNA, made.connector_id, ConnectorChanges(), key_pair(f"key {number}.")
        )
        used.append(changed.secret_version)
        assert world.versions(made) == set(used[-2:])


def test_concurrent_rotations_leave_a_readable_secret(world: World) -> None:
    made = world.create()

    def rotate(number: int) -> None:
        world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair(f"key-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(rotate, range(8)))
    current = world.connectors.get(ANNA, made.connector_id)
    assert world.secrets.read("anna", current.secret_name, current.secret_version)
    assert current.secret_version in world.versions(made)
    assert len(world.versions(made)) == 2


def test_refused_change_leaves_secret_and_record(world: World) -> None:
    made = world.create()
    with pytest.raises(InvalidRequest):
        world.connectors.update(ANNA, made.connector_id, ConnectorChanges(name=" "), key_pair("new"))
    with pytest.raises(InvalidRequest) as refused:
        world.connectors.update(
            ANNA, made.connector_id, ConnectorChanges(), GivenCredentials(client_secret=SecretStr("x"))
        )
    assert refused.value.field == "client_secret"
    assert world.connectors.get(ANNA, made.connector_id) == made
    assert world.versions(made) == {made.secret_version}


def test_change_of_fields_keeps_credentials(world: World) -> None:
    made = world.create(export_base_path="out")
    changed = world.connectors.update(
        ANNA,
        made.connector_id,
        ConnectorChanges(name="Archive", scopes=[ConnectorScope.EXPORT], export_base_path=""),
    )
    assert (changed.name, changed.scopes, changed.export_base_path) == ("Archive", ["export"], None)
    assert changed.secret_version == made.secret_version
    same = world.connectors.update(ANNA, made.connector_id, ConnectorChanges(name="Archive"))
    assert same == changed
    assert len(world.events()) == 2


def test_new_secret_of_azure_keeps_the_other_fields(world: World) -> None:
    given = GivenCredentials(tenant_id="contoso.com", client_id="abc", client_secret=SecretStr("old"))
    made = world.connectors.create(ANNA, ConnectorOptions(name="Films"), AZURE, given)
    changed = world.connectors.update(
        ANNA, made.connector_id, ConnectorChanges(), GivenCredentials(client_secret=SecretStr("new"))
    )
    found = unseal(world.secrets.read("anna", changed.secret_name, changed.secret_version))
    assert isinstance(found, AzureClientSecret)
    assert (found.tenant_id, found.client_id) == ("contoso.com", "abc")
    assert found.client_secret.get_secret_value() == "new"


def test_role_gets_external_id_that_a_new_role_keeps(world: World) -> None:
    made = world.create(given=GivenCredentials(role_arn=ROLE))
    assert made.external_id
    assert len(made.external_id) >= 24
    changed = world.connectors.update(
        ANNA, made.connector_id, ConnectorChanges(), GivenCredentials(role_arn=f"{ROLE}-2")
    )
    assert changed.external_id == made.external_id
    found = unseal(world.secrets.read("anna", changed.secret_name, changed.secret_version))
    assert found == S3Role(role_arn=f"{ROLE}-2", external_id=made.external_id)
    keyed = world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair())
    assert keyed.external_id is None


def test_role_is_refused_by_a_server_that_assumes_none(world: World) -> None:
    elsewhere = Connectors(
        world.documents, lambda: world.secrets, lambda: world.stores, max_connectors=1, roles=False
    )
    with pytest.raises(InvalidRequest, match="runs on AWS"):
        elsewhere.create(ANNA, ConnectorOptions(name="Films"), S3, GivenCredentials(role_arn=ROLE))


def test_connector_without_credentials_is_refused(world: World) -> None:
    with pytest.raises(InvalidRequest, match="aws_access_key_id: is required"):
        world.create(given=GivenCredentials())


def test_external_ids_of_two_connectors_differ(world: World) -> None:
    given = GivenCredentials(role_arn=ROLE)
    assert world.create(given=given).external_id != world.create(given=given).external_id


def test_deleted_connector_leaves_no_secret(world: World) -> None:
    made = world.create()
    world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair("new"))
    world.connectors.delete(ANNA, made.connector_id)
    assert world.versions(made) == set()
    assert world.connectors.list(ANNA) == []
    assert world.events()[-1][0] == "connector.deleted"
    with pytest.raises(NotFound):
        world.connectors.delete(ANNA, made.connector_id)


def test_rotation_of_a_connector_deleted_meanwhile_leaves_no_secret(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.create()
    put = world.secrets.put

    def delete_then_put(tenant_id: str, name: str, value: bytes) -> str:
        world.connectors.delete(ANNA, made.connector_id)
        return put(tenant_id, name, value)

    monkeypatch.setattr(world.secrets, "put", delete_then_put)
    with pytest.raises(NotFound):
        world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair("new"))
    assert world.versions(made) == set()


def test_deletion_takes_the_secret_of_a_rotation_at_the_same_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.create()
    delete = world.secrets.delete

    def delete_then_rotate(tenant_id: str, name: str) -> None:
        monkeypatch.setattr(world.secrets, "delete", delete)
        delete(tenant_id, name)
        world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair("new"))

    monkeypatch.setattr(world.secrets, "delete", delete_then_rotate)
    world.connectors.delete(ANNA, made.connector_id)
    assert world.connectors.list(ANNA) == []
    assert world.versions(made) == set()


def test_unavailable_secrets_create_no_connector(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise Unavailable("KMS does not answer.")

    monkeypatch.setattr(world.secrets, "put", fail)
    with pytest.raises(Unavailable):
        world.create()
    assert world.connectors.list(ANNA) == []


def test_events_hold_no_credentials(world: World) -> None:
    made = world.create(given=key_pair("planted-secret-value"))
    world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair("planted-again"))
    world.testing.test(ANNA, made.connector_id)
    text = json.dumps(world.events())
    assert "planted" not in text
    assert "AKIA" not in text


def test_credentials_of_another_form_put_no_secret(world: World) -> None:
    made = world.create()
    given = GivenCredentials(aws_access_key_id="a/b", aws_secret_access_key=SecretStr("x"))
    with pytest.raises(InvalidRequest, match="aws_access_key_id"):
        world.create(given=given)
    with pytest.raises(InvalidRequest, match="aws_access_key_id"):
        world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), given)
    assert world.versions(made) == {made.secret_version}


def test_address_that_the_operator_refuses_puts_no_secret(world: World) -> None:
    address = S3.model_copy(update={"endpoint_url": "http://10.0.0.1"})
    with pytest.raises(InvalidRequest, match="endpoint_url"):
        world.connectors.create(ANNA, ConnectorOptions(name="Films"), address, key_pair())
    assert not (world.folder / "secrets").exists()

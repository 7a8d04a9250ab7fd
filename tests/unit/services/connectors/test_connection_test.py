from pathlib import Path

import pytest

from shared.domain.connectors.connector import ConnectorChanges
from shared.services.connectors.browsing import PROBE_PREFIX
from shared.services.connectors.connection_test import ConnectionTest
from tests.unit.services.connectors.memory_stores import MemoryStores
from tests.unit.services.connectors.world import World, key_pair
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.stores = MemoryStores({"films": {"folder/": b"", "folder/a.mp4": b"film"}})
    return made


def test_success_is_recorded_with_an_event(world: World) -> None:
    made = world.create(scopes=["import", "export"])
    outcome = world.testing.test(ANNA, made.connector_id)
    assert (outcome.success, outcome.error) == (True, None)
    after = world.connectors.get(ANNA, made.connector_id)
    assert (after.status, after.last_test_error) == ("active", None)
    assert after.last_test_result == "Listing and reading work. Writing works."
    assert after.last_tested_at
    name, payload = world.events()[-1]
    assert (name, payload["success"], payload["status"]) == ("connector.tested", True, "active")
    assert set(world.stores.buckets["films"]) == {"folder/", "folder/a.mp4"}


@pytest.mark.parametrize(
    ("scopes", "refused", "error"),
    [
        (["import"], {"list"}, "The credentials may not list."),
        (["import"], {"stat"}, "The credentials may not stat."),
        (["import"], {"write", "delete"}, None),
        (["export"], {"write"}, "The credentials may not write."),
        (["export"], {"list", "stat"}, None),
        (["export"], {"delete"}, None),
        (["import", "export"], {"write"}, "The credentials may not write."),
    ],
)
def test_each_scope_is_tested_for_what_it_needs(
    world: World, scopes: list[str], refused: set[str], error: str | None
) -> None:
    world.stores.refused = refused
    made = world.create(scopes=scopes)
    outcome = world.testing.test(ANNA, made.connector_id)
    assert (outcome.success, outcome.error) == (error is None, error)


def test_failure_is_recorded_and_the_next_success_clears_it(world: World) -> None:
    made = world.create(given=key_pair("wrong"))
    outcome = world.testing.test(ANNA, made.connector_id)
    assert outcome.error == "The secret access key is wrong."
    after = world.connectors.get(ANNA, made.connector_id)
    assert (after.status, after.last_test_result, after.last_test_error) == (
        "failed",
        "failed",
        "The secret access key is wrong.",
    )
    assert world.events()[-1][1]["error"] == "The secret access key is wrong."
    renewed = world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair())
    assert (renewed.status, renewed.last_tested_at, renewed.last_test_error) == ("active", None, None)
    assert world.testing.test(ANNA, made.connector_id).success
    after = world.connectors.get(ANNA, made.connector_id)
    assert (after.status, after.last_test_error) == ("active", None)


def test_probe_is_written_below_the_base_path(world: World) -> None:
    world.stores.refused = {"delete"}
    made = world.create(scopes=["export"], export_base_path="out/2026")
    for _ in range(2):
        world.testing.test(ANNA, made.connector_id)
    left = [key for key in world.stores.buckets["films"] if key.startswith(f"out/2026/{PROBE_PREFIX}")]
    assert len(left) == 2
    assert left[1] in str(world.connectors.get(ANNA, made.connector_id).last_test_result)


def test_store_that_hangs_fails_the_test_in_time(world: World) -> None:
    world.stores.hangs = True
    testing = ConnectionTest(world.documents, world.connectors, world.connections, seconds=0.01)
    outcome = testing.test(ANNA, world.create().connector_id)
    assert not outcome.success
    assert "did not answer within" in str(outcome.error)


def test_keys_that_cannot_be_read_pass(world: World) -> None:
    world.stores.buckets["films"] = {"a//b.mp4": b""}
    made = world.create()
    assert world.testing.test(ANNA, made.connector_id).success
    result = world.connectors.get(ANNA, made.connector_id).last_test_result
    assert result == "Listing works. The store has no objects to read."


def test_empty_store_passes(world: World) -> None:
    world.stores.buckets["films"].clear()
    assert world.testing.test(ANNA, world.create().connector_id).success


def test_only_the_first_page_of_a_large_store_is_listed(world: World) -> None:
    world.stores.buckets["films"] = {f"{number:04d}.mp4": b"" for number in range(1000)}
    assert world.testing.test(ANNA, world.create().connector_id).success
    assert world.stores.listed_pages == 1


def test_missing_credentials_fail_the_test(world: World) -> None:
    made = world.create()
    world.secrets.delete("anna", made.secret_name)
    outcome = world.testing.test(ANNA, made.connector_id)
    assert outcome.error == "The credentials of the connector are missing. Set them again."


def test_outcome_of_replaced_credentials_is_not_recorded(world: World) -> None:
    made = world.create(given=key_pair("wrong"))

    def rotate() -> None:
        world.stores.on_open = lambda: None
        world.connectors.update(ANNA, made.connector_id, ConnectorChanges(), key_pair())

    world.stores.on_open = rotate
    assert not world.testing.test(ANNA, made.connector_id).success
    assert world.connectors.get(ANNA, made.connector_id).status == "active"


def test_connector_deleted_during_its_test_stays_deleted(world: World) -> None:
    made = world.create()
    world.stores.on_open = lambda: world.connectors.delete(ANNA, made.connector_id)
    world.testing.test(ANNA, made.connector_id)
    assert world.connectors.list(ANNA) == []
    assert world.events()[-1][0] == "connector.deleted"

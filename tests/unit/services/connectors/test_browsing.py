from pathlib import Path

import pytest

from shared.domain.errors import Conflict, ConnectionFailed, InvalidRequest, NotFound, StoreRefusal
from shared.services.connectors.browsing import Browsing, FileQuery
from tests.unit.services.connectors.memory_stores import PAGE
from tests.unit.services.connectors.world import World, key_pair
from tests.unit.services.storage import ANNA, BERT


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    keys = ["a.mp4", "2024/", "2024/b.mov", "2024/05/c.mp4", "2024/05/d.txt", "2024-x.mp4"]
    made.stores.buckets["films"] = dict.fromkeys(keys, b"12345")
    return made


def found(world: World, **query: object) -> list[str]:
    connector_id = world.create().connector_id
    pages = world.browsing.browse(ANNA, connector_id, FileQuery(**query))  # type: ignore[arg-type]
    return [file.path for page in pages for file in page]


def test_everything_but_folder_markers_and_probes_is_listed(world: World) -> None:
    world.stores.buckets["films"]["2024/.videovector-connection-test-1"] = b""
    assert found(world) == ["2024-x.mp4", "2024/05/c.mp4", "2024/05/d.txt", "2024/b.mov", "a.mp4"]


def test_prefix_pattern_level_and_limit_select_files(world: World) -> None:
    assert found(world, prefix="2024/") == ["2024/05/c.mp4", "2024/05/d.txt", "2024/b.mov"]
    assert found(world, prefix="2024/", recursive=False) == ["2024/b.mov"]
    assert found(world, pattern="*.{mp4,mov}", prefix="2024") == ["2024-x.mp4", "2024/05/c.mp4", "2024/b.mov"]
    assert found(world, pattern="2024/**/*.mp4") == ["2024/05/c.mp4"]
    assert found(world, limit=2) == ["2024-x.mp4", "2024/05/c.mp4"]
    assert found(world, prefix="none") == []
    assert found(world, limit=2, start_after="2024/05/c.mp4") == ["2024/05/d.txt", "2024/b.mov"]


def test_listing_goes_on_behind_a_key_that_cannot_be_read(world: World) -> None:
    world.stores.buckets["films"] = dict.fromkeys(["a//b.mp4", "a/c.mp4", "a/\n.mp4"], b"")
    assert found(world, limit=2) == ["a/\n.mp4", "a//b.mp4"]
    assert found(world, start_after="a/\n.mp4", limit=1) == ["a//b.mp4"]
    assert found(world, start_after="a//b.mp4") == ["a/c.mp4"]


def test_listing_ends_at_the_limit(world: World) -> None:
    world.stores.buckets["films"] = {f"{number:06d}.mp4": b"" for number in range(10_000)}
    assert len(found(world, limit=1000)) == 1000
    assert world.stores.listed_pages == 1000 // PAGE
    assert world.stores.opened == 0


def test_listing_without_limit_has_every_file(world: World) -> None:
    world.stores.buckets["films"] = {f"{number:06d}.mp4": b"" for number in range(10_000)}
    assert len(found(world)) == 10_000


def test_listing_left_early_closes_the_store(world: World) -> None:
    pages = world.browsing.browse(ANNA, world.create().connector_id, FileQuery())
    next(pages)
    assert world.stores.opened == 1
    pages.close()
    assert world.stores.opened == 0


def test_listing_that_takes_too_long_is_an_error(world: World) -> None:
    world.stores.hangs = True
    browsing = Browsing(world.connections, is_streamed=True, seconds=0.01)
    with pytest.raises(ConnectionFailed, match="did not answer within 0 seconds") as failed:
        list(browsing.browse(ANNA, world.create().connector_id, FileQuery(pattern="*.mp4")))
    assert failed.value.code == "connector_no_answer"
    assert world.stores.opened == 0


def test_failure_of_the_store_is_told_in_its_words(world: World) -> None:
    connector_id = world.create(given=key_pair("wrong")).connector_id
    with pytest.raises(StoreRefusal) as failed:
        list(world.browsing.browse(ANNA, connector_id, FileQuery()))
    assert failed.value.message == "The secret access key is wrong."
    assert failed.value.code == "connector_wrong_credentials"
    assert failed.value.details == {"problem": "wrong_credentials", "retryable": False}


def test_browsing_needs_scope_tenant_and_valid_pattern(world: World) -> None:
    with pytest.raises(Conflict):
        world.browsing.browse(ANNA, world.create(scopes=["export"]).connector_id, FileQuery())
    with pytest.raises(NotFound):
        world.browsing.browse(BERT, world.create().connector_id, FileQuery())
    with pytest.raises(InvalidRequest):
        world.browsing.browse(ANNA, world.create().connector_id, FileQuery(pattern="[z-a]"))

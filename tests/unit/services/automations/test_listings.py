"""What a listing of a watched prefix finds new, and what it remembers."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.automations.import_automation import ImportAutomation
from shared.services.automations.listings import Listing, Listings
from shared.services.imports.imported_objects import ImportedObject, object_fingerprint, version_of
from shared.services.records.documents import put
from tests.unit.services.automations.automation_world import AutomationWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> AutomationWorld:
    made = AutomationWorld(tmp_path)
    made.put("a.mp4", "b.mp4")
    return made


def _list(world: AutomationWorld, automation: ImportAutomation) -> tuple[Listings, Listing]:
    listings = Listings(world.documents, world.browsing, world.connections)
    return listings, listings.list(ANNA, automation)


def _remember(world: AutomationWorld, automation: ImportAutomation, listing_id: str) -> ImportAutomation:
    listings, found = _list(world, automation)
    listings.keep(automation, listing_id, found)
    return automation.model_copy(update={"seen_id": listing_id})


def test_objects_of_a_first_listing_are_new(world: AutomationWorld) -> None:
    _, found = _list(world, world.save())
    assert (found.unseen, found.new) == (2, 2)


def test_seen_objects_are_left_out_until_they_change(world: AutomationWorld) -> None:
    automation = _remember(world, world.save(), "first")
    world.put("a.mp4", content=b"longer film")
    _, found = _list(world, automation)
    assert (found.unseen, found.new) == (1, 1)


def test_imported_version_is_unseen_but_not_new(world: AutomationWorld) -> None:
    automation = world.save()
    connector = world.connector
    with world.connections.open(connector) as store:
        (first, _) = next(iter(store.list("")))
    key = keys.imported_object(
        ANNA.tenant_id, world.index_id, object_fingerprint(connector.address, first.path)
    )
    world.documents.write(put(key, ImportedObject(version=version_of(first))))
    _, found = _list(world, automation)
    assert (found.unseen, found.new) == (2, 1)


def test_memory_of_earlier_listings_is_removed(world: AutomationWorld) -> None:
    first = _remember(world, world.save(), "first")
    second = _remember(world, first, "second")
    Listings(world.documents, world.browsing, world.connections).remove_others(second)
    assert _list(world, second)[1].unseen == 0
    assert _list(world, first)[1].unseen == 2

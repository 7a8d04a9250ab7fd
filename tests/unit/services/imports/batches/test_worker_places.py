"""Places of import workers: as many workers run as there are places, and none is started in vain."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.services.imports.batches.worker_places import WorkerPlace, WorkerPlaces
from shared.services.records.documents import put
from tests.unit.services.storage import Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


@pytest.fixture
def places(storage: Storage) -> WorkerPlaces:
    return WorkerPlaces(storage.documents, 3)


def test_one_worker_is_started_where_none_runs(places: WorkerPlaces) -> None:
    assert places.reserve("first", waiting=0, batches_per_worker=2) == [0]
    assert places.reserve("second", waiting=0, batches_per_worker=2) == []


def test_batch_that_waits_for_busy_worker_starts_another(places: WorkerPlaces) -> None:
    places.reserve("first", waiting=1, batches_per_worker=2)
    assert places.reserve("second", waiting=1, batches_per_worker=2) == [1]


def test_waiting_batches_start_workers_up_to_limit(places: WorkerPlaces) -> None:
    assert places.reserve("first", waiting=4, batches_per_worker=2) == [0, 1]
    assert places.reserve("second", waiting=90, batches_per_worker=2) == [2]
    assert places.reserve("third", waiting=90, batches_per_worker=2) == []


def test_repeated_reservation_returns_same_places(places: WorkerPlaces) -> None:
    assert places.reserve("first", waiting=4, batches_per_worker=2) == [0, 1]
    assert places.reserve("first", waiting=90, batches_per_worker=2) == [0, 1]


def test_released_place_is_reserved_again(places: WorkerPlaces) -> None:
    places.reserve("first", waiting=0, batches_per_worker=2)
    places.place(0, "first").release()
    assert places.reserve("second", waiting=0, batches_per_worker=2) == [0]
    assert not places.place(0, "first").renew()
    assert not places.place(0, "first").take_again()


def test_place_is_taken_again_while_it_is_free(places: WorkerPlaces) -> None:
    places.reserve("first", waiting=0, batches_per_worker=2)
    place = places.place(0, "first")
    place.release()
    assert place.take_again()
    assert place.renew()


def test_place_of_dead_worker_is_free_after_its_time(storage: Storage, places: WorkerPlaces) -> None:
    past = isoformat(now() - timedelta(seconds=1))
    storage.documents.write(put(keys.import_worker(0), WorkerPlace(owner="dead", number=0, free_at=past)))
    assert places.reserve("next", waiting=0, batches_per_worker=2) == [0]
    assert not places.place(0, "dead").renew()

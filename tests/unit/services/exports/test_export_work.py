"""The work of exports: one file, one delivery, one event."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from shared.domain import keys
from shared.domain.connectors.connector import ConnectorChanges, StoreAddress
from shared.domain.connectors.credentials import Credentials
from shared.domain.errors import Unavailable
from shared.domain.exports import course
from shared.domain.exports.content_scope import ContentScope
from shared.domain.exports.export import Export, ExportStatus, QueueStatus
from shared.domain.exports.export_format import ExportFormat
from shared.domain.runs.prompt_run import RunStatus
from shared.ports.jobs import Interrupted
from shared.ports.stores import StoreFailed
from shared.services.exports.content.written import Written
from tests.unit.services.connectors.memory_stores import MemoryStore, MemoryStores
from tests.unit.services.exports.export_world import ExportWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> ExportWorld:
    return ExportWorld(tmp_path)


class Content:
    """Content that is one text. ``before`` is called before it is written."""

    def __init__(self, text: str = "content", before: Callable[[], object] = lambda: None) -> None:
        self.text, self.before = text, before
        self.scopes: list[ContentScope] = []

    def write(
        self, scope: ContentScope, export_format: ExportFormat, out: BinaryIO, check_stop: Callable[[], Any]
    ) -> Written:
        check_stop()
        self.scopes.append(scope)
        self.before()
        out.write(self.text.encode())
        return Written(1, len(self.text))


def test_index_export_holds_runs_that_ended_before_it(world: ExportWorld) -> None:
    film, other = world.film(), world.film(None)
    first, second = world.run(film), world.run(film)
    world.run(film, run_status=RunStatus.PROCESSING)
    world.run(other)
    export = world.create_of_index()
    content = Content()
    world.do_work(work=world.new_work(content))
    (scope,) = content.scopes
    assert [(each.run_id, each.media_id) for each in scope.snapshot] == [
        (run_id, film.media_id) for run_id in sorted([first, second])
    ]
    assert scope.created_at == export.created_at
    done = world.read(export)
    assert (done.status, done.queue_status) == (ExportStatus.COMPLETED, QueueStatus.SUCCEEDED)
    assert (done.progress.total_runs, done.progress.total_media) == (2, 1)
    assert world.told() == [(export.export_id, "export.ready")]
    assert [due.subject for due in world.due()] == [export.export_id]


def test_named_runs_alone_are_exported(world: ExportWorld) -> None:
    film = world.film()
    first, _ = world.run(film), world.run(film)
    export = world.create_of_index(prompt_run_ids=[first, first])
    assert export.prompt_run_ids == [first]
    world.do_work()
    assert world.read(export).progress.segments == 2


def test_delivery_is_written_below_the_base_path_and_kept_nowhere_else(world: ExportWorld) -> None:
    connector = world.connector()
    run_id = world.run(world.film())
    export = world.create(
        run_id, destination_connector_id=connector.connector_id, destination_subpath="june/"
    )
    world.do_work()
    done = world.read(export)
    key = f"out/june/videovector-prompt-run-{export.export_id}.json"
    assert done.object_uri == f"s3://films/{key}"
    delivered = json.loads(world.stores.buckets["films"][key])
    assert run_id in json.dumps(delivered)
    assert done.file_size_bytes == done.progress.delivered_bytes == len(world.stores.buckets["films"][key])
    assert list(world.blobs.keys("exports/")) == []
    assert world.due() == []
    assert world.stores.opened == 0


def test_store_that_refuses_fails_the_export_at_once(world: ExportWorld) -> None:
    connector = world.connector()
    world.stores.refused.add("write")
    export = world.create(world.run(world.film()), destination_connector_id=connector.connector_id)
    world.do_work()
    done = world.read(export)
    assert (done.status, done.queue_status) == (ExportStatus.FAILED, QueueStatus.FAILED)
    assert (done.error_code, done.error_message) == (
        "connector_not_permitted",
        "The credentials may not write.",
    )
    assert world.told() == [(export.export_id, "export.failed")]
    assert list(world.blobs.keys("exports/")) == []


def test_store_that_does_not_answer_is_asked_again(world: ExportWorld) -> None:
    connector = world.connector()
    export = world.create(world.run(world.film()), destination_connector_id=connector.connector_id)
    world.stores.hangs = True
    with pytest.raises(StoreFailed):
        world.do_work()
    waiting = world.read(export)
    assert (waiting.status, waiting.queue_status) == (ExportStatus.PROCESSING, QueueStatus.QUEUED)
    assert waiting.last_error == "The store does not answer."
    assert waiting.available_at > waiting.created_at
    world.stores.hangs = False
    no_content = Content(before=lambda: pytest.fail("the file is written again"))
    world.do_work(work=world.new_work(no_content))
    assert world.read(export).status is ExportStatus.COMPLETED


def test_export_that_is_given_up_is_a_dead_letter(world: ExportWorld) -> None:
    connector = world.connector()
    export = world.create(world.run(world.film()), destination_connector_id=connector.connector_id)
    world.stores.hangs = True
    with pytest.raises(StoreFailed) as refused:
        world.do_work()
    (request,) = world.export_requests()
    for _ in range(2):
        world.work.give_up(request, refused.value)
    done = world.read(export)
    assert (done.queue_status, done.error_code) == (QueueStatus.DEAD_LETTER, "connector_no_answer")
    assert world.told() == [(export.export_id, "export.failed")]
    assert list(world.blobs.keys("exports/")) == []


def test_unexpected_error_tells_clients_nothing_of_its_text(world: ExportWorld) -> None:
    export = world.create(world.run(world.film()))
    (request,) = world.export_requests()
    world.work.give_up(request, RuntimeError("secret of the server"))
    assert "secret" not in world.read(export).model_dump_json()


def test_base_path_that_has_changed_refuses_the_delivery(world: ExportWorld) -> None:
    connector = world.connector()
    export = world.create(world.run(world.film()), destination_connector_id=connector.connector_id)
    changes = ConnectorChanges(export_base_path="elsewhere")
    world.connectors.update(ANNA, connector.connector_id, changes)
    world.do_work()
    assert world.read(export).error_code == "export_base_path_changed"
    assert world.stores.buckets["films"] == {}


def test_connector_that_is_deleted_fails_the_export(world: ExportWorld) -> None:
    connector = world.connector()
    export = world.create(world.run(world.film()), destination_connector_id=connector.connector_id)
    world.connectors.delete(ANNA, connector.connector_id)
    world.do_work()
    assert world.read(export).error_code == "resource_connector_not_found"


def test_unavailable_record_store_is_no_failure(world: ExportWorld) -> None:
    def unavailable() -> None:
        raise Unavailable("The records do not answer.")

    export = world.create(world.run(world.film()))
    with pytest.raises(Unavailable):
        world.do_work(work=world.new_work(Content(before=unavailable)))
    assert world.read(export).status is ExportStatus.PROCESSING
    world.do_work()
    done = world.read(export)
    assert (done.status, done.attempts) == (ExportStatus.COMPLETED, 1)


def test_stopping_server_interrupts_the_work(world: ExportWorld) -> None:
    export = world.create(world.run(world.film()))
    with pytest.raises(Interrupted):
        world.do_work(stopping=lambda: True)
    world.do_work()
    assert world.told() == [(export.export_id, "export.ready")]


@dataclass
class SharedStores(MemoryStores):
    """Stores during whose next write another worker of the same job has written its file."""

    other_worker: Callable[[], object] | None = None

    def open(self, address: StoreAddress, credentials: Credentials) -> MemoryStore:
        if self.other_worker is not None:
            self.other_worker()
            self.other_worker = None
        return super().open(address, credentials)


def test_size_is_that_of_the_file_if_two_workers_write_it(tmp_path: Path) -> None:
    stores = SharedStores()
    world = ExportWorld(tmp_path, stores=stores)
    connector = world.connector()
    export = world.create(world.run(world.film()), destination_connector_id=connector.connector_id)

    def written(found: Export) -> Export:
        return course.with_file(found, 0, size=1, segments=1, moment=found.created_at)

    key = keys.export(ANNA.tenant_id, export.export_id)
    stores.other_worker = lambda: world.documents.update(Export, key, written)
    world.do_work()
    done = world.read(export)
    assert done.file_size_bytes == len(stores.buckets["films"][export.object_key])
    assert world.told() == [(export.export_id, "export.ready")]

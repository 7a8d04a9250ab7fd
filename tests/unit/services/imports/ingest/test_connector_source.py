"""Imports through a connector, over stores in memory."""

from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.domain.connectors.connector import Connector, ConnectorChanges, ConnectorOptions, ConnectorScope
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.imports.import_job import ImportFailure, ImportJob
from shared.services.connectors.connectors import Connectors
from shared.services.imports.intake import Imports
from shared.settings import Settings
from tests.unit.media.samples import make_video
from tests.unit.services.connectors.memory_stores import MemoryStores
from tests.unit.services.connectors.world import S3, key_pair
from tests.unit.services.storage import ANNA, BERT, Storage, never

KEY = "a folder/50% #1?/..png/映像.mp4"


class World:
    def __init__(self, folder: Path) -> None:
        film = make_video(folder / "film.mp4", seconds=1.0).read_bytes()
        self.stores = MemoryStores({"films": {KEY: film, "text.mp4": b"no film"}})
        settings = Settings(data_folder=folder, max_upload_bytes=len(film))
        self.storage = Storage(folder, settings, self.stores)
        self.imports: Imports = self.storage.imports
        secrets = FileTenantSecrets(folder / "tenant-secrets")
        self.connectors = Connectors(
            self.storage.documents, lambda: secrets, lambda: self.stores, max_connectors=9
        )

    def connector(self, **options: Any) -> Connector:
        named = ConnectorOptions.model_validate({"name": "Films"} | options)
        return self.connectors.create(ANNA, named, S3, key_pair())

    def accept(self, connector: Connector, key: str = KEY, *, caller: Any = ANNA) -> ImportJob:
        return self.imports.accept_uri(
            caller,
            title="A film",
            video_uri=f"s3://films/{key}",
            index_id=None,
            source_connector_id=connector.connector_id,
            seed=str(ULID()),
        )

    def run(self, job: ImportJob) -> tuple[str, ImportFailure | None]:
        self.storage.ingest.run(self.storage.jobs.requests[-1], never)
        view = self.storage.views.view(ANNA, job.job_id)
        return view.job.status, next((file.failure for file in view.failed_files.items), None)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_object_with_any_key_is_imported(world: World) -> None:
    connector = world.connector()
    job = world.accept(connector)
    assert (job.source_kind, job.connector_id) == ("connector", connector.connector_id)
    assert world.run(job) == ("completed", None)
    view = world.storage.views.view(ANNA, job.job_id)
    assert [output.file_name for output in view.outputs.items] == ["映像.mp4"]
    assert view.job.progress.bytes_transferred == len(world.stores.buckets["films"][KEY])


def test_connector_of_another_tenant_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.accept(world.connector(), caller=BERT)


def test_connector_without_import_scope_is_refused(world: World) -> None:
    with pytest.raises(Conflict, match="scope import"):
        world.accept(world.connector(scopes=["export"]))


@pytest.mark.parametrize(
    "address", ["s3://others/a.mp4", "gs://films/a.mp4", "https://example.com/a.mp4", "s3://films/"]
)
def test_address_outside_of_the_store_is_refused(world: World, address: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        world.imports.accept_uri(
            ANNA,
            title="A film",
            video_uri=address,
            index_id=None,
            source_connector_id=world.connector().connector_id,
            seed=str(ULID()),
        )
    assert refused.value.field == "video_uri"


def test_connector_deleted_before_the_fetch_fails_the_import(world: World) -> None:
    connector = world.connector()
    job = world.accept(connector)
    world.connectors.delete(ANNA, connector.connector_id)
    status, failure = world.run(job)
    assert (status, failure and failure.code) == ("failed", "resource_connector_not_found")
    assert failure is not None
    assert failure.message == "The connector was deleted before the file was fetched."


def test_scope_removed_before_the_fetch_fails_the_import(world: World) -> None:
    connector = world.connector()
    job = world.accept(connector)
    only_export = ConnectorChanges(scopes=[ConnectorScope.EXPORT])
    world.connectors.update(ANNA, connector.connector_id, only_export)
    status, failure = world.run(job)
    assert (status, failure and failure.code) == ("failed", "connector_scope_missing")


def test_credentials_rotated_before_the_fetch_are_used(world: World) -> None:
    connector = world.connector()
    job = world.accept(connector)
    world.stores.secret_key = "the-new-key"
    world.connectors.update(ANNA, connector.connector_id, ConnectorChanges(), key_pair("the-new-key"))
    assert world.run(job) == ("completed", None)


@pytest.mark.parametrize(
    ("key", "refused", "code", "message"),
    [
        ("none.mp4", set(), "connector_no_such_object", "There is no such object."),
        (KEY, {"fetch"}, "connector_not_permitted", "The credentials may not fetch."),
        ("large.mp4", set(), "connector_too_large", "The file is too large."),
    ],
)
def test_refusal_of_the_store_fails_the_import_in_its_words(
    world: World, key: str, refused: set[str], code: str, message: str
) -> None:
    world.stores.buckets["films"]["large.mp4"] = bytes(world.storage.settings.max_upload_bytes + 1)
    world.stores.refused = refused
    status, failure = world.run(world.accept(world.connector(), key))
    assert status == "failed"
    assert failure is not None
    assert (failure.code, failure.message, failure.stage) == (code, message, "fetch")
    assert world.stores.opened == 0


def test_object_that_is_no_medium_fails_the_import(world: World) -> None:
    status, failure = world.run(world.accept(world.connector(), "text.mp4"))
    assert (status, failure and failure.code) == ("failed", "unsupported_format")

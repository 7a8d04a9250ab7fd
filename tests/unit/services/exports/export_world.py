"""Exports over real records and blobs, with results of runs that are made up, and a store in memory."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from ulid import ULID

from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.domain import blob_keys, keys
from shared.domain.connectors.connector import (
    Connector,
    ConnectorOptions,
    ConnectorProvider,
    ConnectorScope,
    StoreAddress,
)
from shared.domain.due import SHARDS, Due
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.exports.export import Export, ExportOptions
from shared.domain.ids import EXPORT, new_id
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media, MediaType
from shared.ports.records import Delete
from shared.services.connectors.connectors import Connectors
from shared.services.connectors.given_credentials import GivenCredentials
from shared.services.deletion.work import DeletionWork
from shared.services.exports.content.content import ExportContent
from shared.services.exports.delivery import Delivery
from shared.services.exports.erasure import ExportErasure
from shared.services.exports.expiry import ExportExpiry
from shared.services.exports.exports import Exports
from shared.services.exports.files import ExportFiles
from shared.services.exports.snapshots import Snapshots
from shared.services.exports.work import ExportWork
from shared.services.library.file_links import FileLinks
from shared.services.runs.tables.tables import RunTables
from tests.unit.services.connectors.memory_stores import RIGHT_KEY, MemoryStores
from tests.unit.services.run_records import add_run
from tests.unit.services.run_world import keep_media
from tests.unit.services.storage import ANNA, Storage, never

BUCKET: Final = StoreAddress(provider=ConnectorProvider.S3, bucket="films", region="eu-central-1")
ENDS: Final = frozenset({EventType.EXPORT_READY, EventType.EXPORT_FAILED})


class ExportWorld(Storage):
    """``stores`` is the store in memory that connectors of the world reach."""

    def __init__(self, folder: Path, *, max_at_work: int = 20, stores: MemoryStores | None = None) -> None:
        self.stores = stores or MemoryStores()
        super().__init__(folder, stores=self.stores)
        self.connectors = Connectors(
            self.documents,
            lambda: FileTenantSecrets(folder / "tenant-secrets"),
            lambda: self.stores,
            max_connectors=100,
        )
        self.exports = Exports(self.documents, self.jobs, self.connections, max_at_work=max_at_work)
        self.snapshots = Snapshots(self.documents, self.blobs)
        self.files = ExportFiles(self.blobs, self.snapshots)
        self.expiry = ExportExpiry(self.documents, self.files)
        self.work = self.new_work()
        self.deletion_work = DeletionWork(
            self.documents, self.blobs, self.search_index, [ExportErasure(self.documents, self.files)]
        )
        self.index_id = self.new_index()

    def new_work(self, content: Any = None) -> ExportWork:
        """Build the work of exports, by default with the real content."""
        real = ExportContent(
            self.documents,
            FileLinks(self.documents, self.blobs, 3600),
            RunTables(self.documents, self.blobs),
            _no_embeddings,
        )
        return ExportWork(
            self.documents,
            self.blobs,
            lambda: content or real,
            self.snapshots,
            self.files,
            Delivery(self.connections, self.blobs),
            keep=timedelta(days=30),
        )

    def film(self, index_id: str | None = "") -> Media:
        """Add a medium, by default to the index of the world."""
        media_id = new_id("vid")
        media = Media(
            media_id=media_id,
            tenant_id=ANNA.tenant_id,
            user_id=ANNA.user_id,
            index_id=self.index_id if index_id == "" else index_id,
            title="A film",
            file_name="film.mp4",
            media_type=MediaType.VIDEO,
            content_hash=hashlib.sha256(media_id.encode()).hexdigest(),
            playback_key=f"media/{ANNA.tenant_id}/{media_id}/film.mp4",
            playback_type="video/mp4",
            duration_seconds=2.0,
            created_at="2026-01-01T00:00:00.000Z",
            updated_at="2026-01-01T00:00:00.000Z",
        )
        keep_media(self.documents, media)
        return media

    def run(self, media: Media, **options: Any) -> str:
        return add_run(self, media, **options)

    def connector(self, **options: Any) -> Connector:
        given = {"name": "Results", "scopes": [ConnectorScope.EXPORT], "export_base_path": "out"} | options
        keys_given = GivenCredentials(aws_access_key_id="AKIA", aws_secret_access_key=SecretStr(RIGHT_KEY))
        return self.connectors.create(ANNA, ConnectorOptions.model_validate(given), BUCKET, keys_given)

    def create(self, run_id: str, **options: Any) -> Export:
        return self.exports.create_of_run(
            ANNA, run_id, ExportOptions.model_validate(options), f"{EXPORT}_{ULID()}"
        )

    def create_of_index(self, **options: Any) -> Export:
        return self.exports.create_of_index(
            ANNA, self.index_id, ExportOptions.model_validate(options), f"{EXPORT}_{ULID()}"
        )

    def export_requests(self) -> list[JobRequest]:
        found = self.documents.every(JobRequest, keys.job())
        return [request for request in found if request.workflow is Workflow.EXPORT]

    def do_work(self, stopping: Callable[[], bool] = never, work: ExportWork | None = None) -> None:
        """Run the jobs of exports, as the job runner does."""
        for request in self.export_requests():
            (work or self.work).run(request, stopping)
            self.documents.write(Delete(keys.job(request.job_id)))

    def read(self, export: Export) -> Export:
        return self.exports.get(ANNA, export.export_id)

    def file(self, export: Export) -> bytes:
        return self.blobs.read(blob_keys.export_file(ANNA.tenant_id, export.export_id))

    def told(self) -> list[tuple[str, str]]:
        """Return the events about ends of exports: export id and name."""
        events = self.documents.every(Event, keys.event(ANNA.tenant_id))
        return [(e.payload["export_id"], str(e.event_type)) for e in events if e.event_type in ENDS]

    def delete_medium(self, media: Media) -> None:
        self.deletions.delete_media(ANNA, media.media_id)
        self._do_deletion()

    def delete_index(self) -> None:
        self.deletions.delete_index(ANNA, self.index_id)
        self._do_deletion()

    def _do_deletion(self) -> None:
        request = self.jobs.requests[-1]
        self.deletion_work.run(request, never)
        self.documents.write(Delete(keys.job(request.job_id)))

    def due(self) -> list[Due]:
        found = [due for shard in range(SHARDS) for due in self.documents.every(Due, keys.due(shard))]
        return [due for due in found if due.kind == "export_expiry"]

    def naming(self, identifier: str) -> set[str]:
        """Return where an id is: the last parts of partitions of records, and keys of blobs of exports."""
        assert isinstance(self.records, SqliteRecords)
        with self.records._connections.reading() as connection:
            rows = connection.execute("SELECT partition, sort, body FROM record").fetchall()
        records = {
            partition.rpartition("#")[2]
            for partition, sort, body in rows
            if identifier in f"{partition}#{sort}{body}" and '"deletion.' not in body
        }
        blobs = {key for key in self.blobs.keys("exports/") if identifier.encode() in self.blobs.read(key)}
        return records | blobs


def _no_embeddings() -> Any:
    raise AssertionError("no test asks for embeddings")

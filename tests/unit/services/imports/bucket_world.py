"""Imports of many files over real records and blobs in a temporary folder, and a bucket in memory."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PIL import Image
from ulid import ULID

from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.domain import keys
from shared.domain.connectors.connector import ConnectorOptions
from shared.domain.imports.import_job import ImportFile, ImportJob, ImportOutput
from shared.domain.job import JobRequest, Workflow
from shared.domain.runs.card import ListedMedia
from shared.services.connectors.connectors import Connectors
from shared.services.imports.connector_imports import ConnectorImports
from shared.services.imports.control.cancellation import Cancellation
from shared.services.imports.control.retries import Retries
from shared.services.imports.listing.listing import ImportListing
from shared.settings import Settings
from tests.unit.services.connectors.memory_stores import MemoryStores
from tests.unit.services.connectors.world import S3, key_pair
from tests.unit.services.storage import ANNA, Storage, never

BUCKET: Final = "films"


def picture(number: int = 0) -> bytes:
    """Return a small picture whose bytes differ by number."""
    file = io.BytesIO()
    Image.new("RGB", (16, 12), (number % 256, number // 256, 80)).save(file, "PNG")
    return file.getvalue()


class BucketWorld:
    def __init__(self, folder: Path) -> None:
        self.stores = MemoryStores({BUCKET: {}})
        settings = Settings(data_folder=folder, allow_private_uris=True)
        self.storage = Storage(folder, settings, self.stores)
        secrets = FileTenantSecrets(folder / "tenant-secrets")
        self.documents = self.storage.documents
        connectors = Connectors(self.documents, lambda: secrets, lambda: self.stores, max_connectors=9)
        self.connectors = connectors
        options = ConnectorOptions(name="Films")
        self.connector_id = connectors.create(ANNA, options, S3, key_pair()).connector_id
        self.index_id = self.storage.new_index()
        jobs, connections = self.storage.jobs, self.storage.connections
        self.imports = ConnectorImports(self.documents, jobs, connections)
        self.listing = ImportListing(self.documents, jobs, connections)
        self.cancellation = Cancellation(self.documents)
        self.retries = Retries(self.documents, jobs, self.storage.fetcher, settings)

    @property
    def objects(self) -> dict[str, bytes]:
        return self.stores.buckets[BUCKET]

    def fill(self, count: int, prefix: str = "pictures/") -> None:
        self.objects.update({f"{prefix}{n:05d}.png": picture(n) for n in range(count)})

    def start(self, **selection: Any) -> ImportJob:
        given = {"connector_id": self.connector_id, "index_id": self.index_id, "seed": str(ULID())}
        return self.imports.start(ANNA, **given | selection)

    def list_stores(self, stopping: Callable[[], bool] = never) -> None:
        """Run the listings that are submitted."""
        self._run(Workflow.IMPORT_LISTING, self.listing.run, stopping)

    def import_batches(self, stopping: Callable[[], bool] = never) -> None:
        """Run the batches that are submitted."""
        self._run(Workflow.INGEST, self.storage.ingest.run, stopping)

    def run(self, job: ImportJob) -> ImportJob:
        """List and import everything. Return the job at its end."""
        self.list_stores()
        self.import_batches()
        return self.job(job)

    def job(self, job: ImportJob) -> ImportJob:
        return self.storage.views.job(ANNA, job.job_id)

    def files(self, job: ImportJob) -> list[ImportFile]:
        return self.documents.every(ImportFile, keys.import_file(ANNA.tenant_id, job.job_id))

    def outputs(self, job: ImportJob) -> list[ImportOutput]:
        return self.documents.every(ImportOutput, keys.import_output(ANNA.tenant_id, job.job_id))

    def media(self) -> list[str]:
        """Return the file names of the media in the index."""
        partition = keys.index_media(ANNA.tenant_id, self.index_id)
        return sorted(each.media.file_name for each in self.documents.every(ListedMedia, partition))

    def _run(
        self,
        workflow: Workflow,
        run: Callable[[JobRequest, Callable[[], bool]], None],
        stopping: Callable[[], bool],
    ) -> None:
        for request in [each for each in self.storage.jobs.requests if each.workflow is workflow]:
            run(request, stopping)
            self.storage.jobs.requests.remove(request)

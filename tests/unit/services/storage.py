"""Real storage in a temporary folder, with the services for imports and deletions."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ulid import ULID

from shared.adapters.http.stores.stores import ObjectStores
from shared.adapters.http.uri_fetcher import HttpsFetcher
from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.clock import timestamp
from shared.domain.evidence import EmbeddingSpace
from shared.domain.ids import new_id
from shared.domain.imports.import_job import ImportJob
from shared.domain.job import JobRequest
from shared.domain.media import Index, Media
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.records import Record
from shared.ports.stores import Stores
from shared.services.connectors.connections import Connections
from shared.services.deletion.deletions import Deletions
from shared.services.deletion.work import DeletionWork
from shared.services.imports.ingest.ingest import Ingest
from shared.services.imports.intake import Imports
from shared.services.imports.views import ImportViews
from shared.services.library.media_library import MediaLibrary
from shared.services.records.documents import Documents, put
from shared.settings import Settings

ANNA = Caller(tenant_id="anna", user_id="usr_anna", scopes=frozenset({Scope.ADMIN}))
BERT = Caller(tenant_id="bert", user_id="usr_bert", scopes=frozenset({Scope.ADMIN}))


@dataclass
class SubmittedJobs:
    """Records submitted jobs, and leaves their execution to the test."""

    requests: list[JobRequest] = field(default_factory=list)

    def submit(self, request: JobRequest) -> None:
        if request.job_id not in {known.job_id for known in self.requests}:
            self.requests.append(request)


@dataclass(frozen=True)
class UploadedFile:
    """An uploaded file at ``path``, which ``blobs`` adopts."""

    path: Path
    blobs: Blobs
    file_name: str
    size: int
    content_type: str = "video/mp4"
    sha256: str = "0" * 64

    def keep(self, key: str) -> str:
        self.blobs.adopt(key, self.path, self.content_type)
        return key

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


class StopAfter:
    """A stop signal that is set after ``checks`` checks, as for a server that stops at that point."""

    def __init__(self, checks: int) -> None:
        self.remaining = checks

    def __call__(self) -> bool:
        self.remaining -= 1
        return self.remaining < 0


def never() -> bool:
    return False


def connections_over(documents: Documents, settings: Settings, stores: Stores | None = None) -> Connections:
    """Connect to ``stores``, by default those of the laptop, built at first use."""
    return Connections(
        documents,
        lambda: FileTenantSecrets(settings.data_folder / "tenant-secrets"),
        lambda: stores or ObjectStores(settings),
    )


class Storage:
    def __init__(self, folder: Path, settings: Settings | None = None, stores: Stores | None = None) -> None:
        self.settings = settings or Settings(data_folder=folder)
        self.records = SqliteRecords(folder / "records.sqlite")
        self.documents = Documents(self.records)
        self.blobs = FolderBlobs(
            folder / "blobs", link_base_url=lambda: "http://testserver", signing_key=b"k" * 32
        )
        space = EmbeddingSpace(model="test", version="1", dimension=4)
        self.search_index = EmbeddedSearchIndex(folder / "search", space, space)
        self.jobs = SubmittedJobs()
        self.fetcher = fetcher = HttpsFetcher(self.settings)
        self.connections = connections_over(self.documents, self.settings, stores)
        self.imports = Imports(
            self.documents, self.blobs, self.jobs, fetcher, self.connections, self.settings
        )
        self.views = ImportViews(self.documents)
        self.ingest = Ingest(self.documents, self.blobs, fetcher, self.connections, self.settings)
        self.library = MediaLibrary(self.documents, self.blobs)
        self.deletions = Deletions(self.documents, self.jobs)
        self.deletion_work = DeletionWork(self.documents, self.blobs, self.search_index)

    def new_index(self, caller: Caller = ANNA, name: str = "films") -> str:
        index = Index(
            index_id=new_id("idx"),
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            name=name,
            created_at=timestamp(),
        )
        self.documents.write(put(keys.index(caller.tenant_id, index.index_id), index))
        return index.index_id

    def upload(
        self, source: Path, index_id: str | None = None, *, title: str = "A film", seed: str | None = None
    ) -> ImportJob:
        copy = self.blobs.scratch_file()
        copy.write_bytes(source.read_bytes())
        return self.imports.accept_upload(
            ANNA,
            UploadedFile(copy, self.blobs, source.name, copy.stat().st_size),
            title=title,
            index_id=index_id,
            seed=seed or str(ULID()),
        )

    def import_now(self, source: Path, index_id: str | None = None, *, title: str = "A film") -> list[Media]:
        job = self.upload(source, index_id, title=title)
        self.ingest.run(self.jobs.requests[-1], never)
        view = self.views.view(ANNA, job.job_id)
        return [self.library.get(ANNA, o.media_id) for o in view.outputs.items if o.status == "completed"]

    def ingest_with_interruptions(self, request: JobRequest) -> int:
        """Run an import, and stop it one check later in each attempt, until it finishes. Return the number of
        attempts."""
        for attempt in range(1, 100):
            with suppress(Interrupted):
                self.ingest.run(request, StopAfter(attempt))
                return attempt
        raise AssertionError("the import never finished")

    def blob_keys(self) -> set[str]:
        return {
            key
            for prefix in ("media/", "imports/", "content/", "run-tables/")
            for key in self.blobs.keys(prefix)
        }

    def every_record(self) -> Iterator[Record]:
        """Yield all records, read from the database itself: the port cannot list partitions."""
        with self.records._connections.reading() as connection:
            rows = connection.execute("SELECT DISTINCT partition FROM record").fetchall()
        for (partition,) in rows:
            yield from self.records.query(partition, limit=10_000).records

"""The laptop's runtime: one process over one data folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.data_folder_lock import DataFolderInUse, DataFolderLock
from shared.adapters.local.disk_reserve import DiskReserve
from shared.adapters.local.event_feed.feed import LocalEventFeed
from shared.adapters.local.event_feed.signal import LocalEventSignal
from shared.adapters.local.jobs import LocalJobs
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.secrets import FileSecrets
from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.adapters.local.timer.timer import LocalTimer
from shared.adapters.local.upload_sessions import FolderUploadSessions
from shared.domain import default_index
from shared.domain.due import DueKind
from shared.domain.job import Workflow
from shared.domain.lazy import lazy
from shared.domain.system.numbers import DiskRoom, ServerActivity
from shared.ports.dropped_files import DroppedFiles
from shared.ports.event_feed import EventConsumer
from shared.ports.models import KeySource, ModelPack
from shared.ports.stores import Stores
from shared.ports.uri_fetcher import UriFetcher
from shared.ports.webhook_sender import WebhookSender
from shared.runtime import Runtime, base_url
from shared.runtime.background import Background
from shared.runtime.due_dispatch import DueDispatch, group_of
from shared.runtime.job_dispatch import JobDispatch
from shared.runtime.local_archive import make_current
from shared.runtime.ports import Ports
from shared.services.records.documents import Documents
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.adapters.local.search.index import EmbeddedSearchIndex

__all__ = ["DataFolderInUse", "DataFolderLock", "LocalPorts", "local_runtime", "local_server"]


def local_server(settings: Settings) -> tuple[Runtime, Background]:
    """Build the runtime and the background work of a server. The caller holds the data folder's lock. The
    archive is upgraded to this release's format first.

    Raises: NewerArchive. Unavailable: the records cannot be read, or the disk is full.
    """
    ports = LocalPorts(settings)
    ports.disk_reserve.tend()
    runtime = Runtime(ports)
    make_current(runtime)
    consumers: list[EventConsumer] = [
        runtime.notifications.fan_out,
        runtime.automations.import_runs,
        runtime.alerts.run_alerts,
        runtime.automations.run_exports,
    ]
    feed = LocalEventFeed(ports.records, ports.event_signal, consumers)
    background = Background(
        runtime,
        ports.jobs,
        ports.records,
        ports.upload_sessions,
        ports.disk_reserve,
        feed,
        ports.timer,
        lambda: ports.search_index,
    )
    return runtime, background


def local_runtime(settings: Settings) -> Runtime:
    """Build the runtime over ``settings.data_folder``, which one process serves at a time."""
    return Runtime(LocalPorts(settings))


def search_folder(settings: Settings) -> Path:
    return settings.data_folder / "search"


@dataclass(frozen=True, eq=False)
class LocalPorts(Ports):
    """Adapters over ``settings.data_folder``."""

    sole_server: ClassVar[bool] = True
    streams_answers: ClassVar[bool] = True

    @lazy
    def records(self) -> SqliteRecords:
        path = self.settings.data_folder / "records.sqlite"
        return SqliteRecords(path, self.disk_reserve.release, self.event_signal.notify)

    @lazy
    def disk_reserve(self) -> DiskReserve:
        return DiskReserve(self.settings.data_folder, self.settings.disk_reserve_bytes)

    @lazy
    def blobs(self) -> FolderBlobs:
        return FolderBlobs(
            self.settings.data_folder / "blobs",
            link_base_url=lambda: base_url(self.settings),
            signing_key=self.secrets.get_or_create("link-signing-key", 32),
            reserve=self.disk_reserve,
        )

    @lazy
    def secrets(self) -> FileSecrets:
        return FileSecrets(self.settings.data_folder / "secrets")

    @lazy
    def tenant_secrets(self) -> FileTenantSecrets:
        return FileTenantSecrets(self.settings.data_folder / "tenant-secrets")

    @lazy
    def event_signal(self) -> LocalEventSignal:
        return LocalEventSignal()

    @lazy
    def timer(self) -> LocalTimer:
        """The timer. Its handlers have a ``Runtime`` of their own over these ports, as jobs have."""
        work = DueDispatch(Runtime(self))
        return LocalTimer(Documents(self.records), dict.fromkeys(DueKind, work.handle), group_of=group_of)

    @lazy
    def webhook_sender(self) -> WebhookSender:
        from shared.adapters.http.webhook_sender import HttpWebhookSender

        return HttpWebhookSender(self.settings)

    @lazy
    def stores(self) -> Stores:
        from shared.adapters.http.stores.stores import ObjectStores

        return ObjectStores(self.settings)

    @lazy
    def search_index(self) -> EmbeddedSearchIndex:
        from shared.adapters.local.folder_switch import settle
        from shared.adapters.local.search.index import EmbeddedSearchIndex

        models = self.models
        folder = search_folder(self.settings)
        settle(folder)
        return EmbeddedSearchIndex(
            folder, models.text_embedder.space, models.image_embedder.space, self.disk_reserve.release
        )

    @lazy
    def models(self) -> ModelPack:
        from shared.models.catalogue import build_extractors
        from shared.models.cpu_pack import cpu_models

        pack = cpu_models(self.settings, self.settings.data_folder / "models")
        return replace(pack, extractors=build_extractors(self.settings, pack.text_embedder, self.llm_key))

    @lazy
    def jobs(self) -> LocalJobs:
        """The job runner. Its workers have a ``Runtime`` of their own over these ports; see docs/adr/0016."""
        workers = {
            Workflow.INGEST: self.settings.ingest_workers,
            Workflow.PROMPT_RUN: self.settings.run_workers,
        }
        work = JobDispatch(Runtime(self))
        return LocalJobs(
            self.records,
            dict.fromkeys(Workflow, work.run),
            workers,
            on_failure=work.give_up,
            yields=lambda job: job.arguments.get("tenant_id") == default_index.TENANT,
        )

    @lazy
    def uri_fetcher(self) -> UriFetcher:
        from shared.adapters.http.uri_fetcher import HttpsFetcher

        return HttpsFetcher(self.settings)

    @lazy
    def upload_sessions(self) -> FolderUploadSessions:
        return FolderUploadSessions(
            self.settings.data_folder / "uploads",
            self.blobs,
            link_base_url=lambda: base_url(self.settings),
            signing_key=self.secrets.get_or_create("upload-signing-key", 32),
        )

    @property
    def dropped_files(self) -> DroppedFiles:
        raise LookupError("files cannot be dropped into the store of this runtime")

    def disk_room(self) -> DiskRoom | None:
        usage = shutil.disk_usage(self.settings.data_folder)
        return DiskRoom(usage.free, usage.total)

    def server_activity(self) -> ServerActivity | None:
        return ServerActivity(self.jobs.counts(), self.records.event_feed.lag(), self.timer.outcomes())

    def tenants(self, limit: int) -> list[str]:
        return self.records.tenants(limit)

    @property
    def llm_key(self) -> KeySource:
        return lambda: self.settings.llm_api_key

"""The laptop's runtime: everything in one folder of one machine, in one process."""

from dataclasses import replace
from pathlib import Path

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.data_folder_lock import DataFolderInUse, DataFolderLock
from shared.adapters.local.jobs import LocalJobs
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.secrets import FileSecrets
from shared.adapters.local.upload_sessions import FolderUploadSessions
from shared.domain.job import Workflow
from shared.ports.models import ModelPack
from shared.ports.search_index import SearchIndex
from shared.ports.uri_fetcher import UriFetcher
from shared.runtime import Runtime, base_url
from shared.runtime.background import Background
from shared.runtime.job_dispatch import JobDispatch
from shared.runtime.local_archive import make_current
from shared.settings import Settings

__all__ = ["DataFolderInUse", "DataFolderLock", "local_runtime", "local_server"]


def local_server(settings: Settings) -> tuple[Runtime, Background]:
    """The runtime and what has to go on beside its requests, for who holds the folder's lock. The archive
    has this release's format before anything else is done.

    Raises: NewerArchive. Unavailable: the records cannot be read, or the disk is full.
    """
    runtime = local_runtime(settings)
    make_current(runtime)
    records, jobs, uploads = runtime.records, runtime.jobs, runtime.upload_sessions
    if not (
        isinstance(records, SqliteRecords)
        and isinstance(jobs, LocalJobs)
        and isinstance(uploads, FolderUploadSessions)
    ):
        raise TypeError("a local runtime keeps everything in its folder and runs its own jobs")
    return runtime, Background(runtime, jobs, records, uploads)


def local_runtime(settings: Settings) -> Runtime:
    """Read and write ``settings.data_folder``, which one process serves at a time."""
    folder = settings.data_folder
    return Runtime(
        settings,
        records=lambda _: SqliteRecords(folder / "records.sqlite"),
        blobs=_folder_blobs,
        secrets=lambda _: FileSecrets(folder / "secrets"),
        search_index=_embedded_search_index,
        models=_cpu_models,
        jobs=_local_jobs,
        uri_fetcher=_https_fetcher,
        upload_sessions=_folder_uploads,
        sole_server=True,
    )


def _folder_blobs(runtime: Runtime) -> FolderBlobs:
    return FolderBlobs(
        runtime.settings.data_folder / "blobs",
        link_base_url=lambda: base_url(runtime.settings),
        signing_key=runtime.secrets.get_or_create("link-signing-key", 32),
    )


def _folder_uploads(runtime: Runtime) -> FolderUploadSessions:
    return FolderUploadSessions(
        runtime.settings.data_folder / "uploads",
        runtime.blobs,
        link_base_url=lambda: base_url(runtime.settings),
        signing_key=runtime.secrets.get_or_create("upload-signing-key", 32),
    )


def _https_fetcher(runtime: Runtime) -> UriFetcher:
    from shared.adapters.http.uri_fetcher import HttpsFetcher

    return HttpsFetcher(runtime.settings)


def search_folder(settings: Settings) -> Path:
    return settings.data_folder / "search"


def _embedded_search_index(runtime: Runtime) -> SearchIndex:
    from shared.adapters.local.folder_switch import settle
    from shared.adapters.local.search.index import EmbeddedSearchIndex

    models = runtime.models
    folder = search_folder(runtime.settings)
    settle(folder)
    return EmbeddedSearchIndex(folder, models.text_embedder.space, models.image_embedder.space)


def _cpu_models(runtime: Runtime) -> ModelPack:
    from shared.models.catalogue import build_extractors
    from shared.models.cpu_pack import cpu_models

    settings = runtime.settings
    pack = cpu_models(settings, settings.data_folder / "models")
    return replace(pack, extractors=build_extractors(settings, pack.text_embedder, runtime.llm_key))


def _local_jobs(runtime: Runtime) -> LocalJobs:
    settings = runtime.settings
    workers = {Workflow.INGEST: settings.ingest_workers, Workflow.PROMPT_RUN: settings.run_workers}
    work = JobDispatch(runtime)
    return LocalJobs(runtime.records, dict.fromkeys(Workflow, work.run), workers, on_failure=work.give_up)

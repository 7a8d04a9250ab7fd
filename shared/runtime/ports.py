"""The ports of a runtime, each made at first use by what the runtime was given for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from shared.runtime.made_once import made_once
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.ports.blobs import Blobs
    from shared.ports.dropped_files import DroppedFiles
    from shared.ports.incoming_files import IncomingFiles
    from shared.ports.jobs import Jobs
    from shared.ports.models import KeySource, ModelPack
    from shared.ports.part_uploads import PartUploads
    from shared.ports.query_embedding import QueryEmbedder
    from shared.ports.records import Records
    from shared.ports.search_index import SearchIndex
    from shared.ports.secrets import Secrets
    from shared.ports.uri_fetcher import UriFetcher
    from shared.runtime import Runtime


Port = TypeVar("Port")


class Ports:
    """What ``Runtime`` builds its services over; each maker is given that runtime."""

    def __init__(
        self,
        settings: Settings,
        *,
        records: Callable[[Runtime], Records],
        blobs: Callable[[Runtime], Blobs],
        secrets: Callable[[Runtime], Secrets],
        search_index: Callable[[Runtime], SearchIndex],
        models: Callable[[Runtime], ModelPack],
        jobs: Callable[[Runtime], Jobs],
        uri_fetcher: Callable[[Runtime], UriFetcher],
        upload_sessions: Callable[[Runtime], PartUploads],
        sole_server: bool,
        dropped_files: Callable[[Runtime], DroppedFiles] | None = None,
        incoming_files: Callable[[Runtime], IncomingFiles] | None = None,
        llm_key: Callable[[Runtime], KeySource] | None = None,
        query_embedder: Callable[[Runtime], QueryEmbedder] | None = None,
    ) -> None:
        """``sole_server``: no other process answers requests from these records. ``dropped_files``:
        where files may be put straight into the store; None: nowhere. ``incoming_files`` None: a file
        that comes with a request lies on this machine's disk until the blobs adopt it. ``llm_key``:
        where the key of the language model is kept; None: among the settings. ``query_embedder`` None:
        the models of this process embed queries."""
        self.settings = settings
        self._make_records = records
        self._make_blobs = blobs
        self._make_secrets = secrets
        self._make_search_index = search_index
        self._make_models = models
        self._make_jobs = jobs
        self._make_uri_fetcher = uri_fetcher
        self._make_upload_sessions = upload_sessions
        self._make_dropped_files = dropped_files
        self._make_incoming_files = incoming_files
        self._make_llm_key = llm_key
        self._make_query_embedder = query_embedder
        self._sole_server = sole_server

    @made_once
    def records(self) -> Records:
        return self._made(self._make_records)

    @made_once
    def blobs(self) -> Blobs:
        return self._made(self._make_blobs)

    @made_once
    def secrets(self) -> Secrets:
        return self._made(self._make_secrets)

    @made_once
    def search_index(self) -> SearchIndex:
        return self._made(self._make_search_index)

    @made_once
    def models(self) -> ModelPack:
        return self._made(self._make_models)

    @made_once
    def query_embedder(self) -> QueryEmbedder:
        if self._make_query_embedder is not None:
            return self._made(self._make_query_embedder)
        from shared.services.search.query_embedding import ModelQueryEmbedder

        return ModelQueryEmbedder(
            lambda: self.models,
            max_picture_bytes=self.settings.max_search_picture_bytes,
            max_picture_pixels=self.settings.max_picture_pixels,
        )

    @made_once
    def jobs(self) -> Jobs:
        return self._made(self._make_jobs)

    @made_once
    def uri_fetcher(self) -> UriFetcher:
        return self._made(self._make_uri_fetcher)

    @made_once
    def upload_sessions(self) -> PartUploads:
        return self._made(self._make_upload_sessions)

    @made_once
    def dropped_files(self) -> DroppedFiles:
        """Raises: LookupError: files cannot be dropped in this runtime."""
        if self._make_dropped_files is None:
            raise LookupError("files cannot be dropped into the store of this runtime")
        return self._made(self._make_dropped_files)

    @made_once
    def llm_key(self) -> KeySource:
        if self._make_llm_key is None:
            return lambda: self.settings.llm_api_key
        return self._made(self._make_llm_key)

    @made_once
    def incoming_files(self) -> IncomingFiles:
        if self._make_incoming_files is not None:
            return self._made(self._make_incoming_files)
        from shared.adapters.scratch_files import ScratchFiles

        return ScratchFiles(self._made(lambda runtime: runtime.blobs))

    def _made(self, make: Callable[[Runtime], Port]) -> Port:
        return make(cast("Runtime", self))  # the only class that is built over this one

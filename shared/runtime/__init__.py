"""The composition root: the only place that knows which adapter stands behind a port.

``Runtime`` holds ports and the services over them; a module beside this one builds it for each
runtime. Everything is made at first use, and imported then, so an entry point pays only for what it
touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.runtime.made_once import made_once
from shared.runtime.ports import Ports
from shared.services.records.documents import Documents
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.models.catalogue import Catalogue
    from shared.ports.models import PromptWriter
    from shared.services.access.api_keys import ApiKeys
    from shared.services.access.bearer_tokens import BearerTokens
    from shared.services.access.rate_limits import RateLimits
    from shared.services.deletion.deletions import Deletions
    from shared.services.deletion.work import DeletionWork
    from shared.services.imports.dropped_files import DroppedImports
    from shared.services.imports.imports import Imports
    from shared.services.imports.ingest.endings import ImportEndings
    from shared.services.imports.ingest.ingest import Ingest
    from shared.services.imports.upload_sessions import Uploads
    from shared.services.imports.views import ImportViews
    from shared.services.library.file_links import FileLinks
    from shared.services.library.indexes import Indexes
    from shared.services.library.media_library import MediaLibrary
    from shared.services.library.media_status import MediaStatus
    from shared.services.library.segments import Segments
    from shared.services.prompts.prompts import Prompts
    from shared.services.records.idempotency import Idempotency
    from shared.services.runs.pipeline.run import PromptRunPipeline
    from shared.services.runs.pipeline.run_steps import RunSteps
    from shared.services.runs.prompt_runs import PromptRuns
    from shared.services.runs.segment_retries import SegmentRetries
    from shared.services.runs.views import RunViews
    from shared.services.search.hits import SearchHits
    from shared.services.search.scope import SearchScopes
    from shared.services.search.search import Search
    from shared.services.search.spaces import SearchSpaces
    from shared.services.workflow.search import WorkflowSearch
    from shared.services.workflow.workflow import WorkflowFacade as SimplifiedWorkflow


class Runtime(Ports):
    """Ports and the services over them."""

    @made_once
    def documents(self) -> Documents:
        return Documents(self.records)

    @made_once
    def api_keys(self) -> ApiKeys:
        from shared.services.access.api_keys import ApiKeys

        return ApiKeys(self.documents)

    @made_once
    def bearer_tokens(self) -> BearerTokens | None:
        """None where no issuer is configured. Raises: ValueError, an issuer without an audience."""
        settings = self.settings
        if settings.oidc_issuer is None:
            return None
        if not settings.oidc_audience:
            raise ValueError("oidc_issuer needs oidc_audience: its other applications' tokens are not ours")
        from shared.adapters.http.https_documents import HttpsDocuments
        from shared.services.access.bearer_tokens import BearerTokens
        from shared.services.access.signing_keys import SigningKeys

        keys = SigningKeys(settings.oidc_issuer, HttpsDocuments())
        return BearerTokens(settings.oidc_issuer, settings.oidc_audience, settings.oidc_tenant_claim, keys)

    @made_once
    def idempotency(self) -> Idempotency:
        from shared.services.records.idempotency import Idempotency

        hours = self.settings.idempotency_hours
        return Idempotency(self.records, keep_hours=hours, sole_server=self._sole_server)

    @made_once
    def rate_limits(self) -> RateLimits:
        from shared.services.access.rate_limits import RateLimits

        return RateLimits(self.settings.requests_per_minute)

    @made_once
    def indexes(self) -> Indexes:
        from shared.services.library.indexes import Indexes

        return Indexes(self.documents, max_indexes=self.settings.max_indexes)

    @made_once
    def media(self) -> MediaLibrary:
        from shared.services.library.media_library import MediaLibrary

        return MediaLibrary(self.documents, self.blobs)

    @made_once
    def file_links(self) -> FileLinks:
        from shared.services.library.file_links import FileLinks

        return FileLinks(self.documents, self.blobs, self.settings.signed_link_seconds)

    @made_once
    def imports(self) -> Imports:
        from shared.services.imports.imports import Imports

        return Imports(self.documents, self.blobs, self.jobs, self.uri_fetcher, self.settings)

    @made_once
    def uploads(self) -> Uploads:
        from shared.services.imports.upload_sessions import Uploads

        return Uploads(self.documents, self.upload_sessions, self.blobs, self.imports, self.settings)

    @made_once
    def dropped_imports(self) -> DroppedImports:
        from shared.services.imports.dropped_files import DroppedImports

        return DroppedImports(self.documents, self.dropped_files, self.imports, self.settings)

    @made_once
    def import_views(self) -> ImportViews:
        from shared.services.imports.views import ImportViews

        return ImportViews(self.documents)

    @made_once
    def deletions(self) -> Deletions:
        from shared.services.deletion.deletions import Deletions

        return Deletions(self.documents, self.jobs)

    @made_once
    def media_status(self) -> MediaStatus:
        from shared.services.library.media_status import MediaStatus

        return MediaStatus(self.documents)

    @made_once
    def segments(self) -> Segments:
        from shared.services.library.segments import Segments

        return Segments(self.documents)

    @made_once
    def prompts(self) -> Prompts:
        from shared.services.prompts.prompts import Prompts

        return Prompts(self.documents, self.prompt_writer)

    def prompt_writer(self) -> PromptWriter:
        from shared.models.catalogue import build_prompt_writer

        return build_prompt_writer(self.settings, self.llm_key)

    @made_once
    def catalogue(self) -> Catalogue:
        from shared.models.catalogue import Catalogue

        return Catalogue(self.settings)

    @made_once
    def prompt_runs(self) -> PromptRuns:
        from shared.services.runs.prompt_runs import PromptRuns

        return PromptRuns(self.documents, self.jobs, self.catalogue.resolve)

    @made_once
    def run_views(self) -> RunViews:
        from shared.services.runs.views import RunViews

        return RunViews(self.documents)

    @made_once
    def segment_retries(self) -> SegmentRetries:
        from shared.services.runs.segment_retries import SegmentRetries

        return SegmentRetries(self.documents, self.jobs)

    @made_once
    def scopes(self) -> SearchScopes:
        from shared.services.search.scope import SearchScopes

        return SearchScopes(self.documents)

    @made_once
    def search_hits(self) -> SearchHits:
        from shared.services.search.hits import SearchHits

        return SearchHits(self.documents)

    @made_once
    def search(self) -> Search:
        from shared.services.search.search import Search

        return Search(self.search_hits, lambda: self.search_index, lambda: self.query_embedder)

    @made_once
    def workflow(self) -> SimplifiedWorkflow:
        from shared.services.workflow.workflow import WorkflowFacade

        return WorkflowFacade(self.documents, self.indexes, self.prompts, self.prompt_runs)

    @made_once
    def workflow_search(self) -> WorkflowSearch:
        from shared.services.workflow.search import WorkflowSearch

        return WorkflowSearch(
            self.documents,
            self.indexes,
            self.scopes,
            self.search,
            self.search_hits,
            lambda: self.search_index,
            window=self.settings.search_result_window,
        )

    @made_once
    def ingest(self) -> Ingest:
        from shared.services.imports.ingest.ingest import Ingest

        return Ingest(self.documents, self.blobs, self.uri_fetcher, self.settings)

    @made_once
    def pipeline(self) -> PromptRunPipeline:
        from shared.models.catalogue import has_language_model
        from shared.services.runs.pipeline.run import PromptRunPipeline

        settings = self.settings
        return PromptRunPipeline(
            self.documents,
            self.blobs,
            self.search_index,
            self.models,
            self.catalogue.resolve,
            parallel=settings.llm_parallel_requests if has_language_model(settings) else 1,
        )

    @made_once
    def import_endings(self) -> ImportEndings:
        from shared.services.imports.ingest.endings import ImportEndings

        return ImportEndings(self.documents, self.blobs)

    @made_once
    def run_steps(self) -> RunSteps:
        from shared.services.runs.pipeline.run_steps import RunSteps

        return RunSteps(self.documents)

    @made_once
    def search_spaces(self) -> SearchSpaces:
        from shared.services.search.spaces import SearchSpaces

        return SearchSpaces(self.documents)

    @made_once
    def deletion_work(self) -> DeletionWork:
        from shared.services.deletion.work import DeletionWork

        return DeletionWork(self.documents, self.blobs, self.search_index)


def base_url(settings: Settings) -> str:
    """The origin under which clients reach the server, without a path."""
    return (settings.public_base_url or f"http://{settings.host}:{settings.port}").rstrip("/")

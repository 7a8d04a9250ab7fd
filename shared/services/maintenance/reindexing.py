"""Rebuild of the search index from records and blobs, which it is a projection of.

The index contains what runs have put there: results that are marked as indexed, of media that are neither
deleted nor being deleted. Texts are embedded again, so the models may differ from those of the old index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, Protocol

from shared.domain import blob_keys, keys
from shared.domain.media import Index, Media
from shared.domain.runs.prompt_run import PromptRun, SegmentResult, VideoResult
from shared.domain.runs.statuses import EmbeddingStatus
from shared.ports.blobs import Blobs
from shared.ports.models import ModelPack
from shared.ports.search_index import SearchDocument
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.stored_analysis import stored_analysis
from shared.services.runs.pipeline.embed import TextVectors
from shared.services.runs.pipeline.index_results import BATCH, search_documents
from shared.services.runs.pipeline.medium_result import search_document

_PAGE_SIZE: Final = 100

Report = Callable[[int, int], object]
"""Called with the number of media that are done, and their total."""


class DocumentSink(Protocol):
    """A search index that documents are put into."""

    def put(self, documents: Sequence[SearchDocument]) -> None: ...


@dataclass(frozen=True, slots=True)
class _MediumInRun:
    run: PromptRun
    media: Media


class Reindexing:
    """Rebuilds a search index that has no documents of the given tenants yet. No run may be active."""

    def __init__(
        self, documents: Documents, blobs: Blobs, models: ModelPack, search_index: DocumentSink
    ) -> None:
        self._documents = documents
        self._blobs = blobs
        self._models = models
        self._index = search_index
        self._visible = VisibleMedia(documents)

    def tenants(self) -> list[str]:
        """List the tenants that have media. There is no record of tenants; the blob keys name them."""
        owners = (blob_keys.owner(key) for key in self._blobs.keys("media/"))
        return sorted({owner[0] for owner in owners if owner is not None})

    def rebuild(self, tenants: Sequence[str], report: Report) -> int:
        """Put all documents of ``tenants`` into the index. Return their number.

        Raises: Unavailable: a store does not answer, the disk is full, or a model cannot be loaded.
        """
        total = sum(len(page) for tenant in tenants for page in self._media_ids(tenant))
        done = documents = 0
        report(done, total)
        for tenant in tenants:
            for media_ids in self._media_ids(tenant):
                for media in self._visible.find_many(tenant, media_ids):
                    documents += self._put(self._documents_of(media))
                done += len(media_ids)
                report(done, total)
        return documents

    def _put(self, batches: Iterable[Sequence[SearchDocument]]) -> int:
        count = 0
        for batch in batches:
            self._index.put(batch)
            count += len(batch)
        return count

    def _documents_of(self, media: Media) -> Iterator[Sequence[SearchDocument]]:
        """Build the documents of all runs of a medium. The runs share its analysis and its text vectors."""
        vectors = TextVectors(self._models.text_embedder)
        analysis: Analysis | None = None
        for run in self._runs(media):
            if analysis is None:
                analysis = stored_analysis(self._blobs, self._models, media)
            yield from self._segments(_MediumInRun(run, media), analysis, vectors)
            yield self._video(_MediumInRun(run, media), vectors)

    def _segments(
        self, work: _MediumInRun, analysis: Analysis, vectors: TextVectors
    ) -> Iterator[Sequence[SearchDocument]]:
        without_transcript = replace(analysis, transcript=None)
        results = keys.segment_result(work.media.tenant_id, work.run.run_id, work.media.media_id)
        for page in self._documents.pages(SegmentResult, results, limit=BATCH):
            indexed = [result for result in page if result.indexed]
            for transcribed, group in groupby(indexed, lambda result: result.transcription.succeeded is True):
                used = analysis if transcribed else without_transcript
                yield search_documents(work, used, list(group), vectors)

    def _video(self, work: _MediumInRun, vectors: TextVectors) -> Sequence[SearchDocument]:
        key = keys.video_result(work.media.tenant_id, work.run.run_id, work.media.media_id)
        result = self._documents.get(VideoResult, key)
        if result is None or result.embedding_status is not EmbeddingStatus.COMPLETED:
            return []
        return [search_document(work, result, vectors)]

    def _runs(self, media: Media) -> Iterator[PromptRun]:
        pointers = keys.run_of_media(media.tenant_id, media.media_id)
        for run_ids in self._documents.sort_key_pages(pointers, limit=_PAGE_SIZE):
            yield from self._documents.get_many(
                PromptRun, [keys.prompt_run(media.tenant_id, run_id) for run_id in run_ids]
            )

    def _media_ids(self, tenant: str) -> Iterator[Sequence[str]]:
        """Walk over the ids of a tenant's media, page by page, the playground first."""
        yield from self._documents.sort_key_pages(keys.index_media(tenant, None), limit=_PAGE_SIZE)
        for index in self._documents.every(Index, keys.index(tenant)):
            of_index = keys.index_media(tenant, index.index_id)
            yield from self._documents.sort_key_pages(of_index, limit=_PAGE_SIZE)

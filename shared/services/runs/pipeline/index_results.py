"""Put results into the search index. The index is a projection: a result is flagged as indexed
once it is there, and put again, under the same id, when a crash came in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from shared.domain import keys
from shared.domain.keys import Key
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.hits import segment_result_id
from shared.domain.query.leaves import leaves
from shared.domain.query.result_texts import TRANSCRIPTION
from shared.domain.runs.prompt_run import OperationOutcome, SegmentResult
from shared.domain.runs.statuses import SegmentStage
from shared.ports.search_index import Level, SearchDocument
from shared.services.records.documents import put
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.evidence import evidence_between
from shared.services.runs.execution.context import MediumContext, MediumWork
from shared.services.runs.execution.failures import Failure, attempt
from shared.services.runs.pipeline.embed import (
    TextVectors,
    evidence_texts,
    field_texts,
    picture_passages,
    whole_text,
)

BATCH: Final = 32


def index_results(
    work: MediumWork, analysis: Analysis, results: Sequence[SegmentResult], vectors: TextVectors
) -> Iterator[SegmentResult]:
    """``results`` as they are kept from now on: indexed, or failed to be.

    Raises: Interrupted, MediumDeleted.
    """
    for start in range(0, len(results), BATCH):
        batch = results[start : start + BATCH]
        work.supervision.check_interrupted()
        failure = attempt(partial(_put, work, analysis, batch, vectors)).failure
        for result in batch:
            marked = _marked(result, failure)
            work.ports.documents.write(put(_key(work, result), marked))
            yield marked


def _put(
    work: MediumWork, analysis: Analysis, results: Sequence[SegmentResult], vectors: TextVectors
) -> None:
    work.ports.search_index.put(search_documents(work, analysis, results, vectors))


def _marked(result: SegmentResult, failure: Failure | None) -> SegmentResult:
    marked = result.model_copy()
    marked.indexed = failure is None
    marked.processing = failure.outcome() if failure else OperationOutcome(succeeded=True)
    if failure is not None:
        marked.failure_stage = result.failure_stage or SegmentStage.INDEXING
    return marked


def _key(work: MediumWork, result: SegmentResult) -> Key:
    return keys.segment_result(work.tenant, result.run_id, result.media_id, result.segment_id)


def search_documents(
    work: MediumContext, analysis: Analysis, results: Sequence[SegmentResult], vectors: TextVectors
) -> list[SearchDocument]:
    disabled = frozenset(work.run.prompt.semantic_indexing.disabled_segment_fields)
    own = frozenset(work.run.prompt.json_schema.get("properties", {}))
    evidences = [evidence_between(work, analysis, result.start, result.end) for result in results]
    texts = [
        field_texts(_own_fields(result, TRANSCRIPTION in own), disabled)
        + evidence_texts(evidence.transcript, evidence.frames, disabled)
        + whole_text(result.metadata_text, disabled)
        for result, evidence in zip(results, evidences, strict=True)
    ]
    return [
        SearchDocument(
            result_id=segment_result_id(result.segment_id, result.run_id),
            tenant_id=work.run.tenant_id,
            index_id=work.media.index_id or "",
            run_id=result.run_id,
            media_id=result.media_id,
            segment_id=result.segment_id,
            level=Level.SEGMENT,
            start=result.start,
            executed_at=result.executed_at,
            leaves=leaves(result.metadata),
            passages=passages,
            pictures=picture_passages(evidence.frames) if work.run.options.enable_image_embedding else (),
        )
        for result, evidence, passages in zip(results, evidences, vectors.passages(texts), strict=True)
    ]


def _own_fields(result: SegmentResult, has_own: bool) -> JsonObject:
    """The prompt's fields, less the transcript that was put beside them."""
    if has_own:
        return result.metadata
    return {name: value for name, value in result.metadata.items() if name != TRANSCRIPTION}

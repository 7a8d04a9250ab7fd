"""Indexing of segment results. The search index is a projection: a result is marked as indexed after it is in
the index. After a crash in between, it is put again under the same id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from shared.domain import keys
from shared.domain.keys import Key
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.hits import segment_result_id
from shared.domain.query.leaves import leaves
from shared.domain.runs.prompt_run import OperationOutcome, SegmentResult
from shared.domain.runs.statuses import SegmentStage
from shared.domain.schema.json_schema import resolved
from shared.domain.schema.shape import members
from shared.domain.schema.system_fields import TRANSCRIPTION, disabled_fields
from shared.ports.search_index import Level, SearchDocument
from shared.services.records.documents import put
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.analysis.evidence import evidence_between
from shared.services.runs.execution.context import MediumContext, MediumWork
from shared.services.runs.execution.failures import Failure, attempt
from shared.services.runs.pipeline.embed import (
    TextVectors,
    evidence_passages,
    field_passages,
    metadata_passages,
    picture_passages,
)

BATCH: Final = 32


def index_results(
    work: MediumWork, analysis: Analysis, results: Sequence[SegmentResult], vectors: TextVectors
) -> Iterator[SegmentResult]:
    """Index ``results``, and yield each one after its outcome is written.

    Raises: Interrupted, MediumDeleted.
    """
    for start in range(0, len(results), BATCH):
        batch = results[start : start + BATCH]
        work.stop_check.check_server_and_medium()
        failure = attempt(partial(_put, work, analysis, batch, vectors)).failure
        for result in batch:
            updated = _with_outcome(result, failure)
            work.ports.documents.write(put(_key(work, result), updated))
            yield updated


def _put(
    work: MediumWork, analysis: Analysis, results: Sequence[SegmentResult], vectors: TextVectors
) -> None:
    work.ports.search_index.put(search_documents(work, analysis, results, vectors))


def _with_outcome(result: SegmentResult, failure: Failure | None) -> SegmentResult:
    updated = result.model_copy()
    updated.indexed = failure is None
    updated.processing = failure.outcome() if failure else OperationOutcome(succeeded=True)
    if failure is not None:
        updated.failure_stage = result.failure_stage or SegmentStage.INDEXING
    return updated


def _key(work: MediumWork, result: SegmentResult) -> Key:
    return keys.segment_result(work.tenant_id, result.run_id, result.media_id, result.segment_id)


def search_documents(
    work: MediumContext, analysis: Analysis, results: Sequence[SegmentResult], vectors: TextVectors
) -> list[SearchDocument]:
    """Build the search documents of segment results."""
    prompt = work.run.prompt
    defined = frozenset(name for name, _ in members(resolved(prompt.json_schema)))
    disabled = disabled_fields(prompt.semantic_indexing.disabled_segment_fields, defined)
    evidences = [evidence_between(work, analysis, result.start, result.end) for result in results]
    texts = [
        field_passages(_prompt_fields(result, defines_transcription=TRANSCRIPTION in defined), disabled)
        + evidence_passages(evidence.transcript, evidence.frames, disabled)
        + metadata_passages(result.metadata_text, disabled)
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


def _prompt_fields(result: SegmentResult, *, defines_transcription: bool) -> JsonObject:
    """Return the fields of the prompt, without the transcript that the pipeline added to them."""
    if defines_transcription:
        return result.metadata
    return {name: value for name, value in result.metadata.items() if name != TRANSCRIPTION}

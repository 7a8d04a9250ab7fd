"""The records, blobs and search documents of a prompt run, as the pipeline writes them."""

import numpy as np

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.ids import new_id, recipe_fingerprint, segment_id
from shared.domain.media import Media, Segment
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.query.hits import segment_result_id
from shared.domain.runs.prompt_run import (
    MediumState,
    ModelCall,
    OperationOutcome,
    PromptRun,
    RunOptions,
    RunStatus,
    SegmentResult,
    VideoResult,
)
from shared.domain.runs.segment_retry import RetriesOfSegment, SegmentRetry
from shared.domain.runs.segment_states import SegmentStates
from shared.domain.runs.statuses import CallPurpose, CallStatus, SegmentStage, VideoLevelStatus
from shared.domain.runs.targets import PlaygroundTarget
from shared.ports.records import Put
from shared.ports.search_index import Level, SearchDocument, TextPassage
from shared.runtime.ports import Ports
from shared.services.library.media_records import MediaRecords, address_of
from shared.services.records.documents import Documents, put
from tests.unit.services.storage import Storage

RECIPE = "fixed:1"


def add_run(
    storage: Storage | Ports,
    media: Media,
    *,
    recipe: str = RECIPE,
    segments: int = 2,
    failing: tuple[int, ...] = (),
    without_result: tuple[int, ...] = (),
    status: RunStatus = RunStatus.COMPLETED,
    run_status: RunStatus | None = None,
    searchable: bool = True,
) -> str:
    """Write a run of one medium, and return its id. The segments with ordinals in ``failing`` have failed."""
    tenant, media_id, run_id = media.tenant_id, media.media_id, new_id("run")
    call_id = new_id("llm")
    results = [n for n in range(segments) if n not in without_result]
    run = _run(media, run_id, run_status or status)
    documents = Documents(storage.records)
    documents.write(
        put(keys.prompt_run(tenant, run_id), run),
        Put(keys.index_run(tenant, media.index_id, run_id), {}),
        Put(keys.run_of_media(tenant, media_id, run_id), {}),
        put(
            keys.medium_state(tenant, run_id, media_id),
            MediumState(
                run_id=run_id,
                media_id=media_id,
                index_id=media.index_id,
                media_type=media.media_type,
                prompt_id="prm_1",
                ordinal=0,
                status=status,
                recipe=recipe,
                total_segments=segments,
                successful_segments=len(results) - len(failing),
                failed_segments=len(failing),
                video_level_status=VideoLevelStatus.COMPLETED,
                created_at=timestamp(),
                updated_at=timestamp(),
            ),
        ),
        put(
            keys.video_result(tenant, run_id, media_id),
            VideoResult(
                run_id=run_id,
                media_id=media_id,
                prompt_id="prm_1",
                status=VideoLevelStatus.COMPLETED,
                executed_at=timestamp(),
            ),
        ),
        Put(keys.call_of_medium(tenant, run_id, media_id, call_id), {}),
        put(
            keys.model_call(tenant, run_id, call_id),
            ModelCall(
                call_id=call_id,
                run_id=run_id,
                media_id=media_id,
                model="m",
                purpose=CallPurpose.METADATA_EXTRACTION,
                status=CallStatus.SUCCESS,
                invoked_at=timestamp(),
            ),
        ),
        put(
            keys.retries_of_segment(tenant, run_id, media_id, segment_id(media_id, recipe, 0)),
            RetriesOfSegment(retry_ids=["rty_1"]),
        ),
        put(
            keys.segment_retry(tenant, run_id, "rty_1"),
            SegmentRetry(
                retry_id="rty_1",
                run_id=run_id,
                media_id=media_id,
                segment_id=segment_id(media_id, recipe, 0),
                created_at=timestamp(),
            ),
        ),
    )
    new_segments = [_add_segment(storage, media, recipe, number) for number in range(segments)]
    new_results = [_add_result(storage, run_id, new_segments[n], media, failed=n in failing) for n in results]
    states = SegmentStates.of(run_id, recipe, run.executed_at, new_results, new_segments)
    MediaRecords(documents).change_run(address_of(media), run_id, lambda state: state, states=states)
    for result in new_results if searchable else ():
        _add_to_index(storage, media, result)
    return run_id


def _run(media: Media, run_id: str, status: RunStatus) -> PromptRun:
    return PromptRun(
        run_id=run_id,
        tenant_id=media.tenant_id,
        user_id=media.user_id,
        prompt_id="prm_1",
        prompt=PromptDefinition(name="p", prompt_text="t", json_schema={"type": "object"}),
        options=RunOptions(),
        target=PlaygroundTarget(),
        index_id=media.index_id,
        status=status,
        executed_at=timestamp(),
    )


def _add_segment(storage: Storage | Ports, media: Media, recipe: str, number: int) -> Segment:
    folder = f"media/{media.tenant_id}/{media.media_id}/segments/{recipe_fingerprint(recipe)}"
    segment = Segment(
        segment_id=segment_id(media.media_id, recipe, number),
        media_id=media.media_id,
        recipe=recipe,
        ordinal=number,
        start=float(number),
        end=number + 1.0,
        thumbnail_key=f"{folder}/{number:06d}.jpg",
        preview_key=f"{folder}/{number:06d}.gif",
        created_at=timestamp(),
    )
    storage.blobs.write(f"{folder}/{number:06d}.jpg", b"\xff\xd8thumbnail", "image/jpeg")
    storage.blobs.write(f"{folder}/{number:06d}.gif", b"GIF89a", "image/gif")
    content = f"content/{media.tenant_id}/{media.content_hash}"
    storage.blobs.write(f"{content}/frames/{number:09d}.jpg", b"\xff\xd8frame", "image/jpeg")
    key = keys.segment(media.tenant_id, media.media_id, recipe_fingerprint(recipe), number)
    Documents(storage.records).write(put(key, segment))
    return segment


def _add_result(
    storage: Storage | Ports, run_id: str, segment: Segment, media: Media, *, failed: bool
) -> SegmentResult:
    number = segment.ordinal
    outcome = OperationOutcome(succeeded=not failed, error="no answer" if failed else None)
    result = SegmentResult(
        run_id=run_id,
        media_id=media.media_id,
        segment_id=segment.segment_id,
        prompt_id="prm_1",
        ordinal=number,
        start=segment.start,
        end=segment.end,
        segment=segment,
        metadata={} if failed else {"summary": f"{run_id} {number}"},
        field_extraction=outcome,
        failure_stage=SegmentStage.FIELD_EXTRACTION if failed else None,
        completed_at=timestamp(),
        executed_at=timestamp(),
    )
    key = keys.segment_result(media.tenant_id, run_id, media.media_id, segment.segment_id)
    Documents(storage.records).write(put(key, result))
    return result


def _add_to_index(storage: Storage | Ports, media: Media, result: SegmentResult) -> None:
    vector = np.array([1, 0, 0, 0], np.float32)
    storage.search_index.put(
        [
            SearchDocument(
                result_id=segment_result_id(result.segment_id, result.run_id),
                tenant_id=media.tenant_id,
                index_id=media.index_id or "",
                run_id=result.run_id,
                media_id=media.media_id,
                segment_id=result.segment_id,
                level=Level.SEGMENT,
                start=result.start,
                executed_at=timestamp(),
                passages=[TextPassage("summary", "summary", "a scene", vector)],
            )
        ]
    )

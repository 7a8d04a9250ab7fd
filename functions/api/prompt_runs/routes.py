"""Prompt runs, their results and failures, and segment retries."""

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from functions.api.prompt_runs.failure_schemas import (
    FailedSegmentsManifest,
    SegmentRetryStarted,
    SegmentRetryStatus,
)
from functions.api.prompt_runs.result_schemas import LlmCall, PromptRunVideoResult, SegmentRunResult
from functions.api.prompt_runs.schemas import (
    CostEstimate,
    ExecuteRequest,
    Identifier,
    ProcessingStarted,
    PromptRunWire,
)
from functions.api.wire import MarkerColorFilter, Page, PageCursor, PageLimit, page_of
from shared.domain.access import Scope
from shared.http import cursors
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.idempotent import idempotency_key
from shared.http.openapi import KEYED

router = ApiRouter(tags=["prompt runs"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
RunLimit = Annotated[int, Query(ge=1, le=200, description="Maximum number of runs in the response.")]


@router.post("/prompt-runs/execute", status_code=202, response_model=PromptRunWire, openapi_extra=KEYED)
async def execute(body: ExecuteRequest, call: Writer) -> Response:
    """Start a prompt run. Processing continues in the background; poll the run for its status."""

    async def work(seed: str) -> PromptRunWire:
        run = await call.run(
            call.runtime.runs.prompt_runs.execute,
            call.caller,
            body.prompt_id,
            body.target.to_domain(),
            body.options(),
            run_id=f"run_{seed}",
        )
        return PromptRunWire.from_domain(run)

    return await call.once(body.model_dump(mode="json"), work, status_code=202)


@router.post("/prompt-runs/estimate")
async def estimate(body: ExecuteRequest, call: Reader) -> CostEstimate:
    """Estimate the cost of a prompt run without starting it."""
    found = await call.run(
        call.runtime.runs.prompt_runs.estimate,
        call.caller,
        body.prompt_id,
        body.target.to_domain(),
        body.options(),
    )
    return CostEstimate.from_domain(found)


@router.get("/prompt-runs")
async def list_runs(
    call: Reader, limit: RunLimit = 200, marker_color: MarkerColorFilter = None
) -> list[PromptRunWire]:
    """List prompt runs, newest first."""
    runs = await call.run(call.runtime.runs.prompt_runs.latest, call.caller, limit, marker_color=marker_color)
    return [PromptRunWire.listed(run) for run in runs]


@router.get("/prompt-runs/{run_id}")
async def get_run(run_id: str, call: Reader) -> PromptRunWire:
    """Get a prompt run."""
    return PromptRunWire.from_domain(await call.run(call.runtime.runs.prompt_runs.get, call.caller, run_id))


@router.post("/prompt-runs/{run_id}/cancel", response_model=PromptRunWire, openapi_extra=KEYED)
async def cancel_run(run_id: str, call: Writer) -> Response:
    """Cancel a prompt run. The run starts no further work and keeps the results it has."""

    async def work(_seed: str) -> PromptRunWire:
        run = await call.run(call.runtime.runs.prompt_runs.cancel, call.caller, run_id)
        return PromptRunWire.from_domain(run)

    return await call.once({}, work)


@router.get("/prompt-runs/{run_id}/results")
async def list_results(
    run_id: str,
    call: Reader,
    video_id: Annotated[Identifier, Query()],
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Page[SegmentRunResult]:
    """List the segment results of a medium in order of time. Results are available during the run."""
    query = {"list": "run-results", "run_id": run_id, "video_id": video_id}
    after = cursors.decode_optional(call, query, cursor)
    page = await call.run(
        call.runtime.runs.views.results, call.caller, run_id, video_id, limit=limit, after=after
    )
    items = [SegmentRunResult.of(view, call.runtime.library.file_links) for view in page.items]
    return page_of(call, query, items, limit=limit, next_position=page.next_after)


@router.get("/prompt-runs/{run_id}/llm-calls")
async def list_llm_calls(run_id: str, call: Reader) -> list[LlmCall]:
    """List the model calls of a run, oldest first: the latest calls that fit into one response."""
    calls = await call.run(call.runtime.runs.views.model_calls, call.caller, run_id)
    return [LlmCall.from_domain(made) for made in calls]


@router.get("/prompt-runs/{run_id}/videos/{video_id}/video-result")
async def get_video_result(run_id: str, video_id: str, call: Reader) -> PromptRunVideoResult:
    """Get the media-wide result of a medium. Status 404 if the run has made none."""
    view = await call.run(call.runtime.runs.views.video_result, call.caller, run_id, video_id)
    return PromptRunVideoResult.of(view, call.runtime.library.file_links)


@router.get("/prompt-runs/{run_id}/failed-segments")
async def list_failed_segments(run_id: str, call: Reader) -> FailedSegmentsManifest:
    """List the media and segments with failures of any kind, in the order of the run."""
    failures = await call.run(call.runtime.runs.views.failures, call.caller, run_id)
    return FailedSegmentsManifest.from_domain(failures)


@router.post(
    "/prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retry",
    status_code=202,
    response_model=SegmentRetryStarted,
    openapi_extra=KEYED,
)
async def retry_segment(run_id: str, video_id: str, segment_id: str, call: Writer) -> Response:
    """Retry a segment. The run must have ended, and no other retry of the segment may be unfinished."""

    async def work(seed: str) -> SegmentRetryStarted:
        retry = await call.run(
            call.runtime.runs.segment_retries.start,
            call.caller,
            run_id,
            video_id,
            segment_id,
            retry_id=f"rty_{seed}",
            idempotency_key=idempotency_key(call.request),
        )
        return SegmentRetryStarted.from_domain(retry)

    return await call.once({}, work, status_code=202)


@router.get("/prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retries/{retry_id}")
async def get_retry(
    run_id: str, video_id: str, segment_id: str, retry_id: str, call: Reader
) -> SegmentRetryStatus:
    """Get the status of a segment retry."""
    retry = await call.run(
        call.runtime.runs.segment_retries.get, call.caller, run_id, video_id, segment_id, retry_id
    )
    return SegmentRetryStatus.from_domain(retry)


@router.get("/indexes/{index_id}/prompt-runs")
async def list_index_runs(
    index_id: str,
    call: Reader,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
    marker_color: MarkerColorFilter = None,
) -> Page[PromptRunWire]:
    """List the prompt runs over media of an index, newest first."""
    query = {"list": "index-runs", "index_id": index_id, "marker_color": marker_color}
    after = cursors.decode_optional(call, query, cursor)
    page = await call.run(
        call.runtime.runs.prompt_runs.list_for_index,
        call.caller,
        index_id,
        marker_color=marker_color,
        limit=limit,
        after=after,
    )
    items = [PromptRunWire.listed(run) for run in page.items]
    return page_of(call, query, items, limit=limit, next_position=page.next_after)


@router.get("/videos/{video_id}/prompt-runs")
async def list_video_runs(
    video_id: str, call: Reader, limit: RunLimit = 200, marker_color: MarkerColorFilter = None
) -> list[PromptRunWire]:
    """List the prompt runs over a medium, newest first."""
    runs = await call.run(
        call.runtime.runs.prompt_runs.list_for_media,
        call.caller,
        video_id,
        limit,
        marker_color=marker_color,
    )
    return [PromptRunWire.listed(run) for run in runs]


@router.post(
    "/videos/{video_id}/process", status_code=202, response_model=ProcessingStarted, openapi_extra=KEYED
)
async def process_video(
    video_id: str,
    call: Writer,
    segment_duration: Annotated[int, Query(ge=1, le=300)] = 10,
    prompt_id: Annotated[Identifier | None, Query()] = None,
) -> Response:
    """Process a medium in segments of ``segment_duration`` seconds.

    Without ``prompt_id``, the run uses the default prompt. Status 409 if a run is processing the medium.
    """

    async def work(seed: str) -> ProcessingStarted:
        run = await call.run(
            call.runtime.runs.prompt_runs.process_media,
            call.caller,
            video_id,
            segment_duration,
            prompt_id,
            run_id=f"run_{seed}",
        )
        return ProcessingStarted(message="Processing has started.", run_id=run.run_id)

    content = {"segment_duration": segment_duration, "prompt_id": prompt_id}
    return await call.once(content, work, status_code=202)

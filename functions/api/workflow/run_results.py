"""``GET /workflow/runs/{run_id}/results``: the results of a whole run as two streams."""

from typing import Annotated, Any, Final, Literal, Self, assert_never

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from functions.api.prompt_runs.result_schemas import PromptRunVideoResult, SegmentRunResult
from functions.api.prompt_runs.schemas import Identifier
from functions.api.wire import PageCursor, PaginationMeta
from shared.domain.access import Scope
from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.http import cursors
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.ports.search_index import Level
from shared.services.library.file_links import FileLinks
from shared.services.runs.result_streams import ResultStream, ResultView, StreamQuery
from shared.services.runs.selection import SelectionStatus, selection_status
from shared.services.runs.views import SegmentResultView, VideoResultView

router = ApiRouter(prefix="/workflow", tags=["workflow"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]

ResultLevel = Literal["segment", "video"]
Row = Annotated[SegmentRunResult | PromptRunVideoResult, Field(discriminator="result_type")]

_STREAMS: Final[dict[str, tuple[ResultStream, ...]]] = {
    "filtered": (ResultStream.FILTERED,),
    "unfiltered": (ResultStream.UNFILTERED,),
    "both": (ResultStream.FILTERED, ResultStream.UNFILTERED),
}


class SelectionSummary(BaseModel):
    """The selection of a run: the results that satisfy the ``selection_filter`` of its prompt.

    ``status`` is ``absent`` if the prompt had no filter when the run started, ``pending`` until the run has
    ended, then ``completed``, and ``failed`` if the filter breaks a rule. The counts include media that were
    deleted since the run. A medium counts if one of its results is selected; ``selected_video_count`` are
    those that are videos.
    """

    status: SelectionStatus
    selected_media_count: int
    selected_video_count: int
    selected_segment_count: int

    @classmethod
    def of(cls, run: PromptRun) -> Self:
        return cls(
            status=selection_status(run),
            selected_media_count=sum(run.selected_media_counts.values()),
            selected_video_count=run.selected_media_counts.get(MediaType.VIDEO, 0),
            selected_segment_count=run.selected_segments,
        )


class ResultPage(BaseModel):
    """One page of a stream. An empty page means that there are no such results."""

    data: list[Row]
    pagination: PaginationMeta


class WorkflowRunResults(BaseModel):
    """The results of a run. A stream is null while it is not available, and if ``view`` leaves it out.

    ``unfiltered`` is available when the run has ended, ``filtered`` when ``selection_summary.status`` is
    ``completed``.
    """

    run_id: str
    status: RunStatus
    result_level: ResultLevel
    selection_summary: SelectionSummary
    filtered: ResultPage | None
    unfiltered: ResultPage | None


@router.get("/runs/{run_id}/results")
async def list_run_results(
    run_id: str,
    call: Reader,
    view: Literal["filtered", "unfiltered", "both"] = "both",
    result_level: ResultLevel = "segment",
    limit: Annotated[int, Query(ge=1, le=50)] = 50,
    video_id: Annotated[Identifier | None, Query()] = None,
    filtered_cursor: PageCursor = None,
    unfiltered_cursor: PageCursor = None,
) -> WorkflowRunResults:
    """List the results of a whole run, all of them and those that the prompt's filter selects.

    Each stream continues with its own cursor. ``video_id`` restricts both to one medium.
    """
    given = {ResultStream.FILTERED: filtered_cursor, ResultStream.UNFILTERED: unfiltered_cursor}
    bound = {"list": "workflow-run-results", "run": run_id, "level": result_level, "video": video_id}
    queries = [
        StreamQuery(
            stream,
            Level(result_level),
            limit,
            video_id,
            cursors.decode_optional(call, bound | {"stream": stream}, given[stream]),
        )
        for stream in _STREAMS[view]
    ]
    run = await call.run(call.runtime.runs.result_streams.run, call.caller, run_id, video_id)
    pages = {query.stream: await _page(call, run, query, bound) for query in queries}
    return WorkflowRunResults(
        run_id=run_id,
        status=run.status,
        result_level=result_level,
        selection_summary=SelectionSummary.of(run),
        filtered=pages.get(ResultStream.FILTERED),
        unfiltered=pages.get(ResultStream.UNFILTERED),
    )


async def _page(call: Call, run: PromptRun, query: StreamQuery, bound: dict[str, Any]) -> ResultPage | None:
    page = await call.run(call.runtime.runs.result_streams.page, run, query)
    if page is None:
        return None
    next_cursor = None
    if page.next_after is not None:
        next_cursor = cursors.encode(call, bound | {"stream": query.stream}, page.next_after)
    return ResultPage(
        data=[_row(view, call.runtime.library.file_links) for view in page.items],
        pagination=PaginationMeta(
            limit=query.limit, has_more=next_cursor is not None, next_cursor=next_cursor
        ),
    )


def _row(view: ResultView, links: FileLinks) -> SegmentRunResult | PromptRunVideoResult:
    match view:
        case SegmentResultView():
            return SegmentRunResult.of(view, links)
        case VideoResultView():
            return PromptRunVideoResult.of(view, links)
        case _:
            assert_never(view)

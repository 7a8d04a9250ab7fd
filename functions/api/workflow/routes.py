"""The simplified workflow: upload by index name, define a prompt in plain language, process, search."""

from functools import partial
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import JSONResponse

from functions.api.prompt_runs.schemas import PromptRunWire
from functions.api.prompts.schemas import Prompt
from functions.api.search.results import search_results
from functions.api.workflow import attachments, media_grants, run_results, upload
from functions.api.workflow.schemas import (
    DefineRequest,
    DefineResponse,
    ProcessRequest,
    ProcessResponse,
    WorkflowPagination,
    WorkflowSearchRequest,
    WorkflowSearchResponse,
)
from shared.domain import ids
from shared.domain.access import Scope
from shared.domain.errors import InvalidCursor
from shared.http import cursors
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED
from shared.ports.search_index import Level
from shared.services.workflow.search import WorkflowQuery

router = ApiRouter(prefix="/workflow", tags=["workflow"])
router.routes.extend(upload.router.routes)
router.routes.extend(attachments.router.routes)
router.routes.extend(run_results.router.routes)
router.routes.extend(media_grants.router.routes)
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
Searcher = Annotated[Call, Depends(authorised(Scope.SEARCH))]

_PAGE_QUERY = {"page_of": "workflow search"}


@router.post("/define", status_code=201, response_model=DefineResponse, openapi_extra=KEYED)
async def define(body: DefineRequest, call: Writer) -> JSONResponse:
    """Generate a prompt from an instruction in plain language and, unless ``save`` is false, save it."""

    async def work(seed: str) -> DefineResponse:
        definition = await call.run_in(
            Lane.PROMPT_GENERATION,
            call.runtime.prompts.definitions.define,
            call.caller,
            body.instruction,
        )
        prompt = None
        if body.save:
            prompt = await call.run(
                call.runtime.prompts.definitions.create,
                call.caller,
                definition,
                prompt_id=f"{ids.PROMPT}_{seed}",
            )
        return DefineResponse(
            prompt_id=prompt.prompt_id if prompt else None,
            saved=prompt is not None,
            definition=definition.model_dump(mode="json", exclude={"selection_filter"}),
            prompt=Prompt.from_domain(prompt) if prompt else None,
        )

    return await call.once(body.model_dump(mode="json"), work, status_code=201)


@router.post("/process", status_code=202, response_model=ProcessResponse, openapi_extra=KEYED)
async def process(body: ProcessRequest, call: Writer) -> JSONResponse:
    """Start a prompt run, with an existing prompt or one that is generated from an instruction.

    Processing continues in the background; ``status_url`` in the response is the address to poll.
    """

    async def work(seed: str) -> ProcessResponse:
        start = partial(
            call.runtime.workflow.facade.process,
            call.caller,
            prompt_id=body.prompt_id,
            instruction=body.prompt_instruction,
            target=body.target(),
            options=body.options(),
            seed=seed,
        )
        generates = body.prompt_instruction is not None
        started = await (call.run_in(Lane.PROMPT_GENERATION, start) if generates else call.run(start))
        status_url = f"/api/v2/prompt-runs/{started.run.run_id}"
        return ProcessResponse(
            prompt=Prompt.from_domain(started.prompt),
            run=PromptRunWire.from_domain(started.run),
            run_id=started.run.run_id,
            status_url=status_url,
            results_url=f"/api/v2/workflow/runs/{started.run.run_id}/results",
            prompt_created_inline=started.prompt_created_inline,
        )

    return await call.once(body.model_dump(mode="json"), work, status_code=202)


@router.post("/search", response_model=WorkflowSearchResponse, openapi_extra=KEYED)
async def search(body: WorkflowSearchRequest, call: Searcher) -> JSONResponse:
    """Search by text, by conditions or by both, and store the ranked results.

    The stored results are available page by page for 24 hours and do not change meanwhile.
    """
    query = WorkflowQuery(
        query=body.query,
        filters=body.filters,
        result_level=Level(body.result_level),
        limit=body.limit,
        video_ids=body.video_ids,
        prompt_run_ids=body.prompt_run_ids,
        index_id=body.index_id,
        index_name=body.index_name,
    )

    async def work(seed: str) -> WorkflowSearchResponse:
        search_id = f"{ids.SEARCH}_{seed}"
        await call.run_in(Lane.SEARCH, call.runtime.workflow.search.freeze, call.caller, query, search_id)
        return await _page(call, search_id, 0)

    return await call.once(body.model_dump(mode="json"), work)


@router.get("/search/page")
async def search_page(
    cursor: Annotated[str, Query(min_length=1, max_length=2048)], call: Searcher
) -> WorkflowSearchResponse:
    """Get a further page of a search. ``cursor`` is ``pagination.next_cursor`` of the previous page."""
    search_id, _, offset = cursors.decode(call, _PAGE_QUERY, cursor).partition(":")
    if not offset.isdecimal():
        raise InvalidCursor
    return await _page(call, search_id, int(offset))


async def _page(call: Call, search_id: str, offset: int) -> WorkflowSearchResponse:
    page = await call.run(call.runtime.workflow.search.page, call.caller, search_id, offset)
    snapshot = page.snapshot
    next_cursor = None
    if page.next_offset is not None:
        next_cursor = cursors.encode(call, _PAGE_QUERY, f"{search_id}:{page.next_offset}")
    return WorkflowSearchResponse(
        data=await call.run(search_results, page.hits, call.runtime),
        mode=snapshot.mode,
        result_level=snapshot.result_level,
        scope=snapshot.scope.model_dump(mode="json"),
        coverage=snapshot.coverage.model_dump(),
        warnings=snapshot.warnings,
        pagination=WorkflowPagination(
            limit=snapshot.limit,
            count=len(page.hits),
            has_more=next_cursor is not None,
            next_cursor=next_cursor,
            result_window=snapshot.window,
            truncated=snapshot.truncated,
        ),
    )

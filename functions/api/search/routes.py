"""Search by text, picture, both or conditions; across several runs; and in the playground."""

from typing import Annotated

from fastapi import Depends, Query

from functions.api.search import fields
from functions.api.search.results import search_results
from functions.api.search.schemas import (
    FilterSearchRequest,
    FilterSearchResponse,
    ImageSearchRequest,
    MultimodalSearchRequest,
    MultiRunSearchRequest,
    PlaygroundSearchRequest,
    SearchResult,
    TextSearchRequest,
)
from functions.api.wire import PaginationMeta
from shared.domain.access import Scope as AccessScope
from shared.domain.errors import InvalidRequest
from shared.domain.query.conditions import parse_conditions
from shared.http import cursors
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import PICTURE_BODY
from shared.services.search.scope import SearchScope

router = ApiRouter(tags=["search"])
Searcher = Annotated[Call, Depends(authorised(AccessScope.SEARCH))]

router.include_router(fields.router)


async def _scope(call: Call, index_id: str, index_ids: list[str], run_ids: list[str]) -> SearchScope:
    return await call.run(
        call.runtime.search.scopes.of_indexes, call.caller, index_ids or [index_id], run_ids
    )


@router.post("/indexes/{index_id}/search")
async def search_text(index_id: str, body: TextSearchRequest, call: Searcher) -> list[SearchResult]:
    """Search an index by text, best results first. A segment appears once, with its best result."""
    scope = await _scope(call, index_id, body.index_ids, body.run_ids)
    hits = await call.run_in(
        Lane.SEARCH,
        call.runtime.search.queries.by_text,
        call.caller,
        scope,
        body.query,
        limit=body.top_k,
        fields=body.search_fields,
    )
    return await call.run(search_results, hits, call.runtime)


@router.post("/indexes/{index_id}/image-search", openapi_extra=PICTURE_BODY)
async def search_image(index_id: str, body: ImageSearchRequest, call: Searcher) -> list[SearchResult]:
    """Search an index by picture, best results first. A segment appears once, with its best result."""
    scope = await _scope(call, index_id, body.index_ids, body.run_ids)
    hits = await call.run_in(
        Lane.PICTURE_SEARCH,
        call.runtime.search.queries.by_picture,
        call.caller,
        scope,
        body.image_data,
        limit=body.top_k,
    )
    return await call.run(search_results, hits, call.runtime)


@router.post("/indexes/{index_id}/multimodal-search", openapi_extra=PICTURE_BODY)
async def search_multimodal(
    index_id: str, body: MultimodalSearchRequest, call: Searcher
) -> list[SearchResult]:
    """Search an index by text, by picture, or by both with reciprocal rank fusion, best results first."""
    scope = await _scope(call, index_id, body.index_ids, body.run_ids)
    hits = await call.run_in(
        Lane.PICTURE_SEARCH if body.image_data else Lane.SEARCH,
        call.runtime.search.queries.by_text_and_picture,
        call.caller,
        scope,
        query=body.text_query,
        picture=body.image_data,
        text_weight=body.text_weight,
        image_weight=body.image_weight,
        limit=body.top_k,
        fields=body.search_fields,
    )
    return await call.run(search_results, hits, call.runtime)


@router.post("/search/filter/playground")
async def filter_playground(body: FilterSearchRequest, call: Searcher) -> FilterSearchResponse:
    """List the results in the playground that satisfy all conditions.

    ``index_ids`` replaces the playground by these indexes.
    """
    if body.index_ids:
        scope = await call.run(
            call.runtime.search.scopes.of_indexes, call.caller, body.index_ids, body.run_ids
        )
    else:
        scope = await call.run(call.runtime.search.scopes.of_playground, call.caller, body.run_ids)
    return await _filter(call, scope, body, "playground")


@router.post("/search/filter/{index_id}")
async def filter_index(index_id: str, body: FilterSearchRequest, call: Searcher) -> FilterSearchResponse:
    """List the results in an index that satisfy all conditions."""
    return await _filter(call, await _scope(call, index_id, body.index_ids, body.run_ids), body, index_id)


async def _filter(
    call: Call, scope: SearchScope, body: FilterSearchRequest, place: str
) -> FilterSearchResponse:
    query = {"place": place, **body.model_dump(mode="json", exclude={"cursor", "page_size"})}
    after = cursors.decode(call, query, body.cursor) if body.cursor else None
    conditions, among = [], None
    if body.conditions or body.marker_color is None:
        conditions = parse_conditions(body.conditions, lenient=False)
    if body.marker_color is not None:
        among = await call.run(call.runtime.search.marked.of, call.caller, scope, body.marker_color)
    found = await call.run_in(
        Lane.SEARCH,
        call.runtime.search.queries.by_conditions,
        call.caller,
        scope,
        conditions,
        among=among,
        limit=body.page_size,
        after=after,
    )
    token = cursors.encode(call, query, found.next_after) if found.next_after else None
    results = await call.run(search_results, found.hits, call.runtime)
    return FilterSearchResponse(
        results=results,
        next_page_token=token,
        total_shown=len(results),
        data=results,
        pagination=PaginationMeta(limit=body.page_size, has_more=token is not None, next_cursor=token),
    )


@router.post("/search/multi-run")
async def search_runs(body: MultiRunSearchRequest, call: Searcher) -> list[SearchResult]:
    """Search several prompt runs by text and combine the results.

    Each run contributes at most ``top_k`` results. Without ``run_ids``, the search covers the newest runs
    of ``index_id``, at most 100.
    """
    if not body.run_ids and not body.index_id:
        raise InvalidRequest("run_ids", "give run_ids or index_id")
    scope = await call.run(call.runtime.search.scopes.of_runs, call.caller, body.run_ids, body.index_id)
    hits = await call.run_in(
        Lane.SEARCH,
        call.runtime.search.queries.over_runs,
        call.caller,
        scope,
        body.query,
        aggregation=body.aggregation,
        limit_per_run=body.top_k,
    )
    return await call.run(search_results, hits, call.runtime)


@router.post("/playground/search")
async def search_playground(
    body: PlaygroundSearchRequest,
    call: Searcher,
    run_id: Annotated[str | None, Query(min_length=1, max_length=100)] = None,
) -> list[SearchResult]:
    """Search media without an index by text, best results first. ``run_id`` restricts it to one run."""
    scope = await call.run(call.runtime.search.scopes.of_playground, call.caller, [run_id] if run_id else [])
    hits = await call.run_in(
        Lane.SEARCH, call.runtime.search.queries.by_text, call.caller, scope, body.query, limit=body.top_k
    )
    return await call.run(search_results, hits, call.runtime)

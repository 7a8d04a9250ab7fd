"""Saved searches: create, list, get, change, delete and test them, and list their matches."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response

from functions.api.saved_searches.schemas import (
    CreateSavedSearchRequest,
    MatchedSegment,
    SavedSearch,
    SavedSearchTest,
    SearchMatch,
    UpdateSavedSearchRequest,
)
from functions.api.wire import DeleteResponse, Page, PageCursor, PageLimit, page_of
from shared.domain.access import Scope
from shared.http import cursors
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED

router = ApiRouter(tags=["saved searches"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
Admin = Annotated[Call, Depends(authorised(Scope.ADMIN))]


@router.post("/saved-searches", status_code=201, response_model=SavedSearch, openapi_extra=KEYED)
async def create_saved_search(body: CreateSavedSearchRequest, call: Writer) -> Response:
    """Create a saved search.

    It is checked against the segments of each run that finishes from now on. Matches raise the event
    ``search.matched``, one for each run.
    """

    async def work(seed: str) -> SavedSearch:
        searches = call.runtime.alerts.saved_searches
        created = await call.run_in(Lane.SEARCH, searches.create, call.caller, body.definition(), seed=seed)
        return SavedSearch.from_domain(created)

    return await call.once(body.model_dump(mode="json"), work, status_code=201)


@router.get("/saved-searches")
async def list_saved_searches(call: Reader) -> list[SavedSearch]:
    """List saved searches, oldest first."""
    found = await call.run(call.runtime.alerts.saved_searches.list, call.caller)
    return [SavedSearch.from_domain(search) for search in found]


@router.get("/saved-searches/{saved_search_id}")
async def get_saved_search(saved_search_id: str, call: Reader) -> SavedSearch:
    """Get a saved search."""
    searches = call.runtime.alerts.saved_searches
    return SavedSearch.from_domain(await call.run(searches.get, call.caller, saved_search_id))


@router.patch("/saved-searches/{saved_search_id}", response_model=SavedSearch, openapi_extra=KEYED)
async def update_saved_search(saved_search_id: str, body: UpdateSavedSearchRequest, call: Writer) -> Response:
    """Change a saved search.

    Runs that finish while it is paused are not checked. A new threshold is for scores of the embedding model
    that the server uses now.
    """

    async def work(_seed: str) -> SavedSearch:
        searches = call.runtime.alerts.saved_searches
        changed = await call.run_in(
            Lane.SEARCH, searches.update, call.caller, saved_search_id, body.changes()
        )
        return SavedSearch.from_domain(changed)

    return await call.once(body.model_dump(mode="json", exclude_unset=True), work)


@router.delete("/saved-searches/{saved_search_id}")
async def delete_saved_search(saved_search_id: str, call: Admin) -> DeleteResponse:
    """Delete a saved search with its matches. Its events stay in the event log until they expire."""
    await call.run(call.runtime.alerts.matches.delete_search, call.caller, saved_search_id)
    return DeleteResponse(message=f"The saved search {saved_search_id} is deleted.")


@router.get("/saved-searches/{saved_search_id}/matches")
async def list_matches(
    saved_search_id: str, call: Reader, limit: PageLimit = 50, cursor: PageCursor = None
) -> Page[SearchMatch]:
    """List the matches of a saved search in the last 90 days, that of the newest run first."""
    query = {"matches": saved_search_id}
    after = cursors.decode_optional(call, query, cursor)
    found = await call.run(
        call.runtime.alerts.matches.page, call.caller, saved_search_id, limit=limit, after=after
    )
    matches = [SearchMatch.from_domain(match) for match in found.items]
    return page_of(call, query, matches, limit=limit, next_position=found.next_after)


@router.post("/saved-searches/{saved_search_id}/test")
async def test_saved_search(saved_search_id: str, call: Reader) -> SavedSearchTest:
    """Show which segments of the whole scope match now, also if the search is paused. No event is raised."""
    search = await call.run(call.runtime.alerts.saved_searches.get, call.caller, saved_search_id)
    best = await call.run_in(Lane.SEARCH, call.runtime.alerts.matching.best, search)
    return SavedSearchTest(
        saved_search_id=saved_search_id,
        segments=[MatchedSegment.from_domain(segment) for segment in best.segments],
        has_more=best.has_more,
    )

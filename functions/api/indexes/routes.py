"""Create, list and get indexes."""

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from functions.api.indexes.schemas import CreateIndexRequest, Index
from shared.domain.access import Scope
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED

router = ApiRouter(tags=["indexes"])

Searcher = Annotated[Call, Depends(authorised(Scope.SEARCH))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]


@router.post("/indexes", status_code=201, response_model=Index, openapi_extra=KEYED)
async def create_index(body: CreateIndexRequest, call: Writer) -> Response:
    """Create an index. Names need not be unique."""

    async def work(seed: str) -> Index:
        index = await call.run(call.runtime.library.indexes.create, call.caller, body.name, seed=seed)
        return Index.from_domain(index)

    return await call.once(body.model_dump(mode="json"), work, status_code=201)


@router.get("/indexes")
async def list_indexes(
    call: Searcher,
    include_defaults: Annotated[
        bool, Query(description="Include the default index, if there is one.")
    ] = True,
) -> list[Index]:
    """List indexes in order of creation, without those that are being deleted.

    The default index comes last. Everybody may read and search it, and nobody may change it.
    """
    indexes = call.runtime.library.indexes
    listed = indexes.list_with_default if include_defaults else indexes.list
    return [Index.from_domain(index) for index in await call.run(listed, call.caller)]


@router.get("/indexes/{index_id}")
async def get_index(index_id: str, call: Searcher) -> Index:
    """Get an index."""
    return Index.from_domain(await call.run(call.runtime.library.indexes.get, call.caller, index_id))

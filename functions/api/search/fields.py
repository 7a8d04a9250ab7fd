"""Fields that conditions can use."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import BaseModel, StringConstraints

from shared.domain.access import Scope as AccessScope
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.services.search.condition_fields import ConditionField
from shared.services.search.scope import SearchScope

router = ApiRouter()
Searcher = Annotated[Call, Depends(authorised(AccessScope.SEARCH))]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]
IndexIds = Annotated[list[Identifier], Query(default_factory=list, alias="index_id", max_length=100)]
RunIds = Annotated[list[Identifier], Query(default_factory=list, alias="run_id", max_length=100)]


class SearchField(BaseModel):
    """A field that conditions can use.

    ``field`` and ``type`` are those of a condition, and ``operators`` those that the type permits.
    ``values`` are the values that the schema enumerates; an array's are those of its elements.
    ``run_ids`` are the runs whose schema has the field, newest first.
    """

    field: str
    type: Literal["string", "integer", "number", "boolean", "array"]
    level: Literal["segment", "video"]
    label: str
    description: str | None
    operators: list[str]
    values: list[Any]
    run_ids: list[str]

    @classmethod
    def from_domain(cls, found: ConditionField) -> "SearchField":
        return cls.model_validate(
            {
                "field": found.path,
                "type": found.type,
                "level": found.level,
                "label": found.label,
                "description": found.annotation.description,
                "operators": list(found.operators),
                "values": list(found.values),
                "run_ids": found.run_ids,
            }
        )


@router.get("/search/fields/playground")
async def playground_fields(call: Searcher, run_ids: RunIds) -> list[SearchField]:
    """List the fields that conditions can use in the playground, those of the newest run first.

    The schemas of the newest 50 runs are read. ``run_id`` reads those of the given runs instead.
    """
    return await _fields(call, await call.run(call.runtime.search.scopes.of_playground, call.caller, run_ids))


@router.get("/search/fields/{index_id}")
async def index_fields(
    index_id: str, call: Searcher, index_ids: IndexIds, run_ids: RunIds
) -> list[SearchField]:
    """List the fields that conditions can use in an index, those of the newest run first.

    The schemas of the newest 50 runs are read. ``run_id`` reads those of the given runs instead, and
    ``index_id`` replaces the index of the path.
    """
    scopes = call.runtime.search.scopes
    scope = await call.run(scopes.of_indexes, call.caller, index_ids or [index_id], run_ids)
    return await _fields(call, scope)


async def _fields(call: Call, scope: SearchScope) -> list[SearchField]:
    found = await call.run(call.runtime.search.fields.of, call.caller, scope)
    return [SearchField.from_domain(each) for each in found]

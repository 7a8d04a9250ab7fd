"""Fields that conditions can use, and their frequent values."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import BaseModel, StringConstraints

from shared.domain.access import Scope as AccessScope
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.ports.search_index import MAX_VALUE_CHARACTERS, FrequentValues
from shared.services.search.condition_fields import ConditionField
from shared.services.search.scope import SearchScope

router = ApiRouter()
Searcher = Annotated[Call, Depends(authorised(AccessScope.SEARCH))]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]
IndexIds = Annotated[list[Identifier], Query(default_factory=list, alias="index_id", max_length=100)]
RunIds = Annotated[list[Identifier], Query(default_factory=list, alias="run_id", max_length=100)]


FieldPath = Annotated[str, Query(min_length=1, max_length=500)]
Prefix = Annotated[str, Query(max_length=MAX_VALUE_CHARACTERS)]
Limit = Annotated[int, Query(ge=1, le=50)]
FieldType = Literal["string", "integer", "number", "boolean", "array"]


class SearchField(BaseModel):
    """A field that conditions can use.

    ``field`` and ``type`` are those of a condition, and ``operators`` those that the type permits.
    ``values`` are the values that the schema enumerates; an array's are those of its elements.
    ``run_ids`` are the runs whose schema has the field, newest first.
    """

    field: str
    type: FieldType
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


class SearchValue(BaseModel):
    """A value of a field, and the number of results that have it."""

    value: str | bool | int | float
    results: int


class SearchValues(BaseModel):
    """Frequent values, the most frequent first. ``is_sample``: not all results were counted."""

    values: list[SearchValue]
    is_sample: bool

    @classmethod
    def from_domain(cls, found: FrequentValues) -> "SearchValues":
        values = [SearchValue(value=_plain(each.value), results=each.documents) for each in found.values]
        return cls(values=values, is_sample=found.is_sample)


def _plain(value: str | float | bool) -> str | bool | int | float:
    """Return a whole number as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


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


@router.get("/search/fields/playground/values")
async def playground_values(
    field: FieldPath,
    type: FieldType,  # noqa: A002 - the name in conditions
    call: Searcher,
    run_ids: RunIds,
    prefix: Prefix = "",
    limit: Limit = 20,
) -> SearchValues:
    """List the frequent values of a field in the playground.

    ``field`` and ``type`` are those of a condition; the values of an array are those of its elements.
    ``prefix`` restricts the values to texts that start with it, whatever the case. Texts of more than 100
    characters are left out.
    """
    scope = await call.run(call.runtime.search.scopes.of_playground, call.caller, run_ids)
    return await _values(call, scope, field, type, prefix, limit)


@router.get("/search/fields/{index_id}/values")
async def index_values(
    index_id: str,
    field: FieldPath,
    type: FieldType,  # noqa: A002 - the name in conditions
    call: Searcher,
    index_ids: IndexIds,
    run_ids: RunIds,
    prefix: Prefix = "",
    limit: Limit = 20,
) -> SearchValues:
    """List the frequent values of a field in an index.

    The parameters are those of the same route for the playground. ``index_id`` replaces the index of the
    path. On a laptop all results are counted, unless the field has more than 300,000 values; on AWS at most
    10,000 results of each shard of the search engine.
    """
    scopes = call.runtime.search.scopes
    scope = await call.run(scopes.of_indexes, call.caller, index_ids or [index_id], run_ids)
    return await _values(call, scope, field, type, prefix, limit)


async def _values(
    call: Call, scope: SearchScope, field: str, kind: FieldType, prefix: str, limit: int
) -> SearchValues:
    values = call.runtime.search.values
    found = await call.run_in(
        Lane.SEARCH, values.of, call.caller, scope, field, kind, prefix=prefix, limit=limit
    )
    return SearchValues.from_domain(found)

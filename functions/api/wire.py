"""Wire models and parameters that several resources share."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from shared.http import cursors
from shared.http.call import Call

Item = TypeVar("Item", bound=BaseModel)

PageLimit = Annotated[int, Query(ge=1, le=100, description="Most items on a page.")]
"""Use with the default 50."""

PageCursor = Annotated[
    str | None, Query(max_length=4096, description="``pagination.next_cursor`` of the page before.")
]
"""Use with the default None."""


class MarkerInfo(BaseModel):
    """With all members null: nothing is marked. Never null itself on the wire."""

    marker_id: str | None = None
    color: str | None = None
    note: str | None = None
    updated_at: str | None = None


class PaginationMeta(BaseModel):
    limit: int
    has_more: bool
    next_cursor: str | None = None


class Page(BaseModel, Generic[Item]):
    data: list[Item]
    pagination: PaginationMeta


class DeleteResponse(BaseModel):
    message: str


def page_of(
    call: Call, query: Mapping[str, Any], items: Sequence[Item], *, limit: int, next_position: str | None
) -> Page[Item]:
    """``next_position`` is where the list goes on, None at its end; ``query`` is what the cursor is
    bound to, the same mapping that ``cursors.decode`` is given for the next page."""
    next_cursor = None if next_position is None else cursors.encode(call, query, next_position)
    return Page(
        data=list(items),
        pagination=PaginationMeta(limit=limit, has_more=next_cursor is not None, next_cursor=next_cursor),
    )

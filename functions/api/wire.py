"""Wire models and query parameters that several resources share."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from fastapi import Query
from pydantic import BaseModel

from shared.domain.markers import marker
from shared.http import cursors
from shared.http.call import Call

Item = TypeVar("Item", bound=BaseModel)

PageLimit = Annotated[int, Query(ge=1, le=100, description="Maximum number of items on a page.")]
"""The page size of a list. Routes give it the default 50."""

PageCursor = Annotated[
    str | None, Query(max_length=4096, description="``pagination.next_cursor`` of the previous page.")
]
"""The position of a page. Routes give it the default None, for the first page."""

ColorFilter = Literal["any", "red", "orange", "yellow", "green", "blue", "purple", "gray"]
"""A ``MarkerColor``, or ``any`` for every marker."""

MarkerColorFilter = Annotated[
    ColorFilter | None,
    Query(description="Only items with a marker of this color; ``any``: with any marker."),
]
"""The filter of a list by markers. Routes give it the default None, for all items."""


class MarkerInfo(BaseModel):
    """A marker of a result. All members are null if there is no marker; the object itself is never null."""

    marker_id: str | None = None
    color: str | None = None
    note: str | None = None
    updated_at: str | None = None

    @classmethod
    def of(cls, shown: marker.MarkerInfo | None) -> Self:
        return cls() if shown is None else cls(**shown.model_dump(mode="json"))

    @classmethod
    def of_fields(cls, markers: marker.TargetMarkers) -> dict[str, Self]:
        """Return the markers of fields by canonical path."""
        return {path: cls.of(shown) for path, shown in markers.fields.items()}


class PaginationMeta(BaseModel):
    """The position of a page in its list. ``next_cursor`` is null on the last page."""

    limit: int
    has_more: bool
    next_cursor: str | None = None


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    data: list[Item]
    pagination: PaginationMeta


class DeleteResponse(BaseModel):
    """Confirmation of a deletion."""

    message: str


def page_of(
    call: Call, query: Mapping[str, Any], items: Sequence[Item], *, limit: int, next_position: str | None
) -> Page[Item]:
    """Build a page with the cursor of the next one.

    ``next_position`` is the position after the page, None at the end of the list. The cursor is bound to
    ``query``, the mapping that ``cursors.decode`` receives for the next page.
    """
    next_cursor = None if next_position is None else cursors.encode(call, query, next_position)
    return Page(
        data=list(items),
        pagination=PaginationMeta(limit=limit, has_more=next_cursor is not None, next_cursor=next_cursor),
    )

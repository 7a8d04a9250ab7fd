"""Wire models of indexes."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from shared.domain import default_index, media
from shared.http.errors import NOT_BLANK


class CreateIndexRequest(BaseModel):
    """A new index. The name must not be blank."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=NOT_BLANK)]


class Index(BaseModel):
    """An index: a named collection of media. ``is_default``: it is shared by everybody and read-only."""

    index_id: str
    name: str
    user_id: str
    created_at: str
    description: str | None = None
    sort_order: int | None = None
    is_default: bool = False

    @classmethod
    def from_domain(cls, index: media.Index) -> "Index":
        return cls(
            index_id=index.index_id,
            name=index.name,
            user_id=index.user_id,
            created_at=index.created_at,
            description=index.description,
            is_default=index.tenant_id == default_index.TENANT,
        )

"""The search projection: filtered vector search, lexical search and typed conditions.

It can be thrown away and rebuilt from records and blobs. Both adapters (embedded, OpenSearch)
pass ``tests/contract/test_search_index*.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from shared.domain.query.conditions import Condition, Leaf

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    """One row of unit length."""

    QueryVector = Vector | Sequence[float]
    """A query may come from a process that has no NumPy."""


class Level(StrEnum):
    SEGMENT = "segment"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class TextPassage:
    """One embedded text: a leaf of the extracted JSON, the transcript, or another system field.

    ``field_path`` is canonical (``people[].name``); ``instance_path`` concrete (``people[1].name``).
    ``weight`` in 0..1 scales this passage's score (a tag's confidence, say).
    """

    field_path: str
    instance_path: str
    text: str
    vector: Vector
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class PicturePassage:
    """One embedded frame; ``picture_key`` is the blob key of its JPEG."""

    timestamp: float
    picture_key: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One result of one run, as it can be searched. ``index_id`` "" is the playground."""

    result_id: str
    tenant_id: str
    index_id: str
    run_id: str
    media_id: str
    segment_id: str
    level: Level
    start: float
    executed_at: str
    leaves: Sequence[Leaf] = ()
    passages: Sequence[TextPassage] = ()
    pictures: Sequence[PicturePassage] = ()


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a query may see. ``None`` does not restrict; an empty set matches nothing."""

    tenant_id: str
    index_ids: frozenset[str] | None = None
    run_ids: frozenset[str] | None = None
    media_ids: frozenset[str] | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class PassageMatch:
    """``score`` in 0..1: ``shared.domain.query.fusion.text_score`` of this passage alone."""

    field_path: str
    instance_path: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class TextHit:
    """``dense_score`` is the best passage's weighted cosine (below 0 counts as 0); None where the document
    has no vector in the space searched. ``lexical_score`` in 0..1 is the share of the query's words that
    were found, the rarer the more it counts; None where none was. Both are exact, whichever of the two
    lists the document came from."""

    result_id: str
    dense_score: float | None
    lexical_score: float | None
    matches: Sequence[PassageMatch] = ()


@dataclass(frozen=True, slots=True)
class PictureHit:
    result_id: str
    score: float
    timestamp: float
    picture_key: str


@dataclass(frozen=True, slots=True)
class ConditionPage:
    """``next_after`` continues the walk; None at the end. Order: executed_at, then result_id."""

    result_ids: Sequence[str]
    next_after: str | None
    total: int


@dataclass(frozen=True, slots=True)
class TextQuery:
    """``fields`` restricts to canonical leaf paths; None searches all. ``words`` feeds the lexical side."""

    vector: QueryVector
    words: str
    fields: frozenset[str] | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Counts:
    documents: int = 0
    text_vectors: int = 0
    picture_vectors: int = 0
    spaces: dict[str, int] = field(default_factory=dict)


class SearchIndex(Protocol):
    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Add or replace by ``result_id``. Durable, and visible to the next query, on return."""
        ...

    def delete(self, scope: SearchFilter) -> int:
        """Remove every document in ``scope``; returns how many went."""
        ...

    def search_text(self, query: TextQuery, scope: SearchFilter) -> list[TextHit]:
        """The best ``limit`` by dense score joined with the best ``limit`` by words."""
        ...

    def search_picture(self, vector: QueryVector, scope: SearchFilter, limit: int) -> list[PictureHit]:
        """One hit a document, by its best picture, best first."""
        ...

    def match(
        self, conditions: Sequence[Condition], scope: SearchFilter, *, after: str | None, limit: int
    ) -> ConditionPage:
        """Documents for which every condition holds."""
        ...

    def counts(self, tenant_id: str | None = None) -> Counts: ...

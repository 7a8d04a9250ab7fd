"""The search index: filtered vector search, lexical search and typed conditions.

The index is a projection, which can be rebuilt from records and blobs. Both adapters (embedded, OpenSearch)
pass ``tests/contract/test_search_index*.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from shared.domain.query.conditions import Condition, Leaf, LeafType
from shared.domain.query.hits import MatchedPassage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    """One row of unit length."""

    QueryVector = Vector | Sequence[float]
    """A query may come from a process without NumPy."""


MAX_VALUE_CHARACTERS: Final = 100
"""Maximum length of a frequent text. Longer texts are prose, which hardly ever occurs twice."""

MAX_RESULT_IDS: Final = 60_000
"""Maximum number of result ids that a search by conditions may be restricted to. OpenSearch accepts 65,536
values in one query."""


class Level(StrEnum):
    SEGMENT = "segment"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class TextPassage:
    """One embedded text: a leaf of the extracted JSON, the transcript, or another system field.

    ``field_path`` is canonical (``people[].name``); ``instance_path`` concrete (``people[1].name``).
    ``weight`` in 0..1 scales this passage's score, for example by a tag's confidence.
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
    """One result of one run, in searchable form. ``index_id`` "" is the playground."""

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
    """The scope of a query. ``None`` does not restrict it; an empty set matches nothing.

    A query also covers the documents of ``shared_tenant_ids``, which everybody may read. A deletion covers
    those of ``tenant_id`` only.
    """

    tenant_id: str
    index_ids: frozenset[str] | None = None
    run_ids: frozenset[str] | None = None
    media_ids: frozenset[str] | None = None
    level: Level | None = None
    shared_tenant_ids: frozenset[str] = frozenset()

    @property
    def own(self) -> SearchFilter:
        """The scope without the documents of shared tenants."""
        return replace(self, shared_tenant_ids=frozenset())

    @property
    def readable_tenant_ids(self) -> list[str]:
        """The tenants whose documents a query covers, sorted."""
        return sorted({self.tenant_id, *self.shared_tenant_ids})


@dataclass(frozen=True, slots=True)
class TextHit:
    """One document found by text.

    ``dense_score`` is the best passage's weighted cosine, at least 0; None if the document has no vector in
    the searched space. ``lexical_score`` in 0..1 is the share of the query's words that were found, weighted
    by their rarity; None if no word was found. Both are exact, whichever of the two searches found the
    document.
    """

    result_id: str
    dense_score: float | None
    lexical_score: float | None
    matches: Sequence[MatchedPassage] = ()


@dataclass(frozen=True, slots=True)
class PictureHit:
    result_id: str
    score: float
    timestamp: float
    picture_key: str


@dataclass(frozen=True, slots=True)
class ConditionPage:
    """One page of matches, by executed_at and result_id. ``next_after`` is None on the last page."""

    result_ids: Sequence[str]
    next_after: str | None
    total: int


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A text query. ``vector`` is for the dense search, ``words`` for the lexical search.

    ``fields`` restricts both to canonical leaf paths; None searches all fields.
    """

    vector: QueryVector
    words: str
    fields: frozenset[str] | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class ValueQuery:
    """A query for the frequent values of the leaves at canonical path ``path``.

    ``types`` are the types of leaves that count. ``prefix`` restricts strings to those that start with it,
    whatever the case, and leaves out other values; "" does not restrict. ``whole`` leaves out fractions.
    """

    path: str
    types: frozenset[LeafType]
    prefix: str = ""
    whole: bool = False
    limit: int = 20


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value and the number of documents that have it. Texts that differ in case only are one value."""

    value: str | float | bool
    documents: int


@dataclass(frozen=True, slots=True)
class FrequentValues:
    """The most frequent values, then in their order. ``is_sample``: not all documents were counted."""

    values: Sequence[ValueCount]
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    documents: int = 0
    text_vectors: int = 0
    picture_vectors: int = 0
    spaces: dict[str, int] = field(default_factory=dict)


class SearchIndex(Protocol):
    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Add documents, or replace them by ``result_id``. On return they are durable and visible."""
        ...

    def delete(self, scope: SearchFilter) -> int:
        """Delete every document in ``scope``. Returns the number deleted."""
        ...

    def search_text(self, query: TextQuery, scope: SearchFilter) -> list[TextHit]:
        """Return the best ``limit`` documents by dense score together with the best ``limit`` by words."""
        ...

    def search_picture(self, vector: QueryVector, scope: SearchFilter, limit: int) -> list[PictureHit]:
        """Return one hit per document, by its best picture, best first."""
        ...

    def match(
        self,
        conditions: Sequence[Condition],
        scope: SearchFilter,
        *,
        among: frozenset[str] | None = None,
        after: str | None,
        limit: int,
    ) -> ConditionPage:
        """Return a page of documents for which every condition holds.

        ``among`` restricts them to these result ids, at most ``MAX_RESULT_IDS``.
        """
        ...

    def frequent_values(self, query: ValueQuery, scope: SearchFilter) -> FrequentValues:
        """Return the most frequent values of a field, at most ``query.limit``.

        Texts of more than ``MAX_VALUE_CHARACTERS`` are left out. A text is in the spelling of one of the
        documents if the field is embedded, else case-folded.
        """
        ...

    def counts(self, tenant_id: str | None = None) -> Counts: ...

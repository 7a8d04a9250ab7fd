"""Bodies of the search requests: first to find candidate documents, then to score them exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.adapters.aws.search.conditions import Query, any_of, scope_filters
from shared.adapters.aws.search.documents import field_word
from shared.adapters.aws.search.mapping import KEY, MAX_INNER_HITS, SPACE_TYPE, VERSION, digest
from shared.ports.search_index import SearchFilter

Body = dict[str, Any]

EXACT_UP_TO: Final = 600_000
"""The largest number of vectors in a scope that are all scored. A search in the graph (HNSW) misses results
where many vectors are equal, as those of short values are ("car", "outdoor"): it found eight of the ten
best."""

CANDIDATES: Final = 1_000
"""The number of nearest neighbours that Lucene collects in each of its segments, if the limit is smaller."""

_OVERSAMPLING: Final = 2
_MAX_CLAUSES: Final = 1_000
"""OpenSearch accepts 1,024 clauses in a query."""


def nearest(
    kind: str,
    vector: list[float],
    filters: Sequence[Query],
    limit: int,
    of_documents: Sequence[Query] = (),
    *,
    score_all: bool,
) -> Body:
    """Build the k-NN query for the ``limit`` documents whose best ``kind`` (passages, pictures) is nearest.

    ``filters`` apply to the nested documents, ``of_documents`` to the documents. ``score_all`` scores every
    vector in the scope; otherwise the search follows the graph.
    """
    query = _scored(kind, vector, filters) if score_all else _approximate(kind, vector, filters, limit)
    nested = {"path": kind, "score_mode": "max", "query": query}
    query = {"bool": {"must": [{"nested": nested}], "filter": list(of_documents)}}
    return _identifiers(query, kind, limit)


def passage_filters(scope: SearchFilter, fields: frozenset[str] | None) -> list[Query]:
    return [*scope_filters(scope, "passages"), *field_filters(fields)]


def field_filters(fields: frozenset[str] | None) -> list[Query]:
    return [] if fields is None else [any_of("passages.field", sorted(map(digest, fields)))]


def with_words(
    words: Sequence[str], filters: Sequence[Query], fields: frozenset[str] | None, limit: int
) -> Body:
    """Build the query for documents with any of ``words``, and for the number of documents with each word.

    OpenSearch computes word frequencies over the whole index, while hits are scored with those of the
    scope. So the query returns more documents than wanted, and the best are chosen by their exact score.
    """
    found = [_word(word, fields) for word in words]
    body = _identifiers(
        {"bool": {"filter": list(filters), "must": [{"bool": {"should": found}}]}},
        "passages",
        limit * _OVERSAMPLING,
    )
    counted = [_word(word, fields, scored=False) for word in words]
    return body | {"aggs": {"words": {"filters": {"filters": counted}}}}


@dataclass(frozen=True, slots=True)
class InScope:
    documents: int
    text_vectors: int
    picture_vectors: int


def in_scope(filters: Sequence[Query]) -> Body:
    """Build the query that counts documents and vectors."""
    sums = {name: {"sum": {"field": name}} for name in ("text_vectors", "picture_vectors")}
    query = {"bool": {"filter": list(filters)}}
    return {"size": 0, "track_total_hits": True, "query": query, "aggs": sums}


def counted(answer: Mapping[str, Any]) -> InScope:
    """Read the answer to ``in_scope``."""
    sums = answer.get("aggregations", {})
    text, picture = (int(sums.get(name, {}).get("value", 0)) for name in ("text_vectors", "picture_vectors"))
    return InScope(answer["hits"]["total"]["value"], text, picture)


def exact(
    kind: str, vector: list[float], identifiers: Sequence[str], filters: Sequence[Query], inner_hits: int
) -> Body:
    """Build the query that scores ``identifiers`` exactly, with their best ``inner_hits`` of ``kind``."""
    nested = {
        "path": kind,
        "score_mode": "max",
        "query": _scored(kind, vector, filters),
        "inner_hits": {"size": min(max(inner_hits, 1), MAX_INNER_HITS), "_source": False},
    }
    return {
        "size": len(identifiers),
        "track_total_hits": False,
        "_source": ["result_id", kind],
        "query": {"bool": {"filter": [{"ids": {"values": list(identifiers)}}], "must": [{"nested": nested}]}},
    }


def similarity(score: float) -> float:
    """Convert OpenSearch's score, which is never negative, to the inner product."""
    return score - 1 if score >= 1 else 1 - 1 / score


def _scored(kind: str, vector: list[float], filters: Sequence[Query]) -> Query:
    script = {
        "lang": "knn",
        "source": "knn_score",
        "params": {"field": f"{kind}.vector", "query_value": vector, "space_type": SPACE_TYPE},
    }
    return {"script_score": {"query": {"bool": {"filter": list(filters)}}, "script": script}}


def _approximate(kind: str, vector: list[float], filters: Sequence[Query], limit: int) -> Query:
    neighbours = {
        "vector": vector,
        "k": max(limit, CANDIDATES),
        "filter": {"bool": {"filter": list(filters)}},
    }
    return {"knn": {f"{kind}.vector": neighbours}}


def _identifiers(query: Query, kind: str, size: int) -> Body:
    vectors = "text_vectors" if kind == "passages" else "picture_vectors"
    return {
        "size": size,
        "track_total_hits": False,
        "_source": False,
        "docvalue_fields": [vectors, KEY, VERSION],
        "query": query,
    }


def _word(word: str, fields: frozenset[str] | None, *, scored: bool = True) -> Query:
    if fields is None:
        return {"term": {"words": {"value": word}}}
    inside = [field_word(field, word) for field in sorted(fields)]
    if not scored or len(inside) > _MAX_CLAUSES // 32:
        return {"constant_score": {"filter": any_of("field_words", inside)}}
    return {"dis_max": {"queries": [{"term": {"field_words": {"value": value}}} for value in inside]}}

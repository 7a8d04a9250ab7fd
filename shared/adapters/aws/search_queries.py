"""The searches behind an answer: first which documents, then how well each of them fits exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.adapters.aws.search_conditions import Query, any_of, scope_filters
from shared.adapters.aws.search_mapping import KEY, MOST_INNER_HITS, SPACE_TYPE, VERSION, digest
from shared.adapters.aws.search_source import field_word
from shared.ports.search_index import SearchFilter

Body = dict[str, Any]

EXACT_UP_TO: Final = 600_000
"""Vectors in a scope, at most, that are all scored. A graph of vectors loses its way where many are the same,
as those of short values are ("car", "outdoor"): of the ten best it found eight."""

CANDIDATES: Final = 1_000
"""Nearest neighbours that Lucene gathers in each of its segments beyond that, however few are wanted."""

_OVERSAMPLING: Final = 2
_MOST_CLAUSES: Final = 1_000
"""OpenSearch takes 1,024 clauses."""


def nearest(
    kind: str,
    vector: list[float],
    filters: Sequence[Query],
    limit: int,
    of_documents: Sequence[Query] = (),
    *,
    score_all: bool,
) -> Body:
    """The ``limit`` documents whose best ``kind`` (passages, pictures) is nearest to ``vector``.

    ``filters`` are about the nested documents, ``of_documents`` about those that hold them. ``score_all``:
    of everything in the scope; otherwise a graph leads to some of it.
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
    """Documents with any of ``words``, the rarer the better, and in how many each word stands.

    OpenSearch weighs words by the whole index, while hits are scored by what the scope holds; so more are
    taken than wanted, and the best of them chosen by their exact score.
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
    """Count documents and vectors."""
    sums = {name: {"sum": {"field": name}} for name in ("text_vectors", "picture_vectors")}
    query = {"bool": {"filter": list(filters)}}
    return {"size": 0, "track_total_hits": True, "query": query, "aggs": sums}


def counted(answer: Mapping[str, Any]) -> InScope:
    """From the answer to ``in_scope``."""
    sums = answer.get("aggregations", {})
    text, picture = (int(sums.get(name, {}).get("value", 0)) for name in ("text_vectors", "picture_vectors"))
    return InScope(answer["hits"]["total"]["value"], text, picture)


def exact(
    kind: str, vector: list[float], identifiers: Sequence[str], filters: Sequence[Query], inner_hits: int
) -> Body:
    """Each of ``identifiers`` that has a ``kind`` in ``filters``, with its best ``inner_hits`` scored."""
    nested = {
        "path": kind,
        "score_mode": "max",
        "query": _scored(kind, vector, filters),
        "inner_hits": {"size": min(max(inner_hits, 1), MOST_INNER_HITS), "_source": False},
    }
    return {
        "size": len(identifiers),
        "track_total_hits": False,
        "_source": ["result_id", kind],
        "query": {"bool": {"filter": [{"ids": {"values": list(identifiers)}}], "must": [{"nested": nested}]}},
    }


def similarity(score: float) -> float:
    """The inner product behind OpenSearch's score, which is never negative."""
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
    if not scored or len(inside) > _MOST_CLAUSES // 32:
        return {"constant_score": {"filter": any_of("field_words", inside)}}
    return {"dis_max": {"queries": [{"term": {"field_words": {"value": value}}} for value in inside]}}

"""Bodies of the search requests. One request finds the documents and scores their passages exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.adapters.aws.search.conditions import Query, any_of, scope_filters
from shared.adapters.aws.search.documents import field_word
from shared.adapters.aws.search.layout.mapping import FRAMES, KEY, SPACE_TYPE, TEXTS, digest
from shared.ports.search_index import SearchFilter

Body = dict[str, Any]

MANY_PASSAGES: Final = 100
"""The number of passages of a hit that the first request scores. Hits with more are scored again."""

_OVERSAMPLING: Final = 2
_MAX_CLAUSES: Final = 1_000
"""OpenSearch accepts 1,024 clauses in a query."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The scoring of a hit's nested documents of ``kind`` (passages, pictures), those that pass ``filters``.

    A hit shows its best ``size`` of them (default: ``MANY_PASSAGES``), scored by the inner products of their
    vectors and ``vector``.
    """

    kind: str
    vector: list[float]
    filters: Sequence[Query] = ()
    size: int | None = None

    @property
    def query(self) -> Query:
        """The query for all documents, which scores the nested documents of the hits alone."""
        inner = {"size": self.size or MANY_PASSAGES, "_source": False, "stored_fields": "_none_"}
        nested = {
            "path": self.kind,
            "query": _scored(self.kind, self.vector, self.filters),
            "score_mode": "none",
            "inner_hits": inner,
        }
        # Without scores, a clause beside a required one is optional, and Lucene does not run it.
        return {"bool": {"filter": [{"match_all": {}}], "should": [{"nested": nested}]}}


def nearest(
    scored: Scored,
    filters: Sequence[Query],
    limit: int,
    of_documents: Sequence[Query],
    *,
    candidates: int | None,
) -> Body:
    """Build the k-NN query for the ``limit`` documents whose best nested document is nearest.

    ``filters`` apply to the nested documents, ``of_documents`` to the documents. The search follows the graph
    and collects ``candidates`` in each Lucene segment; None scores every vector in the scope.
    """
    kind, vector = scored.kind, scored.vector
    if candidates is None:
        query = _scored(kind, vector, filters)
    else:
        query = _approximate(kind, vector, filters, max(limit, candidates))
    nested = {"path": kind, "score_mode": "max", "query": query}
    return _hits({"bool": {"must": [{"nested": nested}], "filter": list(of_documents)}}, scored, limit)


def passage_filters(scope: SearchFilter, fields: frozenset[str] | None) -> list[Query]:
    return [*scope_filters(scope, "passages"), *field_filters(fields)]


def field_filters(fields: frozenset[str] | None) -> list[Query]:
    return [] if fields is None else [any_of("passages.field", sorted(map(digest, fields)))]


def with_words(
    words: Sequence[str],
    filters: Sequence[Query],
    fields: frozenset[str] | None,
    scored: Scored,
    limit: int,
) -> Body:
    """Build the query for documents with any of ``words``, and for the number of documents with each word.

    OpenSearch computes word frequencies over the whole index, while hits are scored with those of the
    scope. So the query returns more documents than wanted, and the best are chosen by their exact score.
    """
    found = [_word(word, fields) for word in words]
    query = {"bool": {"filter": list(filters), "must": [{"bool": {"should": found}}]}}
    counted = [_word(word, fields, scored=False) for word in words]
    aggregation = {"words": {"filters": {"filters": counted}}}
    return _hits(query, scored, limit * _OVERSAMPLING) | {"aggs": aggregation}


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


def number_in_scope(filters: Sequence[Query]) -> Body:
    """Build the query that counts documents alone."""
    return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": list(filters)}}}


def named(identifiers: Sequence[str], scored: Scored) -> Body:
    """Build the query for the documents with these identifiers."""
    return _hits({"ids": {"values": list(identifiers)}}, scored, len(identifiers))


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


def _approximate(kind: str, vector: list[float], filters: Sequence[Query], candidates: int) -> Query:
    neighbours = {
        "vector": vector,
        "k": candidates,
        "filter": {"bool": {"filter": list(filters)}},
    }
    return {"knn": {f"{kind}.vector": neighbours}}


def _hits(query: Query, scored: Scored, size: int) -> Body:
    return {
        "size": size,
        "track_total_hits": False,
        "docvalue_fields": [KEY, TEXTS if scored.kind == "passages" else FRAMES],
        "query": query,
        "post_filter": scored.query,
    }


def _word(word: str, fields: frozenset[str] | None, *, scored: bool = True) -> Query:
    if fields is None:
        return {"term": {"words": {"value": word}}}
    inside = [field_word(field, word) for field in sorted(fields)]
    if not scored or len(inside) > _MAX_CLAUSES // 32:
        return {"constant_score": {"filter": any_of("field_words", inside)}}
    return {"dis_max": {"queries": [{"term": {"field_words": {"value": value}}} for value in inside]}}

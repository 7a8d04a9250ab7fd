"""The search index in OpenSearch 2.19 or newer, with the k-NN plugin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from opensearchpy import OpenSearch

from shared.adapters.aws.search.aliases import Aliases
from shared.adapters.aws.search.bulk import MissingAlias
from shared.adapters.aws.search.cluster import Answer, Cluster
from shared.adapters.aws.search.conditions import (
    Query,
    any_of,
    condition_query,
    scope_filters,
)
from shared.adapters.aws.search.documents import identifier, source, unit
from shared.adapters.aws.search.frequent_values import frequent_values, values_body
from shared.adapters.aws.search.hits import WordWeights, best_hits, picture_hit, text_hit
from shared.adapters.aws.search.identities.generated_identity import PATIENCE_SECONDS, VersionedIdentity
from shared.adapters.aws.search.identities.identity import ChosenIdentity, Identity, Sources
from shared.adapters.aws.search.mapping import KEY, VERSION, Layout
from shared.adapters.aws.search.queries import (
    EXACT_UP_TO,
    counted,
    exact,
    field_filters,
    in_scope,
    nearest,
    passage_filters,
    with_words,
)
from shared.adapters.aws.search.tie_breaker import across
from shared.adapters.condition_pages import page_position, page_token
from shared.domain.evidence import EmbeddingSpace
from shared.domain.query.conditions import Condition
from shared.domain.query.words import query_terms
from shared.ports.search_index import (
    ConditionPage,
    Counts,
    FrequentValues,
    PictureHit,
    SearchDocument,
    SearchFilter,
    TextHit,
    TextQuery,
    ValueQuery,
)

if TYPE_CHECKING:
    from shared.ports.search_index import QueryVector


Found = TypeVar("Found")


class OpenSearchIndex:
    """Implements ``shared.ports.search_index.SearchIndex``; safe to share between threads.

    Each pair of spaces has its own index, created at the first put and addressed by an alias. While a
    ``Rebuild`` fills another index for the same spaces, puts and deletions are applied to both.
    """

    def __init__(
        self,
        client: OpenSearch,
        *,
        index_prefix: str,
        text_space: EmbeddingSpace,
        picture_space: EmbeddingSpace,
        shards: int = 1,
        replicas: int = 0,
        collection: bool = False,
        patience_seconds: float = PATIENCE_SECONDS,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        """``shards`` and ``replicas`` apply to new indexes. A scope with at most ``exact_up_to`` vectors is
        searched exactly.

        ``collection`` selects a vector collection of OpenSearch Serverless. It chooses shards and replicas
        itself and shows a change after a delay; writes wait for it at most ``patience_seconds``.
        """
        self._client = client
        self._cluster = Cluster(client)
        self._text_space, self._picture_space = text_space, picture_space
        self._exact_up_to = exact_up_to
        layout = Layout.of_collection() if collection else Layout.of_domain(shards, replicas)
        self.aliases = Aliases(self._cluster, index_prefix, text_space, picture_space, layout)
        self.identity: Identity = (
            VersionedIdentity(self._cluster, patience_seconds)
            if collection
            else ChosenIdentity(self._cluster)
        )

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Write documents.

        Raises: ValueError: a vector is not of its space. Unavailable: not all documents were written.
        """
        if not documents:
            return
        sources = self.sources(documents)
        for alias in self.aliases.written():
            self._write(alias, sources)

    def sources(self, documents: Sequence[SearchDocument]) -> Sources:
        """Encode documents by identifier. The last of several documents with one identifier counts.

        Raises: ValueError: a vector is not of its space.
        """
        spaces = self._text_space, self._picture_space
        return {identifier(each.tenant_id, each.result_id): source(each, *spaces) for each in documents}

    def delete(self, scope: SearchFilter) -> int:
        query = {"bool": {"filter": scope_filters(scope.own)}}
        deleted = 0
        for alias in self.aliases.written():
            count = self.identity.delete(alias, query)
            deleted = count if alias == self.aliases.live else deleted
        return deleted

    def search_text(self, query: TextQuery, scope: SearchFilter) -> list[TextHit]:
        """Search by meaning and words. Raises: ValueError: the query's vector is not of the text space."""
        vector = across(unit(query.vector, self._text_space))
        query_words = query_terms(query.words)

        def search(filters: list[Query]) -> tuple[list[TextHit], list[Answer]]:
            by_meaning, words, weights = self._find_candidates(query, vector, query_words, scope, filters)
            hits = [*by_meaning, *words]
            found = self._score_exactly(
                "passages", vector, hits, field_filters(query.fields), _max_text_vectors(hits)
            )
            near = {hit["_id"] for hit in by_meaning}
            nearest_ids = [hit["_source"]["result_id"] for hit in found if hit["_id"] in near]
            best = best_hits([text_hit(hit, weights) for hit in found], nearest_ids, query.limit)
            return best, hits

        return self._search_current(search)

    def search_picture(self, vector: QueryVector, scope: SearchFilter, limit: int) -> list[PictureHit]:
        """Search pictures. Raises: ValueError: the vector is not of the picture space."""
        query = across(unit(vector, self._picture_space))

        def search(filters: list[Query]) -> tuple[list[PictureHit], list[Answer]]:
            inside = counted(self._cluster.search(self.aliases.live, in_scope(scope_filters(scope))))
            score_all = inside.picture_vectors <= self._exact_up_to
            picture_filters = scope_filters(scope, "pictures")
            body = nearest("pictures", query, picture_filters, limit, filters, score_all=score_all)
            hits = self._cluster.search(self.aliases.live, body)["hits"]["hits"]
            return [picture_hit(hit) for hit in self._score_exactly("pictures", query, hits, (), 1)], hits

        return self._search_current(search)

    def match(
        self,
        conditions: Sequence[Condition],
        scope: SearchFilter,
        *,
        among: frozenset[str] | None = None,
        after: str | None,
        limit: int,
    ) -> ConditionPage:
        """Return a page of matches. Raises: InvalidCursor: ``after`` is not a page token of this index."""
        position = {} if after is None else {"search_after": page_position(after)}

        def search(filters: list[Query]) -> tuple[ConditionPage, list[Answer]]:
            named = [] if among is None else [any_of("result_id", sorted(among))]
            all_filters = [*scope_filters(scope), *named, *map(condition_query, conditions), *filters]
            body: dict[str, Any] = {
                "size": limit + 1,
                "track_total_hits": True,
                "_source": False,
                "docvalue_fields": [KEY, VERSION],
                "sort": [{"executed_at": "asc"}, {"result_id": "asc"}],
                "query": {"bool": {"filter": all_filters}},
            }
            hits = self._cluster.search(self.aliases.live, body | position)["hits"]
            return _page(hits, limit), hits["hits"]

        return self._search_current(search)

    def frequent_values(self, query: ValueQuery, scope: SearchFilter) -> FrequentValues:
        """Return the most frequent values in a sample of at most ``SAMPLE`` documents of each shard.

        In a vector collection, versions that are superseded but not yet deleted count too.
        """
        answer = self._cluster.search(self.aliases.live, values_body(query, scope_filters(scope)))
        return frequent_values(answer, query)

    def counts(self, tenant_id: str | None = None) -> Counts:
        filters = [] if tenant_id is None else [{"term": {"tenant_id": tenant_id}}]
        found = counted(self._cluster.search(self.aliases.live, in_scope(filters)))
        text, picture = found.text_vectors, found.picture_vectors
        by_space: dict[str, int] = {}
        for space, count in ((self._text_space, text), (self._picture_space, picture)):
            if count:
                by_space[space.name] = by_space.get(space.name, 0) + count
        return Counts(found.documents, text, picture, by_space)

    def close(self) -> None:
        """Close idle connections. New ones are opened when needed."""
        self._client.close()

    def _write(self, alias: str, sources: Sources) -> None:
        try:
            self.identity.put(alias, sources)
        except MissingAlias:
            self.aliases.create()
            self.identity.put(alias, sources)

    def _search_current(self, search: Callable[[list[Query]], tuple[Found, list[Answer]]]) -> Found:
        """Run ``search`` over documents that are not superseded.

        ``search`` takes filters, and returns its answer with the hits that it is based on. If some hits are
        superseded, the search is repeated without them, so that other documents can take their places.
        """
        superseded: set[str] = set()
        while True:
            without = (
                [{"bool": {"must_not": [{"ids": {"values": sorted(superseded)}}]}}] if superseded else []
            )
            answer, hits = search(without)
            more = self.identity.superseded(self.aliases.live, hits) - superseded
            if not more:
                return answer
            superseded |= more

    def _find_candidates(
        self,
        query: TextQuery,
        vector: list[float],
        words: Sequence[str],
        scope: SearchFilter,
        filters: list[Query],
    ) -> tuple[list[Answer], list[Answer], WordWeights]:
        """Find the nearest documents and candidates by words, with the weights of the words."""
        inside = [*scope_filters(scope), *filters]
        searches = [in_scope(inside)]
        if words:
            searches.append(with_words(words, inside, query.fields, query.limit))
        counts, *lexical = self._cluster.search_all(self.aliases.live, searches)
        found = counted(counts)
        score_all = found.text_vectors <= self._exact_up_to
        passages = passage_filters(scope, query.fields)
        body = nearest("passages", vector, passages, query.limit, filters, score_all=score_all)
        near = self._cluster.search(self.aliases.live, body)["hits"]["hits"]
        if not lexical or "aggregations" not in lexical[0]:
            return near, [], WordWeights((), ())
        buckets = lexical[0]["aggregations"]["words"]["buckets"]
        weights = WordWeights.counted(words, [bucket["doc_count"] for bucket in buckets], found.documents)
        return near, lexical[0]["hits"]["hits"], weights

    def _score_exactly(
        self,
        kind: str,
        vector: list[float],
        hits: Sequence[Answer],
        filters: Sequence[dict[str, Any]],
        inner: int,
    ) -> list[Answer]:
        """Score the documents of ``hits`` exactly, with their best ``inner`` nested documents."""
        identifiers = list(dict.fromkeys(hit["_id"] for hit in hits))
        if not identifiers:
            return []
        answer = self._cluster.search(self.aliases.live, exact(kind, vector, identifiers, filters, inner))
        found: list[Answer] = answer["hits"]["hits"]
        return found


def _max_text_vectors(hits: Sequence[Answer]) -> int:
    return max((int(hit["fields"]["text_vectors"][0]) for hit in hits), default=1)


def _page(hits: Answer, limit: int) -> ConditionPage:
    keys = [hit["sort"] for hit in hits["hits"]]
    page = keys[:limit]
    more = len(keys) > limit and page
    results = [result_id for _, result_id in page]
    return ConditionPage(results, page_token(page[-1]) if more else None, hits["total"]["value"])

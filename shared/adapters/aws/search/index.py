"""The search index in OpenSearch 2.19 or newer, with the k-NN plugin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from opensearchpy import OpenSearch

from shared.adapters.aws.search.bulk import MissingAlias
from shared.adapters.aws.search.cluster import Answer, Cluster, hits_of
from shared.adapters.aws.search.conditions import Query, any_of, condition_query, scope_filters
from shared.adapters.aws.search.documents import identifier, source, unit
from shared.adapters.aws.search.frequent_values import frequent_values, values_body
from shared.adapters.aws.search.graph_choice import EXACT_UP_TO, GraphChoice
from shared.adapters.aws.search.hits import WordWeights, best_hits, document_identifier, is_cut, picture_hit
from shared.adapters.aws.search.identities.generated_identity import PATIENCE_SECONDS, VersionedIdentity
from shared.adapters.aws.search.identities.identity import ChosenIdentity, Identity, Sources
from shared.adapters.aws.search.layout.aliases import Aliases
from shared.adapters.aws.search.layout.mapping import MAX_INNER_HITS, Layout
from shared.adapters.aws.search.layout.outdated import OutdatedLayout
from shared.adapters.aws.search.layout.tie_breaker import across
from shared.adapters.aws.search.queries import (
    Body,
    InScope,
    Scored,
    counted,
    field_filters,
    in_scope,
    named,
    nearest,
    number_in_scope,
    passage_filters,
    with_words,
)
from shared.adapters.aws.search.scope_sizes import ScopeSizes
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
        """``shards`` and ``replicas`` apply to new indexes. ``exact_up_to`` as in ``graph_choice``.

        ``collection`` selects a vector collection of OpenSearch Serverless. It chooses shards and replicas
        itself and shows a change after a delay; writes wait for it at most ``patience_seconds``.
        """
        self._client = client
        self._cluster = Cluster(client)
        self._text_space, self._picture_space = text_space, picture_space
        self._sizes = ScopeSizes(self._count)
        layout = Layout.of_collection() if collection else Layout.of_domain(shards, replicas)
        self.aliases = Aliases(self._cluster, index_prefix, text_space, picture_space, layout)
        self._is_collection = collection
        self._graph = GraphChoice(exact_up_to, self._lucene_segments)
        self.identity: Identity = (
            VersionedIdentity(self._cluster, patience_seconds)
            if collection
            else ChosenIdentity(self._cluster)
        )

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Write documents.

        Raises: ValueError: a vector is not of its space. Unavailable: not all documents were written, or the
        index was made by an earlier release and must be rebuilt first.
        """
        if not documents:
            return
        sources = self.sources(documents)
        aliases = self.aliases.written()
        for alias in aliases:
            try:
                self._write(alias, sources)
            except OutdatedLayout:
                # A rebuild replaces the live index, so it is enough that the new index has the documents.
                if alias == aliases[-1]:
                    raise

    def sources(self, documents: Sequence[SearchDocument]) -> Sources:
        """Encode documents by identifier. The last of several documents with one identifier counts.

        Raises: ValueError: a vector is not of its space.
        """
        spaces = self._text_space, self._picture_space
        return {identifier(each.tenant_id, each.result_id): source(each, *spaces) for each in documents}

    def delete(self, scope: SearchFilter) -> int:
        query = {"bool": {"filter": scope_filters(scope.own)}}
        aliases = self.aliases.written()
        deleted, *_ = [self.identity.delete(alias, query) for alias in aliases]
        if self.aliases.written() != aliases:
            # A rebuild has ended or begun meanwhile, and its index may have the documents.
            self.delete(scope)
        return deleted

    def search_text(self, query: TextQuery, scope: SearchFilter) -> list[TextHit]:
        """Search by meaning and words. Raises: ValueError: the query's vector is not of the text space."""
        vector = across(unit(query.vector, self._text_space))
        scored = Scored("passages", vector, field_filters(query.fields))
        query_words = query_terms(query.words)
        vectors = self._sizes.of(scope).text_vectors
        candidates = self._graph.candidates(vectors, in_all_fields=query.fields is None)

        def search(filters: list[Query]) -> tuple[list[TextHit], list[Answer]]:
            passages = passage_filters(scope, query.fields)
            bodies = [nearest(scored, passages, query.limit, filters, candidates=candidates)]
            if query_words:
                inside = [*scope_filters(scope), *filters]
                bodies.append(with_words(query_words, inside, query.fields, scored, query.limit))
                bodies.append(number_in_scope(inside))
            near, *lexical = self._search_all(bodies)
            weights = _word_weights(query_words, *lexical) if lexical else WordWeights((), (), 0)
            found_by_words = hits_of(lexical[0]) if lexical else []
            by_meaning, by_words = self._fully_scored([hits_of(near), found_by_words], scored)
            best = best_hits(by_meaning, by_words, weights, query.limit)
            return best, [*by_meaning, *by_words]

        return self._search_current(search)

    def search_picture(self, vector: QueryVector, scope: SearchFilter, limit: int) -> list[PictureHit]:
        """Search pictures. Raises: ValueError: the vector is not of the picture space."""
        scored = Scored("pictures", across(unit(vector, self._picture_space)), size=1)
        candidates = self._graph.candidates(self._sizes.of(scope).picture_vectors)

        def search(filters: list[Query]) -> tuple[list[PictureHit], list[Answer]]:
            frames = scope_filters(scope, "pictures")
            (answer,) = self._search_all([nearest(scored, frames, limit, filters, candidates=candidates)])
            hits = hits_of(answer)
            return [picture_hit(hit) for hit in hits], hits

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
                "sort": [{"executed_at": "asc"}, {"result_id": "asc"}],
                "query": {"bool": {"filter": all_filters}},
            }
            hits = self._cluster.search(self.aliases.live, self.identity.reading(body | position))["hits"]
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
            if alias == self.aliases.live:
                self.aliases.create()
            # A rebuild that has ended meanwhile has made its index the live one.
            self.identity.put(self.aliases.live, sources)

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

    def _search_all(self, bodies: Sequence[Body]) -> list[Answer]:
        return self._cluster.search_all(self.aliases.live, [self.identity.reading(body) for body in bodies])

    def _fully_scored(self, lists: Sequence[list[Answer]], scored: Scored) -> Sequence[list[Answer]]:
        """Score all passages of hits that have more than one request scores."""
        cut = sorted({document_identifier(hit) for hits in lists for hit in hits if is_cut(hit)})
        if not cut:
            return lists
        (answer,) = self._search_all([named(cut, replace(scored, size=MAX_INNER_HITS))])
        again = {document_identifier(hit): hit for hit in hits_of(answer)}
        return [[again.get(document_identifier(hit), hit) for hit in hits] for hits in lists]

    def _lucene_segments(self) -> list[int] | None:
        """A collection of Serverless tells nothing of its segments."""
        return None if self._is_collection else self._cluster.lucene_segments(self.aliases.live)

    def _count(self, scope: SearchFilter) -> InScope:
        return counted(self._cluster.search(self.aliases.live, in_scope(scope_filters(scope))))


def _word_weights(words: Sequence[str], lexical: Answer, counts: Answer) -> WordWeights:
    buckets = lexical.get("aggregations", {}).get("words", {}).get("buckets", ())
    containing = [bucket["doc_count"] for bucket in buckets] or [0] * len(words)
    return WordWeights(words, containing, counts["hits"]["total"]["value"])


def _page(hits: Answer, limit: int) -> ConditionPage:
    keys = [hit["sort"] for hit in hits["hits"]]
    page = keys[:limit]
    more = len(keys) > limit and page
    results = [result_id for _, result_id in page]
    return ConditionPage(results, page_token(page[-1]) if more else None, hits["total"]["value"])

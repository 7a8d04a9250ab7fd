"""Writing, replacing and deleting documents in OpenSearch Serverless, which generates the identifiers.

A vector collection of OpenSearch Serverless accepts no identifiers, deletes by identifier only, and shows
a change only after a delay that a client cannot shorten. So each document has a ``key``, and of documents
with the same key the one with the highest ``version`` is current:

- A write appends the document, waits until a search finds it, and then deletes the documents it replaces.
- A search leaves out documents that are not current. A worker that is killed at any point leaves at worst
  superseded documents, which no answer shows; the next write of the key deletes them.
- A deletion is repeated until no search finds a matching document.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from shared.adapters.aws.search.bulk import Bulk, MissingAlias
from shared.adapters.aws.search.cluster import Answer, Cluster
from shared.adapters.aws.search.identities.identity import Query, Sources
from shared.adapters.aws.search.identities.stored_document import StoredDocument, newest, stored
from shared.adapters.aws.search.layout.mapping import KEY, VERSION
from shared.domain.errors import Unavailable

logger = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 120.0
"""Twice the longest delay after which Serverless shows a change."""

REBUILD_VERSION: Final = 0
"""The version of documents that a rebuild fills in. Every concurrent write has a higher version."""

_KEYS_PER_QUERY: Final = 1_000
_PAGE_SIZE: Final = 5_000
_FIRST_WAIT_SECONDS: Final = 0.05
_MAX_WAIT_SECONDS: Final = 2.0


class VersionedIdentity:
    """Implements ``identity.Identity`` for collections with generated identifiers."""

    def __init__(self, cluster: Cluster, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """``patience_seconds`` is how long to wait until a change is visible."""
        self._cluster = cluster
        self._bulk = Bulk(cluster)
        self._patience = patience_seconds
        self._filled_keys: set[str] = set()

    def put(self, alias: str, sources: Sources) -> None:
        """Write documents. A document that is not visible in time is stored, and becomes visible later."""
        self._check_alias(alias)
        version = time.time_ns() // 1_000
        self._bulk.append(alias, _versioned(sources, version))
        for _ in self._polls():
            found = list(self._with_keys(alias, sources))
            current = newest(found)
            replaced = [document.identifier for document in found if document not in current]
            self._bulk.remove(alias, replaced)
            shown = {document.key for document in current if document.version >= version}
            if not replaced and len(shown) == len(sources):
                return
        logger.warning("Written documents are not visible to searches yet.", extra={"count": len(sources)})

    def fill(self, alias: str, sources: Sources) -> None:
        self._bulk.append(alias, _versioned(sources, REBUILD_VERSION))
        self._filled_keys |= sources.keys()

    def finish(self, alias: str) -> None:
        """Wait until all filled documents are visible. Documents deleted meanwhile prolong the wait up to its
        limit."""
        for _ in self._polls():
            duplicates, shown = self._duplicate_keys(alias)
            found = list(self._with_keys(alias, duplicates))
            current = newest(found)
            self._bulk.remove(alias, (d.identifier for d in found if d not in current))
            if not duplicates and shown >= len(self._filled_keys):
                return
        logger.warning(
            "Documents of the rebuild are not visible to searches yet.",
            extra={"count": len(self._filled_keys)},
        )

    def start_merge(self, alias: str) -> None:
        """Do nothing: a collection merges by itself."""

    def delete(self, alias: str, query: Query) -> int:
        if not self._exists(alias):
            return 0
        keys: set[str] = set()
        removed_identifiers: set[str] = set()
        for _ in self._polls():
            found = list(self._matching(alias, query))
            if not found:
                return len(keys)
            remaining = {document.identifier for document in found} - removed_identifiers
            self._bulk.remove(alias, sorted(remaining))
            removed_identifiers |= remaining
            keys.update(document.key for document in found)
        raise Unavailable("OpenSearch still shows deleted documents; the deletion can be repeated.")

    def reading(self, body: Mapping[str, Any]) -> dict[str, Any]:
        fields = dict.fromkeys([*body.get("docvalue_fields", ()), KEY, VERSION])
        return {**body, "_source": False, "docvalue_fields": list(fields)}

    def superseded(self, alias: str, hits: Sequence[Answer]) -> set[str]:
        if not hits:
            return set()
        found = {document for hit in hits if (document := stored(hit))}
        versions = self._versions(alias, sorted({document.key for document in found}))
        current = newest(document for document in found if document.version >= versions[document.key])
        return {document.identifier for document in found if document not in current}

    def _versions(self, alias: str, keys: Sequence[str]) -> dict[str, float]:
        """Return the highest version of each key."""
        body = {
            "size": 0,
            "query": {"terms": {KEY: keys}},
            "aggs": {
                "keys": {
                    "terms": {"field": KEY, "size": len(keys)},
                    "aggs": {VERSION: {"max": {"field": VERSION}}},
                }
            },
        }
        buckets = self._cluster.search(alias, body)["aggregations"]["keys"]["buckets"]
        return dict.fromkeys(keys, 0.0) | {bucket["key"]: bucket[VERSION]["value"] for bucket in buckets}

    def _duplicate_keys(self, alias: str) -> tuple[list[str], int]:
        """Return the keys with several documents, and the number of all keys."""
        duplicates, count = [], 0
        composite: dict[str, Any] = {"size": _PAGE_SIZE, "sources": [{KEY: {"terms": {"field": KEY}}}]}
        while True:
            body = {"size": 0, "aggs": {"keys": {"composite": composite}}}
            page = self._cluster.search(alias, body)["aggregations"]["keys"]
            duplicates += [bucket["key"][KEY] for bucket in page["buckets"] if bucket["doc_count"] > 1]
            count += len(page["buckets"])
            if "after_key" not in page:
                return duplicates, count
            composite["after"] = page["after_key"]

    def _with_keys(self, alias: str, keys: Iterable[str]) -> Iterator[StoredDocument]:
        listed = sorted(keys)
        for start in range(0, len(listed), _KEYS_PER_QUERY):
            yield from self._matching(alias, {"terms": {KEY: listed[start : start + _KEYS_PER_QUERY]}})

    def _matching(self, alias: str, query: Query) -> Iterator[StoredDocument]:
        """Yield matching documents, page by page.

        Of documents with equal sort values at a page boundary, some may be left out until the next poll.
        """
        body: dict[str, Any] = {
            "size": _PAGE_SIZE,
            "_source": False,
            "query": query,
            "sort": [{KEY: "asc"}, {VERSION: "desc"}],
        }
        while hits := self._cluster.search(alias, body)["hits"]["hits"]:
            yield from (StoredDocument(hit["_id"], *hit["sort"]) for hit in hits)
            if len(hits) < _PAGE_SIZE:
                return
            body["search_after"] = hits[-1]["sort"]

    def _check_alias(self, alias: str) -> None:
        """Raise MissingAlias if the alias is missing: a write would create an index without a mapping."""
        if not self._exists(alias):
            raise MissingAlias(alias)

    def _exists(self, alias: str) -> bool:
        return bool(self._cluster.indexes(alias))

    def _polls(self) -> Iterator[None]:
        """Yield immediately, and then at growing intervals until ``patience_seconds`` have passed."""
        deadline, wait = time.monotonic() + self._patience, _FIRST_WAIT_SECONDS
        yield
        while time.monotonic() < deadline:
            time.sleep(wait)
            wait = min(wait * 1.5, _MAX_WAIT_SECONDS)
            yield


def _versioned(sources: Sources, version: int) -> Iterator[Mapping[str, Any]]:
    return ({**source, VERSION: version} for source in sources.values())

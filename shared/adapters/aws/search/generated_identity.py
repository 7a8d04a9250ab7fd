"""How a document is written, replaced and removed where OpenSearch alone makes identifiers.

A vector collection of OpenSearch Serverless takes no identifier, deletes by identifier alone, and shows
what was written or removed only after a while, which nobody can shorten. So a document says which
``key`` it has, and of documents with the same key the one with the highest ``version`` is meant:

- Writing appends, waits until that is found, and then removes what it replaces.
- Searching leaves out what is not the newest of its key. A worker that dies at any point leaves, at
  worst, documents behind that no answer shows; the next writer of the key removes them.
- Deleting is repeated until nothing is found.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from shared.adapters.aws.search.bulk import Bulk, MissingAlias
from shared.adapters.aws.search.cluster import Answer, Cluster
from shared.adapters.aws.search.identity import Query, Sources
from shared.adapters.aws.search.mapping import KEY, VERSION
from shared.adapters.aws.search.stored_document import Stored, newest, stored
from shared.domain.errors import Unavailable

log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 120.0
"""Twice what Serverless may take at most to show a change."""

FILLED: Final = 0
"""The version of what a rebuild fills in: whatever is written meanwhile is newer."""

_KEYS_AT_ONCE: Final = 1_000
_PAGE: Final = 5_000
_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 2.0


class VersionedIdentity:
    """Implements ``search_identity.Identity``."""

    def __init__(self, cluster: Cluster, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """``patience_seconds``: how long to wait for a change to show."""
        self._cluster = cluster
        self._bulk = Bulk(cluster)
        self._patience = patience_seconds
        self._filled: set[str] = set()
        self._seen: set[str] = set()

    def put(self, alias: str, sources: Sources) -> None:
        """What does not show in time is there nevertheless, and shows later."""
        self._check(alias)
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
        log.warning("documents were written that searches do not show yet", extra={"count": len(sources)})

    def fill(self, alias: str, sources: Sources) -> None:
        self._bulk.append(alias, _versioned(sources, FILLED))
        self._filled |= sources.keys()

    def finish(self, alias: str) -> None:
        """What was removed meanwhile is waited for in vain, and then missing."""
        for _ in self._polls():
            several, shown = self._several(alias)
            found = list(self._with_keys(alias, several))
            current = newest(found)
            self._bulk.remove(alias, (d.identifier for d in found if d not in current))
            if not several and shown >= len(self._filled):
                return
        log.warning("searches do not show all that was filled in", extra={"count": len(self._filled)})

    def delete(self, alias: str, query: Query) -> int:
        if not self._exists(alias):
            return 0
        keys: set[str] = set()
        removed: set[str] = set()
        for _ in self._polls():
            found = list(self._matching(alias, query))
            if not found:
                return len(keys)
            left = {document.identifier for document in found} - removed
            self._bulk.remove(alias, sorted(left))
            removed |= left
            keys.update(document.key for document in found)
        raise Unavailable("OpenSearch still shows what was deleted; it can be deleted again.")

    def superseded(self, alias: str, hits: Sequence[Answer]) -> set[str]:
        if not hits:
            return set()
        found = {document for hit in hits if (document := stored(hit))}
        versions = self._versions(alias, sorted({document.key for document in found}))
        current = newest(document for document in found if document.version >= versions[document.key])
        return {document.identifier for document in found if document not in current}

    def _versions(self, alias: str, keys: Sequence[str]) -> dict[str, float]:
        """The highest version of each key."""
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

    def _several(self, alias: str) -> tuple[list[str], int]:
        """Keys that several documents have, and how many keys there are."""
        several, count = [], 0
        composite: dict[str, Any] = {"size": _PAGE, "sources": [{KEY: {"terms": {"field": KEY}}}]}
        while True:
            body = {"size": 0, "aggs": {"keys": {"composite": composite}}}
            page = self._cluster.search(alias, body)["aggregations"]["keys"]
            several += [bucket["key"][KEY] for bucket in page["buckets"] if bucket["doc_count"] > 1]
            count += len(page["buckets"])
            if "after_key" not in page:
                return several, count
            composite["after"] = page["after_key"]

    def _with_keys(self, alias: str, keys: Iterable[str]) -> Iterator[Stored]:
        listed = sorted(keys)
        for start in range(0, len(listed), _KEYS_AT_ONCE):
            yield from self._matching(alias, {"terms": {KEY: listed[start : start + _KEYS_AT_ONCE]}})

    def _matching(self, alias: str, query: Query) -> Iterator[Stored]:
        """Page by page. Of equal ones on the edge of two pages, one comes at the next time only."""
        body: dict[str, Any] = {
            "size": _PAGE,
            "_source": False,
            "query": query,
            "sort": [{KEY: "asc"}, {VERSION: "desc"}],
        }
        while hits := self._cluster.search(alias, body)["hits"]["hits"]:
            yield from (Stored(hit["_id"], *hit["sort"]) for hit in hits)
            if len(hits) < _PAGE:
                return
            body["search_after"] = hits[-1]["sort"]

    def _check(self, alias: str) -> None:
        """Writing to an alias that is not there would make an index without a mapping of ours."""
        if alias not in self._seen and not self._exists(alias):
            raise MissingAlias(alias)
        self._seen.add(alias)

    def _exists(self, alias: str) -> bool:
        return bool(self._cluster.indexes(alias))

    def _polls(self) -> Iterator[None]:
        """At once, and then at growing intervals for as long as there is patience."""
        deadline, wait = time.monotonic() + self._patience, _FIRST_WAIT_SECONDS
        yield
        while time.monotonic() < deadline:
            time.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT_SECONDS)
            yield


def _versioned(sources: Sources, version: int) -> Iterator[Mapping[str, Any]]:
    return ({**source, KEY: key, VERSION: version} for key, source in sources.items())

"""Writing, replacing and deleting documents under identifiers that the client chooses."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shared.adapters.aws.search.bulk import Bulk
from shared.adapters.aws.search.cluster import LONG_REQUEST_SECONDS, Answer, Cluster

Sources = Mapping[str, Mapping[str, Any]]
"""Sources by identifier; see ``documents.identifier``."""

Query = Mapping[str, Any]


class Identity(Protocol):
    """Writes and deletes documents under ``alias``.

    Every method raises Unavailable if it did not complete; the caller can repeat it.
    """

    def put(self, alias: str, sources: Sources) -> None:
        """Add or replace documents, visible to searches on return. Raises: MissingAlias."""
        ...

    def fill(self, alias: str, sources: Sources) -> None:
        """Add documents to an index that is not searched yet, unless a newer version is stored."""
        ...

    def finish(self, alias: str) -> None:
        """Make all filled documents visible, each exactly once."""
        ...

    def start_merge(self, alias: str) -> None:
        """Let OpenSearch merge the index, which makes searches faster. A collection merges by itself."""
        ...

    def delete(self, alias: str, query: Query) -> int:
        """Delete matching documents; no search finds them on return. Returns the number deleted."""
        ...

    def reading(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Complete the body of a search, so that its hits have what ``superseded`` reads."""
        ...

    def superseded(self, alias: str, hits: Sequence[Answer]) -> set[str]:
        """Return the identifiers of those ``hits`` that a newer version of the document replaces."""
        ...


class ChosenIdentity:
    """Implements ``Identity`` for a managed domain or any other OpenSearch: a repeated write replaces the
    document."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._bulk = Bulk(cluster)

    def put(self, alias: str, sources: Sources) -> None:
        self._bulk.write(alias, sources.items(), "index")
        self._cluster.refresh(alias)

    def fill(self, alias: str, sources: Sources) -> None:
        self._bulk.write(alias, sources.items(), "create")

    def finish(self, alias: str) -> None:
        self._cluster.refresh(alias, seconds=LONG_REQUEST_SECONDS)

    def start_merge(self, alias: str) -> None:
        self._cluster.start_merge(alias)

    def delete(self, alias: str, query: Query) -> int:
        self._cluster.refresh(alias)
        return self._cluster.delete_matching(alias, query)

    def reading(self, body: Mapping[str, Any]) -> dict[str, Any]:
        # Stored fields are read and decompressed hit by hit, even if only _id is wanted.
        return {**body, "stored_fields": "_none_"}

    def superseded(self, alias: str, hits: Sequence[Answer]) -> set[str]:  # noqa: ARG002 - there is none
        return set()

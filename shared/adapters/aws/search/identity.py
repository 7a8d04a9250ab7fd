"""How a document is written, replaced and removed where an identifier can be chosen for it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shared.adapters.aws.search.bulk import Bulk
from shared.adapters.aws.search.cluster import Answer, Cluster

Sources = Mapping[str, Mapping[str, Any]]
"""By identifier; see ``search_source.identifier``."""

Query = Mapping[str, Any]


class Identity(Protocol):
    """``alias`` names what is written. Every method raises Unavailable where not all was done, which
    doing all again mends."""

    def put(self, alias: str, sources: Sources) -> None:
        """Replace or add; what searches find on return. Raises: MissingAlias."""
        ...

    def fill(self, alias: str, sources: Sources) -> None:
        """Add to an index that nobody searches yet, unless something newer is there."""
        ...

    def finish(self, alias: str) -> None:
        """All that was filled can be found, once each."""
        ...

    def delete(self, alias: str, query: Query) -> int:
        """Remove what matches, so that no search finds it on return; how many documents went."""
        ...

    def superseded(self, alias: str, hits: Sequence[Answer]) -> set[str]:
        """Which of ``hits`` (OpenSearch's identifiers) something newer takes the place of."""
        ...


class ChosenIdentity:
    """A managed domain, or any OpenSearch of one's own: what is written twice is there once."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._bulk = Bulk(cluster)

    def put(self, alias: str, sources: Sources) -> None:
        self._bulk.write(alias, sources.items(), "index")
        self._cluster.refresh(alias)

    def fill(self, alias: str, sources: Sources) -> None:
        self._bulk.write(alias, sources.items(), "create")

    def finish(self, alias: str) -> None:
        self._cluster.refresh(alias)

    def delete(self, alias: str, query: Query) -> int:
        self._cluster.refresh(alias)
        return self._cluster.delete_matching(alias, query)

    def superseded(self, alias: str, hits: Sequence[Answer]) -> set[str]:  # noqa: ARG002 - never any
        return set()

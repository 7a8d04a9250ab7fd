"""Building the index anew beside the live one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opensearchpy import OpenSearch

from shared.adapters.aws.search_cluster import Cluster
from shared.adapters.aws.search_index import OpenSearchIndex
from shared.adapters.aws.search_source import identifier, source
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import SearchDocument


class Rebuild:
    """Takes documents for an index that nobody searches yet."""

    def __init__(self, cluster: Cluster, alias: str, text: EmbeddingSpace, picture: EmbeddingSpace) -> None:
        self._cluster, self._alias = cluster, alias
        self._text_space, self._picture_space = text, picture

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """A document that a live writer has put meanwhile is newer and stays.

        Raises: ValueError: a vector is not of its space. Unavailable: not everything was written.
        """
        sources = (
            (identifier(d.tenant_id, d.result_id), source(d, self._text_space, self._picture_space))
            for d in documents
        )
        self._cluster.write(self._alias, sources, "create")


@contextmanager
def rebuilding(
    client: OpenSearch,
    *,
    index_prefix: str,
    text_space: EmbeddingSpace,
    picture_space: EmbeddingSpace,
    shards: int = 1,
    replicas: int = 0,
) -> Iterator[Rebuild]:
    """An empty index beside the live one, which takes its place at the end of the block.

    An error leaves the live index as it is and removes the new one. For spaces that no index has yet,
    the new one becomes the first, and those of other spaces are not touched.

    Read the records while the block runs, not before: what is deleted after it was read and before it
    is put would come back.

    Raises: Conflict: an index of these spaces is being built already.
    """
    index = OpenSearchIndex(
        client,
        index_prefix=index_prefix,
        text_space=text_space,
        picture_space=picture_space,
        shards=shards,
        replicas=replicas,
    )
    cluster, aliases = Cluster(client), index.aliases
    aliases.begin()
    switched = False
    try:
        yield Rebuild(cluster, aliases.building, text_space, picture_space)
        cluster.refresh(aliases.building)
        aliases.switch()
        switched = True
    finally:
        if not switched:
            aliases.abandon()

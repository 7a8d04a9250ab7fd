"""Documents with identifiers that OpenSearch generated, and the selection of the newest per key."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.adapters.aws.search.cluster import Answer
from shared.adapters.aws.search.layout.mapping import KEY, VERSION


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A stored document. OpenSearch generates ``identifier``; ``key`` is the same in all versions."""

    identifier: str
    key: str
    version: int


def stored(hit: Answer) -> StoredDocument | None:
    """Read a hit that has the fields ``KEY`` and ``VERSION``."""
    fields = hit.get("fields", {})
    if KEY not in fields:
        return None
    return StoredDocument(hit["_id"], fields[KEY][0], fields[VERSION][0])


def newest(documents: Iterable[StoredDocument]) -> set[StoredDocument]:
    """Select the document with the highest version of each key.

    A request that was sent twice leaves equal versions; the identifier breaks the tie, so that all readers
    select the same document.
    """
    best: dict[str, StoredDocument] = {}
    for document in documents:
        other = best.get(document.key)
        if other is None or (document.version, document.identifier) > (other.version, other.identifier):
            best[document.key] = document
    return set(best.values())

"""What is known of a document that OpenSearch named by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.adapters.aws.search.cluster import Answer
from shared.adapters.aws.search.mapping import KEY, VERSION


@dataclass(frozen=True, slots=True)
class Stored:
    identifier: str
    key: str
    version: int


def stored(hit: Answer) -> Stored | None:
    """From a hit with the fields ``KEY`` and ``VERSION``."""
    fields = hit.get("fields", {})
    if KEY not in fields:
        return None
    return Stored(hit["_id"], fields[KEY][0], fields[VERSION][0])


def newest(documents: Iterable[Stored]) -> set[Stored]:
    """One of each key: the highest version. A request that was sent twice leaves equal versions, of
    which everybody has to choose the same."""
    best: dict[str, Stored] = {}
    for document in documents:
        other = best.get(document.key)
        if other is None or (document.version, document.identifier) > (other.version, other.identifier):
            best[document.key] = document
    return set(best.values())

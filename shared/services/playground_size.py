"""How many media are in the playground: counted in the transactions that bring and remove them, as
listing thousands to count them would be read at every upload."""

from shared.domain import keys
from shared.domain.media import Media, PlaygroundSize
from shared.ports.records import Write
from shared.services.documents import Documents, put


def playground_size(documents: Documents, tenant_id: str) -> int:
    found = documents.get(PlaygroundSize, keys.playground_size(tenant_id))
    return 0 if found is None else found.media


def size_writes(documents: Documents, media: Media, change: int) -> list[Write]:
    """What is to be written with ``media``, or with its removal (``change`` -1): nothing for a medium
    of an index. A write of another at the same moment makes this a VersionConflict."""
    if media.index_id is not None:
        return []
    key = keys.playground_size(media.tenant_id)
    batch = documents.batch([key])
    before = batch.get(PlaygroundSize, key) or PlaygroundSize()
    after = PlaygroundSize(media=max(0, before.media + change))
    return [put(key, after, expected_version=batch.version(key))]

"""How many media are in the playground: counted in the transactions that bring and remove them, as
listing thousands to count them would be read at every upload.

An import takes a place when it begins, in the transaction that writes it, and gives it back in the one
that ends it, however it ends: imports that begin at once cannot pass the limit together.
"""

from shared.domain import keys
from shared.domain.errors import Conflict
from shared.domain.import_job import ImportJob
from shared.domain.media import Media, PlaygroundSize
from shared.ports.records import Write
from shared.services.records.documents import Batch, Documents, put


def require_place(documents: Documents, tenant_id: str, limit: int) -> tuple[PlaygroundSize, Batch]:
    """Raises: Conflict: the playground is full, imports that are under way counted."""
    key = keys.playground_size(tenant_id)
    batch = documents.batch([key])
    size = batch.get(PlaygroundSize, key) or PlaygroundSize()
    if size.media + size.reserved >= limit:
        raise Conflict(
            f"The playground holds {size.media:,} media, and {size.reserved:,} are being imported. It may "
            f"hold {limit:,}. Use an index.",
            code="resource_quota_exceeded",
            details={
                "resource": "playground_media",
                "limit": limit,
                "used": size.media,
                "reserved": size.reserved,
            },
        )
    return size, batch


def taken_place(documents: Documents, tenant_id: str, limit: int) -> Write:
    """Build the write that reserves a place, for the transaction that begins an import. The transaction
    meets a VersionConflict where another one changes the size at the same moment.

    Raises: as ``require_place``.
    """
    size, batch = require_place(documents, tenant_id, limit)
    key = keys.playground_size(tenant_id)
    taken = size.model_copy(update={"reserved": size.reserved + 1})
    return put(key, taken, expected_version=batch.version(key))


def given_back(documents: Documents, job: ImportJob) -> list[Write]:
    """To be written with the end of ``job``: nothing where it took no place."""
    return _changed(documents, job.tenant_id, reserved=-1) if job.holds_place else []


def size_writes(documents: Documents, media: Media, change: int) -> list[Write]:
    """Build the writes that count ``media``, or its removal (``change`` -1), for the transaction that
    writes or removes it: none for a medium of an index. The transaction meets a VersionConflict where
    another one changes the size at the same moment."""
    return _changed(documents, media.tenant_id, media=change) if media.index_id is None else []


def _changed(documents: Documents, tenant_id: str, *, media: int = 0, reserved: int = 0) -> list[Write]:
    key = keys.playground_size(tenant_id)
    batch = documents.batch([key])
    before = batch.get(PlaygroundSize, key) or PlaygroundSize()
    after = PlaygroundSize(media=max(0, before.media + media), reserved=max(0, before.reserved + reserved))
    return [put(key, after, expected_version=batch.version(key))]

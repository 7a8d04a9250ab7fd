"""The number of media in the playground, and reservations of running imports.

One record holds the count. The transactions that add and remove media update it, because counting by
listing would read thousands of records at every upload.

An import reserves a place a file in the transaction that creates its job, and releases them in the
transaction that ends the job, whether it succeeds or fails. Concurrent imports therefore cannot exceed the
limit together.
"""

from shared.domain import keys
from shared.domain.errors import Conflict
from shared.domain.imports.import_job import ImportJob
from shared.domain.media import Media, PlaygroundSize
from shared.ports.records import Write
from shared.services.records.documents import Batch, Documents, put


def check_playground_capacity(
    documents: Documents, tenant_id: str, limit: int, places: int = 1
) -> tuple[PlaygroundSize, Batch]:
    """Read the playground's size. Raises: Conflict: media and running imports leave fewer free ``places``."""
    key = keys.playground_size(tenant_id)
    batch = documents.batch([key])
    size = batch.get(PlaygroundSize, key) or PlaygroundSize()
    if size.media + size.reserved + places > limit:
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


def reservation_write(documents: Documents, tenant_id: str, limit: int, places: int = 1) -> Write:
    """Build the write that reserves ``places``, for the transaction that creates an import job.

    The transaction meets a VersionConflict if another one changes the size at the same time.

    Raises: as ``check_playground_capacity``.
    """
    size, batch = check_playground_capacity(documents, tenant_id, limit, places)
    key = keys.playground_size(tenant_id)
    reserved = size.model_copy(update={"reserved": size.reserved + places})
    return put(key, reserved, expected_version=batch.version(key))


def release_writes(documents: Documents, job: ImportJob) -> list[Write]:
    """Build the writes that release the places of ``job``, for the transaction that ends it: none if it
    reserved no place."""
    return _changed(documents, job.tenant_id, reserved=-job.places) if job.holds_place else []


def count_writes(documents: Documents, media: Media, change: int) -> list[Write]:
    """Build the writes that count a medium (``change`` +1) or its removal (-1), for the transaction that
    writes or removes it: none for a medium of an index.

    The transaction meets a VersionConflict if another one changes the size at the same time.
    """
    return _changed(documents, media.tenant_id, media=change) if media.index_id is None else []


def _changed(documents: Documents, tenant_id: str, *, media: int = 0, reserved: int = 0) -> list[Write]:
    key = keys.playground_size(tenant_id)
    batch = documents.batch([key])
    before = batch.get(PlaygroundSize, key) or PlaygroundSize()
    after = PlaygroundSize(media=max(0, before.media + media), reserved=max(0, before.reserved + reserved))
    return [put(key, after, expected_version=batch.version(key))]

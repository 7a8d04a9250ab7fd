"""Registration of a finished part: one transaction writes its medium and the pointers to it."""

from shared.domain import keys
from shared.domain.media import Media
from shared.ports.records import Put, Write
from shared.services.library.index_access import unchanged_index_write
from shared.services.library.media_records import new_medium_writes
from shared.services.library.playground_size import count_writes
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision


def register(documents: Documents, media: Media, output_write: Write) -> None:
    """Write ``media``, its pointers, and ``output_write``, which marks the part as completed.

    Raises:
        NotFound: the index is deleted or being deleted.
        VersionConflict: each of 20 attempts failed with one.
    """

    def decide() -> Decision[None]:
        destination: list[Write] = count_writes(documents, media, +1)
        if media.index_id is not None:
            destination.append(unchanged_index_write(documents, media.tenant_id, media.index_id))
        content = keys.content_reference(media.tenant_id, media.content_hash, media.media_id)
        return Decision(None, [*destination, *new_medium_writes(media), Put(content, {}), output_write])

    documents.transact(decide)

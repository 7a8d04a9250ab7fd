"""Registration of a finished part: its medium and the pointers to it, in one transaction."""

from shared.domain import keys
from shared.domain.media import Media
from shared.ports.records import Put, Write
from shared.services.library.index_access import unchanged_index_write
from shared.services.library.media_records import new_medium_writes
from shared.services.library.playground_size import count_writes
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision


def register(documents: Documents, media: Media, output_write: Write) -> None:
    """Write ``media``, its pointers and ``output_write``, which says that the part is done.

    Raises:
        NotFound: the index is gone or going.
        VersionConflict: each of 20 attempts met one.
    """

    def decide() -> Decision[None]:
        guard: list[Write] = count_writes(documents, media, +1)
        if media.index_id is not None:
            guard.append(unchanged_index_write(documents, media.tenant_id, media.index_id))
        content = keys.content_reference(media.tenant_id, media.content_hash, media.media_id)
        return Decision(None, [*guard, *new_medium_writes(media), Put(content, {}), output_write])

    documents.transact(decide)

"""A finished part becomes visible: its medium and all that points to it, in one transaction."""

from typing import Final

from shared.domain import keys
from shared.domain.errors import VersionConflict
from shared.domain.media import Media
from shared.ports.records import Put, Write
from shared.services.library.index_access import open_index
from shared.services.library.media_records import new_medium_writes
from shared.services.library.playground_size import size_writes
from shared.services.records.documents import Documents

_ATTEMPTS: Final = 20


def register(documents: Documents, media: Media, output_write: Write) -> None:
    """Write ``media``, its pointers and ``output_write``, which says that the part is done.

    Raises:
        NotFound: the index is gone or going.
        VersionConflict: too many writers for too long.
    """
    key = keys.media(media.tenant_id, media.media_id)
    for _ in range(_ATTEMPTS):
        guard: list[Write] = size_writes(documents, media, +1)
        if media.index_id is not None:
            guard.append(open_index(documents, media.tenant_id, media.index_id))
        try:
            documents.write(
                *guard,
                *new_medium_writes(media),
                Put(keys.content_reference(media.tenant_id, media.content_hash, media.media_id), {}),
                output_write,
            )
        except VersionConflict:
            continue
        return
    raise VersionConflict(key)

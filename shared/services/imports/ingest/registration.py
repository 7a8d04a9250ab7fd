"""Registration of a finished part: one transaction writes its medium and the pointers to it."""

from collections.abc import Callable, Sequence

from shared.domain import keys
from shared.domain.media import Media
from shared.ports.records import Put, Write
from shared.services.library.index_access import unchanged_index_write
from shared.services.library.media_events import media_created
from shared.services.library.media_records import new_medium_writes
from shared.services.library.playground_size import count_writes
from shared.services.records.documents import Documents
from shared.services.records.event_log import event_writes
from shared.services.records.transact import Decision


def register(documents: Documents, media: Media, done: Callable[[], Sequence[Write]]) -> None:
    """Write ``media``, its pointers, its event, and ``done``, which marks the part as completed. A medium
    that another worker has registered meanwhile stays as it is. ``done`` is called for each attempt.

    Raises:
        Whatever ``done`` raises.
        NotFound: the index is deleted or being deleted.
        VersionConflict: each of 20 attempts failed with one.
    """

    def decide() -> Decision[Media]:
        destination: list[Write] = count_writes(documents, media, +1)
        if media.index_id is not None:
            destination.append(unchanged_index_write(documents, media.tenant_id, media.index_id))
        content = keys.content_reference(media.tenant_id, media.content_hash, media.media_id)
        written = [*new_medium_writes(media), Put(content, {}), *done()]
        return Decision(media, [*destination, *written, *event_writes(media_created(media))])

    key = keys.media(media.tenant_id, media.media_id)
    documents.transact(decide, done_elsewhere=lambda: documents.get(Media, key))

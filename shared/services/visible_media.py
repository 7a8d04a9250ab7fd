"""Media that callers may see: a medium is hidden from the moment that it, or its index, is deleted."""

from collections.abc import Sequence

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.media import Index, Media
from shared.services.documents import Documents


class VisibleMedia:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, tenant_id: str, media_id: str) -> Media:
        """Raises: NotFound."""
        found = self.find(tenant_id, media_id)
        if found is None:
            raise NotFound("video", media_id)
        return found

    def find(self, tenant_id: str, media_id: str) -> Media | None:
        return next(iter(self.find_many(tenant_id, [media_id])), None)

    def find_many(self, tenant_id: str, media_ids: Sequence[str]) -> list[Media]:
        """Those that can be seen, in the order of ``media_ids``."""
        distinct = list(dict.fromkeys(media_ids))
        media = self._documents.get_many(Media, [keys.media(tenant_id, media_id) for media_id in distinct])
        index_ids = dict.fromkeys(m.index_id for m in media if m.index_id is not None)
        indexes = self._documents.get_many(Index, [keys.index(tenant_id, index_id) for index_id in index_ids])
        open_indexes: set[str | None] = {index.index_id for index in indexes if not index.deleting}
        open_indexes.add(None)
        return [m for m in media if not m.deleting and m.index_id in open_indexes]

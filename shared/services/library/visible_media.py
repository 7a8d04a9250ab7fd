"""Media that callers may see: a medium is hidden from the moment that it, or its index, is deleted."""

from collections.abc import Iterable, Sequence

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.keys import Key
from shared.domain.media import DeletingIndexes, Media
from shared.services.records.documents import Batch, Documents


class VisibleMedia:
    """Media and the list of indexes under deletion are read together, with whatever else a caller
    needs to know: one request."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, tenant_id: str, media_id: str) -> Media:
        """Raises: NotFound."""
        return self.get_with(tenant_id, media_id)[0]

    def get_with(self, tenant_id: str, media_id: str, *others: Key) -> tuple[Media, Batch]:
        """A medium, and ``others`` of the same tenant. Raises: NotFound: no such medium."""
        media, batch = self.find_with(tenant_id, [media_id], others)
        if not media:
            raise NotFound("video", media_id)
        return media[0], batch

    def find(self, tenant_id: str, media_id: str) -> Media | None:
        return next(iter(self.find_many(tenant_id, [media_id])), None)

    def find_many(self, tenant_id: str, media_ids: Sequence[str]) -> list[Media]:
        """Those that can be seen, in the order of ``media_ids``."""
        return self.find_with(tenant_id, media_ids)[0]

    def find_with(
        self, tenant_id: str, media_ids: Iterable[str], others: Iterable[Key] = ()
    ) -> tuple[list[Media], Batch]:
        """As ``find_many``, and ``others``."""
        wanted = [keys.media(tenant_id, media_id) for media_id in dict.fromkeys(media_ids)]
        deleting = keys.deleting_indexes(tenant_id)
        batch = self._documents.batch([deleting, *wanted, *others])
        hidden = indexes_under_deletion(batch, tenant_id)
        found = batch.get_many(Media, wanted)
        return [m for m in found if not m.deleting and m.index_id not in hidden], batch


def indexes_under_deletion(batch: Batch, tenant_id: str) -> frozenset[str]:
    found = batch.get(DeletingIndexes, keys.deleting_indexes(tenant_id))
    return frozenset(found.index_ids if found else ())

"""Visibility of media: a medium is hidden as soon as its deletion, or that of its index, begins."""

from collections.abc import Iterable, Mapping, Sequence

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.keys import Key
from shared.domain.media import DeletingIndexes, Media
from shared.services.records.documents import Batch, Documents


class VisibleMedia:
    """Reads of visible media. One batch reads the media, the list of indexes under deletion, and any other
    records that the caller needs."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, tenant_id: str, media_id: str) -> Media:
        """Read a medium. Raises: NotFound."""
        return self.get_with(tenant_id, media_id)[0]

    def get_with(self, tenant_id: str, media_id: str, *others: Key) -> tuple[Media, Batch]:
        """Read a medium, and other records of the tenant. Raises: NotFound: the medium does not exist."""
        media, batch = self.find_with(tenant_id, [media_id], others)
        if not media:
            raise NotFound("video", media_id)
        return media[0], batch

    def find(self, tenant_id: str, media_id: str) -> Media | None:
        return next(iter(self.find_many(tenant_id, [media_id])), None)

    def find_many(self, tenant_id: str, media_ids: Sequence[str]) -> list[Media]:
        """Read the media that are visible, in the order of ``media_ids``."""
        return self.find_with(tenant_id, media_ids)[0]

    def find_with(
        self, tenant_id: str, media_ids: Iterable[str], others: Iterable[Key] = ()
    ) -> tuple[list[Media], Batch]:
        """Read the media that are visible, in the order of ``media_ids``, and other records."""
        return self._read(dict.fromkeys(media_ids, tenant_id), others)

    def readable_with(
        self, caller: Caller, media_ids: Iterable[str], others: Iterable[Key] = ()
    ) -> tuple[list[Media], Batch]:
        """Read the media that are visible and that ``caller`` may read, also those of the default index."""
        return self._read({media_id: caller.tenant_of(media_id) for media_id in media_ids}, others)

    def _read(self, tenants: Mapping[str, str], others: Iterable[Key]) -> tuple[list[Media], Batch]:
        """Read media. ``tenants`` maps the id of each medium to its tenant."""
        media_keys = [keys.media(tenant_id, media_id) for media_id, tenant_id in tenants.items()]
        owners = list(dict.fromkeys(tenants.values()))
        deleting = [keys.deleting_indexes(tenant_id) for tenant_id in owners]
        batch = self._documents.batch([*deleting, *media_keys, *others])
        hidden = {index_id for tenant_id in owners for index_id in indexes_under_deletion(batch, tenant_id)}
        found = batch.get_many(Media, media_keys)
        return [m for m in found if not m.deleting and m.index_id not in hidden], batch


def indexes_under_deletion(batch: Batch, tenant_id: str) -> frozenset[str]:
    found = batch.get(DeletingIndexes, keys.deleting_indexes(tenant_id))
    return frozenset(found.index_ids if found else ())

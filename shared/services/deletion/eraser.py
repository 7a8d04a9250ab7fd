"""Erasure of one medium and of all data derived from it."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from shared.domain import blob_keys, keys
from shared.domain.keys import Key
from shared.domain.media import Media
from shared.ports.blobs import Blobs
from shared.ports.records import ABSENT, Delete
from shared.ports.search_index import SearchFilter, SearchIndex
from shared.services.imports.batches.part_removal import remove_part
from shared.services.library.markers.marker_erasure import MarkerErasure
from shared.services.library.media_records import address_of
from shared.services.library.playground_size import count_writes
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision
from shared.services.runs.media_states import remove_from_run
from shared.services.runs.traces import RunTraces

_PAGE_SIZE: Final = 100


class DerivedTraces(Protocol):
    """What a room of the same row holds of media and indexes. The composition root names the rooms.

    Each erasure can be interrupted and repeated.
    """

    def erase_medium(self, tenant_id: str, media_id: str) -> None: ...

    def erase_index(self, tenant_id: str, index_id: str) -> None: ...


class MediaEraser:
    """Erases media. Only counters of runs and of the import stay, which name no medium.

    The medium's own record is deleted last, because it names everything else. An interrupted erasure is
    repeated from the start.
    """

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        search_index: SearchIndex,
        traces: Sequence[DerivedTraces] = (),
    ) -> None:
        self._documents = documents
        self._blobs = blobs
        self._search_index = search_index
        self._traces = traces
        self._markers = MarkerErasure(documents)

    def erase(self, tenant_id: str, media_id: str, check: Callable[[], None]) -> None:
        """Erase a medium. ``check`` is called between steps and may raise an exception to stop."""
        media = self._documents.get(Media, keys.media(tenant_id, media_id))
        if media is None:
            return
        self._search_index.delete(SearchFilter(tenant_id, media_ids=frozenset({media_id})))
        check()
        self._erase_runs(media, check)
        self._delete_partition(keys.segment(tenant_id, media_id))
        self._blobs.delete_prefix(blob_keys.media_folder(tenant_id, media_id))
        check()
        self._delete_unused_content(media)
        if media.import_job_id is not None:
            remove_part(self._documents, tenant_id, media.import_job_id, media.source_ordinal, media_id)
        for traces in self._traces:
            traces.erase_medium(tenant_id, media_id)
        self._markers.erase_medium(tenant_id, media_id)
        self._erase_records(media)

    def _erase_records(self, media: Media) -> None:
        """Delete a medium's own records, and subtract it from the size of the playground."""
        address = address_of(media)

        def decide() -> Decision[None]:
            version = self._documents.batch([address.media]).version(address.media)
            if version == ABSENT:
                return Decision(None)
            removed = [Delete(key) for key in (address.list_entry, address.card, address.states)]
            size = count_writes(self._documents, media, -1)
            return Decision(None, [Delete(address.media, version), *removed, *size])

        self._documents.transact(decide)

    def _erase_runs(self, media: Media, check: Callable[[], None]) -> None:
        tenant_id, media_id = media.tenant_id, media.media_id
        pointers = keys.run_of_media(tenant_id, media_id)
        while run_ids := self._documents.sort_keys(pointers, limit=_PAGE_SIZE).items:
            for run_id in run_ids:
                RunTraces(self._documents, tenant_id, run_id, media_id).erase()
                self._blobs.delete(blob_keys.run_table(tenant_id, run_id))
                remove_from_run(self._documents, tenant_id, run_id, media_id)
                check()

    def _delete_partition(self, partition: Key) -> None:
        while found := self._documents.sort_keys(partition, limit=_PAGE_SIZE).items:
            self._documents.write(*(Delete(Key(partition.partition, sort)) for sort in found))

    def _delete_unused_content(self, media: Media) -> None:
        """Delete results that depend on the content alone, if no other medium has the same content."""
        tenant_id, content_hash = media.tenant_id, media.content_hash
        self._documents.write(Delete(keys.content_reference(tenant_id, content_hash, media.media_id)))
        if not self._documents.sort_keys(keys.content_reference(tenant_id, content_hash), limit=1).items:
            self._blobs.delete_prefix(blob_keys.content_folder(tenant_id, content_hash))

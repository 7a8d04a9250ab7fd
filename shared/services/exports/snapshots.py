"""Snapshots: which media of which runs an export holds. Taken once, and kept as a blob."""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.domain import blob_keys, keys
from shared.domain.exports.content_scope import ExportType, MediumOfRun
from shared.domain.exports.export import Export
from shared.domain.runs.prompt_run import MediumState, PromptRun
from shared.ports.blobs import BlobNotFound, Blobs
from shared.ports.jobs import CheckStop
from shared.ports.records import MAX_WRITES, Delete, Put
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.batches import batches
from shared.services.records.documents import Documents

_PAGE: Final = 100


class Snapshots:
    """Takes, reads and deletes snapshots.

    Each medium of a snapshot has a pointer to the export, by which a deletion finds it. The blob is stored
    before the pointers, so that no pointer is left without a list of them.
    """

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs
        self._visible = VisibleMedia(documents)

    def take(self, export: Export, check_stop: CheckStop) -> list[MediumOfRun]:
        """Store the snapshot of an export, and return it, sorted by run and then by medium.

        The visibility of media is checked after the pointers are stored: a deletion that begins later finds
        the export. Taking it twice, after an interruption, gives the same media, less those deleted since.
        """
        earlier = {each.media_id for each in self.read(export.tenant_id, export.export_id)}
        found = sorted(self._found(export, check_stop))
        self._store(export, found)
        media_ids = sorted({each.media_id for each in found})
        self._point(export, media_ids, check_stop)
        visible = self._visible_ids(export.tenant_id, media_ids)
        kept = [each for each in found if each.media_id in visible]
        self._forget(export.tenant_id, export.export_id, sorted(earlier.union(media_ids) - visible))
        if len(kept) < len(found):
            self._store(export, kept)
        return kept

    def read(self, tenant_id: str, export_id: str) -> list[MediumOfRun]:
        """Return a stored snapshot; an empty list if there is none."""
        try:
            text = self._blobs.read(blob_keys.export_snapshot(tenant_id, export_id)).decode()
        except BlobNotFound:
            return []
        return [MediumOfRun(*line.split(" ")) for line in text.splitlines()]

    def delete(self, tenant_id: str, export_id: str, *, except_pointer_of: str | None = None) -> None:
        """Delete a snapshot and its pointers. It can be interrupted and repeated.

        The pointer of one medium may stay for the caller, who repeats an interrupted deletion by it.
        """
        media_ids = {each.media_id for each in self.read(tenant_id, export_id)}
        self._forget(tenant_id, export_id, sorted(media_ids - {except_pointer_of}))
        self._blobs.delete(blob_keys.export_snapshot(tenant_id, export_id))

    def _found(self, export: Export, check_stop: CheckStop) -> Iterator[MediumOfRun]:
        index_id = export.target_id if export.export_type is ExportType.INDEX else None
        for run_id in self._run_ids(export):
            states = keys.medium_state(export.tenant_id, run_id)
            for page in self._documents.pages(MediumState, states, limit=_PAGE):
                check_stop()
                for state in page:
                    if index_id is None or state.index_id == index_id:
                        yield MediumOfRun(run_id, state.media_id)

    def _run_ids(self, export: Export) -> list[str]:
        if export.export_type is ExportType.PROMPT_RUN:
            return [export.target_id]
        if export.prompt_run_ids:
            return export.prompt_run_ids
        runs = ended_runs(self._documents, export.tenant_id, export.target_id)
        return [run.run_id for run in runs if (run.completed_at or "") <= export.created_at]

    def _store(self, export: Export, snapshot: Sequence[MediumOfRun]) -> None:
        lines = "".join(f"{each.run_id} {each.media_id}\n" for each in snapshot)
        key = blob_keys.export_snapshot(export.tenant_id, export.export_id)
        self._blobs.write(key, lines.encode(), "text/plain")

    def _point(self, export: Export, media_ids: Sequence[str], check_stop: CheckStop) -> None:
        for some in batches(media_ids, MAX_WRITES):
            check_stop()
            pointers = (keys.export_of_media(export.tenant_id, each, export.export_id) for each in some)
            self._documents.write(*(Put(pointer, {}) for pointer in pointers))

    def _forget(self, tenant_id: str, export_id: str, media_ids: Sequence[str]) -> None:
        for some in batches(media_ids, MAX_WRITES):
            pointers = (keys.export_of_media(tenant_id, media_id, export_id) for media_id in some)
            self._documents.write(*(Delete(pointer) for pointer in pointers))

    def _visible_ids(self, tenant_id: str, media_ids: Sequence[str]) -> set[str]:
        return {
            media.media_id
            for some in batches(media_ids, _PAGE)
            for media in self._visible.find_many(tenant_id, some)
        }


def ended_runs(documents: Documents, tenant_id: str, index_id: str) -> Iterator[PromptRun]:
    """Walk over the runs of an index that have ended, oldest first."""
    for run_ids in documents.sort_key_pages(keys.index_run(tenant_id, index_id), limit=_PAGE):
        runs = documents.get_many(PromptRun, [keys.prompt_run(tenant_id, run_id) for run_id in run_ids])
        yield from (run for run in runs if run.status.is_terminal)

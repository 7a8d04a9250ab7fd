"""Erasure of what exports hold of a medium or of an index that is deleted."""

from typing import Final

from shared.domain import clock, keys
from shared.domain.exports import course
from shared.domain.exports.export import Export
from shared.ports.records import Delete
from shared.services.exports.files import ExportFiles
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_delete

_PAGE: Final = 100


class ExportErasure:
    """Implements ``shared.services.deletion.eraser.DerivedTraces``. Each erasure can be interrupted and
    repeated."""

    def __init__(self, documents: Documents, files: ExportFiles) -> None:
        self._documents = documents
        self._files = files

    def erase_medium(self, tenant_id: str, media_id: str) -> None:
        """Remove the files that hold results of a medium. Exports at work take a new snapshot.

        The work of an export alone touches the blobs of one that has not ended.
        """
        pointers = keys.export_of_media(tenant_id, media_id)
        while found := self._documents.sort_keys(pointers, limit=_PAGE).items:
            for export_id in found:
                export = self._documents.update(
                    Export,
                    keys.export(tenant_id, export_id),
                    lambda stored: course.without_content(stored, clock.timestamp()),
                )
                if export is None or export.status.is_terminal:
                    self._files.remove(tenant_id, export_id, except_pointer_of=media_id)
                self._documents.write(Delete(keys.export_of_media(tenant_id, media_id, export_id)))

    def erase_index(self, tenant_id: str, index_id: str) -> None:
        """Delete the exports of an index, and of runs over it. Work that goes on finds no record, and removes
        what it has stored."""
        for export in self._documents.each(Export, keys.export(tenant_id), limit=_PAGE):
            if export.index_id == index_id:
                self._files.remove(tenant_id, export.export_id)
                self._documents.write(
                    Delete(keys.export(tenant_id, export.export_id)),
                    Delete(keys.export_at_work(tenant_id, export.export_id)),
                    *([] if export.expiry is None else [due_delete(export.expiry)]),
                )

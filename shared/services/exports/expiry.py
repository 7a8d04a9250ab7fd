"""The end of an export's file: it is removed some days after the export is completed."""

from shared.domain import clock, keys
from shared.domain.due import Due
from shared.domain.exports import course
from shared.domain.exports.export import Export, RemovalReason
from shared.services.exports.files import ExportFiles
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_delete


class ExportExpiry:
    """Removes expired files. The record of an export stays, and says so."""

    def __init__(self, documents: Documents, files: ExportFiles) -> None:
        self._documents = documents
        self._files = files

    def handle(self, due: Due) -> bool:
        """Implement ``shared.ports.timer.DueHandler``."""
        self._documents.update(
            Export,
            keys.export(due.tenant_id, due.subject),
            lambda export: course.without_file(export, RemovalReason.EXPIRED, clock.timestamp()),
        )
        self._files.remove(due.tenant_id, due.subject)
        self._documents.write(due_delete(due))
        return True

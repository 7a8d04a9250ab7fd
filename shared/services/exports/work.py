"""The work of an export: snapshot, file, delivery, end.

Each step is stored before the next begins, and is not done again. A job that is killed anywhere runs again,
and makes the same file: one artefact, one event.
"""

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from shared.domain import blob_keys, clock, keys
from shared.domain.clock import timestamp
from shared.domain.exports import course
from shared.domain.exports.content_scope import ContentScope, MediumOfRun
from shared.domain.exports.export import DestinationType, Export, QueueStatus
from shared.domain.job import JobRequest
from shared.domain.keys import Key
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete, Write
from shared.services.exports.attempt import Attempt, Superseded
from shared.services.exports.content.content import ExportContent
from shared.services.exports.delivery import Delivery
from shared.services.exports.export_events import export_ended
from shared.services.exports.failures import may_pass, told
from shared.services.exports.files import ExportFiles
from shared.services.exports.snapshots import Snapshots
from shared.services.records.documents import Documents, put
from shared.services.records.due_work import due_write
from shared.services.records.transact import Decision

_RETRY_AFTER: Final = timedelta(seconds=30)
"""When a failed attempt is tried again, at the latest."""

_CHECK_ROOM_BYTES: Final = 16 * 1024**2

Stopping = Callable[[], bool]


class ExportWork:
    """Runs the jobs of exports."""

    def __init__(
        self,
        documents: Documents,
        blobs: Blobs,
        content: Callable[[], ExportContent],
        snapshots: Snapshots,
        files: ExportFiles,
        delivery: Delivery,
        *,
        keep: timedelta,
    ) -> None:
        """``keep``: how long files stay that clients download."""
        self._documents = documents
        self._blobs = blobs
        self._content = content
        self._snapshots = snapshots
        self._files = files
        self._delivery = delivery
        self._keep = keep

    def run(self, request: JobRequest, stopping: Stopping) -> None:
        """Run a job to its end.

        Raises: Interrupted, or an error that may pass; the caller retries the job in each case.
        """
        key = _key(request)
        try:
            while not self._ended(request, stopping):
                pass
        except Interrupted:
            raise
        except Exception as error:
            if may_pass(error):
                self._note(key, error)
                raise
            self._fail(key, error, QueueStatus.FAILED)
        self._clean(request)

    def give_up(self, request: JobRequest, error: Exception) -> None:
        """Fail an export that is not tried any more."""
        self._fail(_key(request), error, QueueStatus.DEAD_LETTER)
        self._clean(request)

    def _ended(self, request: JobRequest, stopping: Stopping) -> bool:
        """Do the work once. Return False if it has to start again with another snapshot."""
        export = self._documents.update(
            Export, _key(request), lambda found: course.begun(found, request.attempts + 1, timestamp())
        )
        if export is None or export.status.is_terminal:
            return True
        with suppress(Superseded):
            attempt = Attempt(self._documents, export, stopping)
            attempt.check()
            snapshot = self._snapshot(export, attempt)
            if not self._has_file(export):
                export = self._store_file(export, snapshot, attempt)
            object_uri = None
            if export.destination_type is DestinationType.CONNECTOR:
                object_uri = self._delivery.deliver(export, attempt.delivered)
            return self._finish(export, object_uri)
        return False

    def _snapshot(self, export: Export, attempt: Attempt) -> list[MediumOfRun]:
        """Return the stored snapshot, or take it. Raises: Superseded.

        The file of an earlier snapshot goes first: it may hold a medium that was deleted since, and have the
        size of the file to come.
        """
        if export.snapshot_taken:
            return self._snapshots.read(export.tenant_id, export.export_id)
        self._blobs.delete(blob_keys.export_file(export.tenant_id, export.export_id))
        snapshot = self._snapshots.take(export, attempt.check)
        runs, media = len({each.run_id for each in snapshot}), len({each.media_id for each in snapshot})

        def taken(found: Export) -> Export:
            return course.with_snapshot(found, export.revision, runs=runs, media=media, moment=timestamp())

        self._advance(export, taken)
        return snapshot

    def _has_file(self, export: Export) -> bool:
        """Return whether an earlier attempt has stored the file of this snapshot."""
        stat = self._blobs.stat(blob_keys.export_file(export.tenant_id, export.export_id))
        return stat is not None and stat.size == export.file_size_bytes

    def _store_file(self, export: Export, snapshot: list[MediumOfRun], attempt: Attempt) -> Export:
        """Write the file, and store it as one blob. Raises: Superseded, and what ``ExportContent`` raises."""
        scope = ContentScope(
            tenant_id=export.tenant_id,
            export_type=export.export_type,
            target_id=export.target_id,
            snapshot=snapshot,
            created_at=export.created_at,
            result_scope=export.result_scope,
            include_embeddings=export.include_embeddings,
        )
        path = self._blobs.scratch_file(f".{export.format}")
        try:
            with _ExportFile(path, self._blobs.require_room, attempt.written) as out:
                segments = self._content().write(scope, export.format, out, attempt.check).segments
            size = path.stat().st_size

            def written(found: Export) -> Export:
                return course.with_file(
                    found, export.revision, size=size, segments=segments, moment=timestamp()
                )

            export = self._advance(export, written)
            key = blob_keys.export_file(export.tenant_id, export.export_id)
            self._blobs.adopt(key, path, export.format.media_type)
        finally:
            path.unlink(missing_ok=True)
        return export

    def _advance(self, export: Export, change: Callable[[Export], Export]) -> Export:
        """Store a step. Raises: Superseded: the export has ended, or a medium in it was deleted."""
        key = keys.export(export.tenant_id, export.export_id)
        stored = self._documents.update(Export, key, change)
        if stored is None or stored.status.is_terminal or stored.revision != export.revision:
            raise Superseded
        return stored

    def _finish(self, export: Export, object_uri: str | None) -> bool:
        """Complete the export and tell it, in one transaction. Return False if its snapshot is discarded, or
        if another worker is storing a file of another size: markers and titles may change meanwhile."""
        key = keys.export(export.tenant_id, export.export_id)

        def decide() -> Decision[bool]:
            batch = self._documents.batch([key])
            found = batch.get(Export, key)
            if found is None or found.status.is_terminal:
                return Decision(True)
            if (found.revision, found.file_size_bytes) != (export.revision, export.file_size_bytes):
                return Decision(False)
            done = course.completed(found, clock.now(), self._keep, object_uri)
            return Decision(True, _ending(done, batch.version(key)))

        return self._documents.transact(decide)

    def _fail(self, key: Key, error: Exception, queue_status: QueueStatus) -> None:
        code, message = told(error)

        def decide() -> Decision[None]:
            batch = self._documents.batch([key])
            found = batch.get(Export, key)
            if found is None or found.status.is_terminal:
                return Decision(None)
            after = course.failed(found, code, message, queue_status, timestamp())
            return Decision(None, _ending(after, batch.version(key)))

        self._documents.transact(decide)

    def _note(self, key: Key, error: Exception) -> None:
        """Record why an attempt failed."""
        message = told(error)[1]
        self._documents.update_unless_contended(
            Export, key, lambda export: course.to_retry(export, message, clock.now(), _RETRY_AFTER)
        )

    def _clean(self, request: JobRequest) -> None:
        """Remove what an export that has ended does not need: everything but a file to download."""
        export = self._documents.get(Export, _key(request))
        if export is None or not export.has_file:
            self._files.remove(request.arguments["tenant_id"], request.arguments["export_id"])


class _ExportFile(io.BufferedWriter):
    """The temporary file of an export. It notes its size, and checks from time to time that there is room."""

    def __init__(
        self, path: Path, require_room: Callable[[], object], written: Callable[[int], object]
    ) -> None:
        super().__init__(io.FileIO(path, "w"), 1024**2)
        self._require_room = require_room
        self._written = written
        self._size = self._checked = 0

    def write(self, content: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._size += super().write(content)
        self._written(self._size)
        if self._size - self._checked >= _CHECK_ROOM_BYTES:
            self._require_room()
            self._checked = self._size
        return len(content)


def _ending(export: Export, version: int) -> list[Write]:
    """Build the writes of an end: the record, its event, and the removal of a file to download."""
    tenant_id, export_id = export.tenant_id, export.export_id
    writes: list[Write] = [
        put(keys.export(tenant_id, export_id), export, expected_version=version),
        Delete(keys.export_at_work(tenant_id, export_id)),
        *export_ended(export),
    ]
    if export.expiry is not None:
        writes.append(due_write(export.expiry))
    return writes


def _key(request: JobRequest) -> Key:
    return keys.export(request.arguments["tenant_id"], request.arguments["export_id"])

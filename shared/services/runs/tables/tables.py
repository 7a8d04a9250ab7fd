"""Run tables of ended runs: build, store, open."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from shared.domain import blob_keys, keys
from shared.domain.clock import now
from shared.domain.errors import Conflict, NotFound
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.blobs import MAX_CHUNK_BYTES, BlobNotFound, Blobs
from shared.ports.jobs import CheckStop, never_stop
from shared.ports.records import Delete, Put
from shared.services.records.documents import Documents
from shared.services.runs.tables.build import build
from shared.services.runs.tables.contents import TableContents, read_contents
from shared.services.runs.tables.file import stored_fingerprint, write_markers
from shared.services.runs.tables.markers import marker_rows

_CONTENT_TYPE: Final = "application/vnd.sqlite3"
_SUFFIX: Final = ".sqlite"
_BUILDS: Final = 3
"""Builds while the results change. The last one is served, and not stored."""


_RUN_END: Final = "run-end"
"""The writer at the end of a run, of which there is one at a time."""

_MAX_STORING: Final = timedelta(minutes=5)
"""The time in which a process stores a table at the latest. A file of 5 GB takes two minutes."""


class RunTables:
    """The run tables of all tenants.

    The stored file is a projection of the records: it is built when it is missing or out of date, and may be
    deleted at any time. A run without media has none. It holds no markers, which change without the run: each
    opened copy gets them.
    """

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs

    @contextmanager
    def open(self, tenant_id: str, run_id: str, check: CheckStop = never_stop) -> Iterator[Path]:
        """Provide the run table as a private file, which is deleted at the end of the block.

        ``check`` is called now and then during a build and may raise an exception to stop it.

        Raises:
            NotFound: the tenant has no such run.
            Conflict: the run has not ended (code ``prompt_run_not_finished``).
            OSError: ENOSPC: no room is left.
        """
        run = self._ended_run(tenant_id, run_id)
        with self._scratch_file() as path:
            contents = self._provide(run, path, check, secrets.token_hex(8))
            write_markers(path, marker_rows(self._documents, run, contents))
            yield path

    def prepare(
        self, run: PromptRun, check: CheckStop = never_stop, *, max_segments: int | None = None
    ) -> None:
        """Store the table of a run whose media have all ended, unless the stored one is up to date.

        With more than ``max_segments`` segments, the first ``open`` builds it instead.
        """
        # A process that was killed here may have left its record, for which deletions wait.
        self._documents.write(Delete(keys.run_table_writer(run.tenant_id, run.run_id, _RUN_END)))
        contents = read_contents(self._documents, run)
        too_large = max_segments is not None and contents.total_segments > max_segments
        if too_large or not contents.media:
            return
        with self._scratch_file() as path:
            self._provide(run, path, check, _RUN_END)

    def _ended_run(self, tenant_id: str, run_id: str) -> PromptRun:
        run = self._documents.get(PromptRun, keys.prompt_run(tenant_id, run_id))
        if run is None:
            raise NotFound("prompt_run", run_id)
        if not run.status.is_terminal:
            raise Conflict("A run table exists once its run has ended.", code="prompt_run_not_finished")
        return run

    @contextmanager
    def _scratch_file(self) -> Iterator[Path]:
        path = self._blobs.scratch_file(_SUFFIX)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _provide(self, run: PromptRun, path: Path, check: Callable[[], None], token: str) -> TableContents:
        """Copy the stored table to ``path``, or build it there and store it as the writer ``token``. Return
        its contents."""
        contents = read_contents(self._documents, run)
        if not contents.retrying and self._copy(run, path) and _is_current(path, contents):
            return contents
        for _ in range(_BUILDS):
            self._build(path, run, contents, check)
            built, contents = contents, read_contents(self._documents, run)
            if built.fingerprint == contents.fingerprint:
                if contents.media and not built.retrying and not contents.retrying:
                    self._store(run, path, contents, token)
                break
        return built

    def _build(self, path: Path, run: PromptRun, contents: TableContents, check: Callable[[], None]) -> None:
        def check_room() -> None:
            check()
            self._blobs.require_room()

        build(path, self._documents, run, contents, check_room)

    def _copy(self, run: PromptRun, path: Path) -> bool:
        """Copy the stored table to ``path``. Return False if there is none."""
        try:
            chunks = self._blobs.stream(blob_keys.run_table(run.tenant_id, run.run_id))
        except BlobNotFound:
            return False
        with path.open("wb") as file:
            for chunk in chunks:
                self._blobs.require_room(len(chunk))
                file.write(chunk)
        return True

    def _store(self, run: PromptRun, path: Path, contents: TableContents, token: str) -> None:
        """Store a copy of the file at ``path``, unless the run has changed since ``contents`` were read.

        A deletion hides a medium first and then waits for all who are storing a table of its runs. A table
        with a hidden medium is therefore either not stored or found by the deletion.
        """
        with self._scratch_file() as copy:
            with path.open("rb") as source, copy.open("wb") as target:
                while chunk := source.read(MAX_CHUNK_BYTES):
                    self._blobs.require_room(len(chunk))
                    target.write(chunk)
            with self._storing(run, token):
                if read_contents(self._documents, run).fingerprint == contents.fingerprint:
                    self._blobs.adopt(blob_keys.run_table(run.tenant_id, run.run_id), copy, _CONTENT_TYPE)

    @contextmanager
    def _storing(self, run: PromptRun, token: str) -> Iterator[None]:
        """Let deletions wait during the block. A killed process delays them until the record expires."""
        key = keys.run_table_writer(run.tenant_id, run.run_id, token)
        self._documents.write(Put(key, {}, expires_at=now() + _MAX_STORING))
        try:
            yield
        finally:
            self._documents.write(Delete(key))


def _is_current(path: Path, contents: TableContents) -> bool:
    return stored_fingerprint(path) == contents.fingerprint

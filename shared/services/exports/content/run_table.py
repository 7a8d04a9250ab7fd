"""An export as SQLite: the run table of one run, reduced to what the export covers."""

from pathlib import Path
from typing import Final

from shared.domain.errors import Conflict, InvalidRequest
from shared.domain.exports.content_scope import ContentScope, ExportType
from shared.ports.jobs import CheckStop
from shared.services.exports.content.output import Output
from shared.services.exports.content.reduced_table import reduce_to_scope
from shared.services.exports.content.sources import RunTables
from shared.services.records.documents import Documents

_CHUNK: Final = 2**20


def write_run_table(
    tables: RunTables, documents: Documents, scope: ContentScope, out: Output, check_stop: CheckStop
) -> int:
    """Write the file. Return the number of segments.

    Raises:
        InvalidRequest: the scope has several runs.
        Conflict: the run has not ended, or all media of an index export are gone.
    """
    run_id = single_run(scope)
    with tables.open(scope.tenant_id, run_id, check_stop) as path:
        count = reduce_to_scope(path, documents, scope, run_id)
        _copy(path, out, check_stop)
    return count


def single_run(scope: ContentScope) -> str:
    """Return the run of a scope.

    Raises: InvalidRequest: the scope has several runs. Conflict: it has none, because all media are gone.
    """
    if scope.export_type is ExportType.PROMPT_RUN:
        return scope.target_id
    run_ids = {entry.run_id for entry in scope.snapshot}
    if not run_ids:
        raise Conflict(
            "The media of the run were deleted, so there is nothing to export.", code="export_empty"
        )
    if len(run_ids) > 1:
        raise InvalidRequest(
            "format",
            f"sqlite holds one run, and this export has {len(run_ids)}: choose one run in prompt_run_ids, "
            "or another format",
        )
    return run_ids.pop()


def _copy(path: Path, out: Output, check_stop: CheckStop) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            check_stop()
            out.write(chunk)

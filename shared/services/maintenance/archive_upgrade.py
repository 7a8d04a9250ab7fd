"""From format 1 to 2: what lists show is written beside what it is made of.

Everything is made from the entities themselves, whether something of it is there already or not, so the
upgrade may be cut off anywhere and begun again, and an archive of format 2 stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.import_job import OutputStatus
from shared.domain.media import DeletingIndexes, PlaygroundSize
from shared.domain.runs.prompt_run import MediumState, RunStatus
from shared.ports.records import ABSENT, Delete, Put
from shared.services.imports.ingest.ledger import ImportLedger
from shared.services.imports.manifest import take_out
from shared.services.maintenance.archive_contents import Contents, MediumInRun, contents_of
from shared.services.maintenance.medium_upgrade import MediumUpgrade
from shared.services.records.documents import Documents, put
from shared.services.runs.media_states import remove_from_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.ports.record_source import RecordSource
    from shared.services.maintenance.archive_format import Report

Step = tuple["Callable[..., object]", tuple[object, ...]]


class UpgradeFrom1:
    """Nothing else may be at work on the archive."""

    def __init__(self, documents: Documents, source: RecordSource) -> None:
        self._documents = documents
        self._source = source
        self._medium = MediumUpgrade(documents)

    def __call__(self, report: Report) -> None:
        """Raises: Unavailable: a store does not answer, or the disk is full."""
        contents = contents_of(self._source)
        steps = list(self._steps(contents))
        for done, (work, arguments) in enumerate(steps):
            report(done, len(steps))
            work(*arguments)
        report(len(steps), len(steps))

    def _steps(self, contents: Contents) -> Iterator[Step]:
        """The media of runs come first: what is gone is then in nobody's way."""
        for state in contents.states:
            if (state.tenant_id, state.media_id) not in contents.media or state not in contents.pointers:
                yield self._remove_state, (state,)
        for key, medium in contents.lines:
            if medium not in contents.media:
                yield self._documents.write, (Delete(key),)
        yield from ((self._medium.run, medium) for medium in contents.media)
        yield from ((self._import_job, job) for job in contents.import_jobs)
        yield from ((self._tenant, (contents, tenant_id)) for tenant_id in sorted(contents.tenants))

    def _remove_state(self, state: MediumInRun) -> None:
        """Of a medium that was deleted, or that a deletion which is under way has taken out already.
        Format 1 kept its counters there."""
        key = keys.medium_state(state.tenant_id, state.run_id, state.media_id)
        self._documents.update(MediumState, key, _called_off)
        remove_from_run(self._documents, *state)

    def _import_job(self, tenant_id: str, job_id: str) -> None:
        """Head and counters, then without what was deleted: of which format 1 kept a nameless part."""
        ledger = ImportLedger(self._documents, tenant_id, job_id)
        job = ledger.job()
        if job is None:
            return
        if not (job.parts_deleted or job.files_deleted):  # else the sums count what has no record any more
            ledger.tally()
        for output in ledger.outputs():
            if output.status is OutputStatus.DELETED and output.media_id:
                take_out(self._documents, tenant_id, job_id, output.media_id)

    def _tenant(self, contents: Contents, tenant_id: str) -> None:
        size = sum(
            tenant == tenant_id and index_id is None for (tenant, _), index_id in contents.media.items()
        )
        deleting = sorted(index for tenant, index in contents.deleting_indexes if tenant == tenant_id)
        self._keep(put(keys.playground_size(tenant_id), PlaygroundSize(media=size)), needed=size > 0)
        listed = put(keys.deleting_indexes(tenant_id), DeletingIndexes(index_ids=deleting))
        self._keep(listed, needed=bool(deleting))

    def _keep(self, record: Put, *, needed: bool) -> None:
        """Write what is not there already. What is not ``needed`` may be lacking, but not be wrong."""
        found = self._documents.records.get(record.key)
        if found is None and not needed:
            return
        if found is None or found.body != record.body:
            version = ABSENT if found is None else found.version
            self._documents.write(replace(record, expected_version=version))


def _called_off(medium_state: MediumState) -> MediumState:
    """A run would wait for it."""
    if not medium_state.status.is_terminal:
        medium_state.status = RunStatus.CANCELLED
        medium_state.failure_code = "video_deleted"
        medium_state.completed_at = medium_state.updated_at = timestamp()
    return medium_state

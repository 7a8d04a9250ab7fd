"""Exports as clients use them: create, list, get."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.connectors.connector import ConnectorScope
from shared.domain.connectors.object_address import MAX_KEY_BYTES
from shared.domain.connectors.rules import checked_base_path
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.exports.content_scope import ExportType, ResultScope
from shared.domain.exports.export import Export, ExportOptions
from shared.domain.exports.export_format import ExportFormat
from shared.domain.job import JobRequest, Workflow
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.jobs import Jobs
from shared.ports.records import ABSENT, Put, Write
from shared.services.connectors.connections import Connections
from shared.services.exports.snapshots import ended_runs
from shared.services.library.index_access import unchanged_index_write, visible_index
from shared.services.records.documents import Documents, put
from shared.services.records.quota import changed_guard, check_quota
from shared.services.records.transact import Decision
from shared.services.runs.selection import SelectionStatus, selection_status

MAX_RUNS: Final = 100
"""Runs that the request for an export may name."""


@dataclass(frozen=True, slots=True)
class _Target:
    """What is exported, and the index whose deletion deletes the export."""

    export_type: ExportType
    target_id: str
    index_id: str | None


class Exports:
    """Exports of all tenants. Each creation expects the version of one guard record of the tenant, so that
    concurrent creations cannot exceed the quota together."""

    def __init__(
        self,
        documents: Documents,
        jobs: Jobs,
        connections: Connections,
        *,
        max_at_work: int,
    ) -> None:
        self._documents = documents
        self._jobs = jobs
        self._connections = connections
        self._max_at_work = max_at_work

    def create_of_index(
        self,
        caller: Caller,
        index_id: str,
        options: ExportOptions,
        export_id: str,
        *,
        automation_id: str | None = None,
    ) -> Export:
        """Create an export of the runs of an index, or of some of them. Repeated calls with one id create it
        once. Those of automations do not count towards the quota.

        Raises:
            NotFound: the index, a run or the connector does not exist.
            InvalidRequest: a run is not over the index, or an option breaks a rule.
            Conflict: a run has not ended, none has, or the connector may not be used; or the quota is used
                up (``resource_quota_exceeded``).
            NotPermitted: the index is the default index.
        """
        caller.require_own(index_id, *options.prompt_run_ids)

        options = _normal(options)

        def checked() -> _Target:
            visible_index(self._documents, caller.tenant_id, index_id)
            _check_runs(self._runs_of_index(caller, index_id, options.prompt_run_ids), options)
            return _Target(ExportType.INDEX, index_id, index_id)

        return self._create(caller, export_id, options, checked, automation_id)

    def create_of_run(
        self,
        caller: Caller,
        run_id: str,
        options: ExportOptions,
        export_id: str,
        *,
        automation_id: str | None = None,
    ) -> Export:
        """Create an export of one run. Repeated calls with one id create it once.

        Raises: as ``create_of_index``. NotFound: also if the index of the run was deleted.
        """
        caller.require_own(run_id)
        options = _normal(options)

        def checked() -> _Target:
            run = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_id, run_id))
            if run is None:
                raise NotFound("prompt_run", run_id)
            _require_ended([run])
            _check_runs([run], options)
            return _Target(ExportType.PROMPT_RUN, run_id, run.index_id)

        return self._create(caller, export_id, options, checked, automation_id)

    def latest(self, caller: Caller, limit: int) -> Sequence[Export]:
        """Return the latest exports, newest first."""
        partition = keys.export(caller.tenant_id)
        return self._documents.page(Export, partition, limit=limit, descending=True).items

    def get(self, caller: Caller, export_id: str) -> Export:
        """Read an export. Raises: NotFound: it is unknown or another tenant's."""
        export = self._find(caller, export_id)
        if export is None:
            raise NotFound("export", export_id)
        return export

    def _create(
        self,
        caller: Caller,
        export_id: str,
        options: ExportOptions,
        checked: Callable[[], _Target],
        automation_id: str | None,
    ) -> Export:
        """Create the export of what ``checked`` returns, unless an earlier request has created it.

        Its job is submitted again, because that request may have ended before it submitted the job.
        """

        def decide() -> Decision[Export]:
            created = self._find(caller, export_id)
            if created is not None:
                return Decision(created)
            export = self._new(caller, export_id, options, checked(), automation_id)
            return Decision(export, self._writes(export))

        export = self._documents.transact(decide)
        if not export.status.is_terminal:
            self._jobs.submit(_job(export))
        return export

    def _new(
        self,
        caller: Caller,
        export_id: str,
        options: ExportOptions,
        target: _Target,
        automation_id: str | None,
    ) -> Export:
        now = timestamp()
        export = Export(
            **options.model_dump(),
            export_id=export_id,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            export_type=target.export_type,
            target_id=target.target_id,
            index_id=target.index_id,
            destination_base_path=self._base_path(caller, options),
            created_at=now,
            available_at=now,
            updated_at=now,
            automation_id=automation_id,
        )
        if export.destination_connector_id and len(export.object_key.encode()) > MAX_KEY_BYTES:
            raise InvalidRequest(
                "destination_subpath", f"makes the key of the object longer than {MAX_KEY_BYTES} bytes"
            )
        return export

    def _writes(self, export: Export) -> list[Write]:
        job, tenant_id = _job(export), export.tenant_id
        writes: list[Write] = [
            put(keys.export(tenant_id, export.export_id), export, expected_version=ABSENT),
            put(keys.job(job.job_id), job),
        ]
        if export.automation_id is None:
            writes += [self._guarded(tenant_id), Put(keys.export_at_work(tenant_id, export.export_id), {})]
        if export.index_id is not None:
            writes.append(unchanged_index_write(self._documents, tenant_id, export.index_id))
        return writes

    def _base_path(self, caller: Caller, options: ExportOptions) -> str | None:
        """Return the path below which the connector writes. Raises: NotFound, Conflict."""
        if options.destination_connector_id is None:
            return None
        connector = self._connections.find(
            caller.tenant_id, options.destination_connector_id, ConnectorScope.EXPORT
        )
        return connector.export_base_path

    def _runs_of_index(self, caller: Caller, index_id: str, run_ids: Sequence[str]) -> Iterator[PromptRun]:
        """Walk over the runs to export.

        Raises: NotFound: a run does not exist. InvalidRequest: one is not over the index. Conflict: one has
            not ended.
        """
        tenant_id = caller.tenant_id
        if not run_ids:
            return ended_runs(self._documents, tenant_id, index_id)
        runs = {run_id: keys.prompt_run(tenant_id, run_id) for run_id in run_ids}
        pointers = {run_id: keys.index_run(tenant_id, index_id, run_id) for run_id in run_ids}
        batch = self._documents.batch([*runs.values(), *pointers.values()])
        for run_id in run_ids:
            if batch.get(PromptRun, runs[run_id]) is None:
                raise NotFound("prompt_run", run_id)
            if batch.version(pointers[run_id]) == ABSENT:
                raise InvalidRequest("prompt_run_ids", f"{run_id!r} is no run over this index")
        found = batch.get_many(PromptRun, runs.values())
        _require_ended(found)
        return iter(found)

    def _guarded(self, tenant_id: str) -> Put:
        """Build the write of the guard. Raises: Conflict: the quota is used up."""
        guard = changed_guard(self._documents, keys.export_guard(tenant_id))
        at_work = self._documents.sort_keys(keys.export_at_work(tenant_id), limit=self._max_at_work)
        check_quota("exports_at_work", len(at_work.items), self._max_at_work)
        return guard

    def _find(self, caller: Caller, export_id: str) -> Export | None:
        return self._documents.get(Export, keys.export(caller.tenant_id, export_id)) if export_id else None


def _normal(options: ExportOptions) -> ExportOptions:
    """Return the options with each run once, and a subpath without a slash at its end.

    Raises: InvalidRequest: the subpath breaks a rule, or there is one without a connector.
    """
    if options.destination_subpath and options.destination_connector_id is None:
        raise InvalidRequest("destination_subpath", "needs a destination_connector_id")
    if len(options.prompt_run_ids) > MAX_RUNS:
        raise InvalidRequest("prompt_run_ids", f"must have at most {MAX_RUNS} ids")
    try:
        subpath = checked_base_path(options.destination_subpath)
    except InvalidRequest as refused:
        raise InvalidRequest("destination_subpath", refused.rule) from refused
    run_ids = list(dict.fromkeys(options.prompt_run_ids))
    return options.model_copy(update={"destination_subpath": subpath, "prompt_run_ids": run_ids})


def _check_runs(runs: Iterable[PromptRun], options: ExportOptions) -> None:
    """Check that runs have what is to be exported. Only as many are read as decide it.

    Raises: Conflict: there is no run, or no selection. InvalidRequest: the format holds one run only.
    """
    count, has_selection = 0, False
    for count, run in enumerate(runs, 1):
        has_selection = has_selection or selection_status(run) is SelectionStatus.COMPLETED
        if count > 1 and (has_selection or options.result_scope is ResultScope.ALL):
            break
    if not count:
        raise Conflict("No run of the index has ended yet.", code="export_empty")
    if options.format is ExportFormat.SQLITE and count > 1:
        raise InvalidRequest(
            "format", "sqlite holds one run: name one in prompt_run_ids, or export the run itself"
        )
    if options.result_scope is ResultScope.MATCHES and not has_selection:
        raise Conflict(
            "The prompt had no selection filter when the run started, so there are no matches. Run it again"
            " with a filter, or export all results with result_scope 'all'.",
            code="export_without_selection",
        )


def _require_ended(runs: Iterable[PromptRun]) -> None:
    """Raises: Conflict: a run has not ended."""
    for run in runs:
        if not run.status.is_terminal:
            raise Conflict(
                f"The run {run.run_id} has not ended. Export it when it has.",
                code="prompt_run_not_finished",
                details={"run_id": run.run_id, "status": run.status},
            )


def _job(export: Export) -> JobRequest:
    return JobRequest(
        job_id=export.export_id,
        workflow=Workflow.EXPORT,
        arguments={"tenant_id": export.tenant_id, "export_id": export.export_id},
        requested_at=export.created_at,
    )

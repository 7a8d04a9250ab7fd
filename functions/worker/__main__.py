"""``python -m functions.worker``: run one compute-intensive job, in a container or as a plain process.

The exit codes are the contract with AWS Batch; functions/pipeline/README.md defines them.
"""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, assert_never, cast

from functions.worker.commands import Command, Imports, Reindex, parse
from functions.worker.stop_signal import StopSignal, exit_immediately
from shared.domain import correlation, keys
from shared.domain.errors import Unavailable
from shared.domain.job import JobRequest
from shared.ports.jobs import Interrupted
from shared.runtime import Runtime
from shared.runtime.from_settings import configured_runtime
from shared.runtime.job_dispatch import JobDispatch
from shared.runtime.queued.jobs import QueuedJobs
from shared.services.imports.batches.worker_places import WorkerPlaces
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.runtime.aws import AwsPorts

DONE: Final = 0
FAILED: Final = 1
STORE_UNAVAILABLE: Final = os.EX_UNAVAILABLE
INTERRUPTED: Final = os.EX_TEMPFAIL

MAX_STARTS: Final = 3
"""A medium at which the process has died this many times is marked as failed."""

log = logging.getLogger("functions.worker")


def main(arguments: Sequence[str]) -> int:
    command = parse(arguments)
    settings = Settings()
    _log_as_json(settings.log_level, _log_fields(command))
    stop = StopSignal(INTERRUPTED)
    stop.listen()
    if settings.worker_attempt_seconds is not None:
        stop.stop_before(settings.worker_attempt_seconds)
    correlation.enter(_request_id(command))
    runtime = configured_runtime(settings, worker=True)
    try:
        _run(runtime, command, stop)
    except Interrupted:
        log.info("interrupted at a safe point")
        return INTERRUPTED
    except Unavailable:
        log.exception("store unavailable")
        return STORE_UNAVAILABLE
    except Exception as error:
        log.exception("failed")
        if isinstance(command, Command):
            _record_error(runtime, command.job, error)
        return FAILED
    log.info("done")
    return DONE


def _run(runtime: Runtime, command: Command | Reindex | Imports, stop: StopSignal) -> None:
    match command:
        case Reindex():
            _reindex(runtime, stop, anew=command.anew)
        case Imports():
            _work_on_queue(runtime, command, stop)
        case Command():
            _run_job(runtime, command, stop)
        case _:
            assert_never(command)


def _work_on_queue(runtime: Runtime, command: Imports, stop: StopSignal) -> None:
    """Run jobs of the queue: batches of files, exports and clips."""
    from shared.runtime.queued.queue_worker import QueueWorker  # noqa: PLC0415 - other commands need no queue

    _record_spaces(runtime)
    settings = runtime.settings
    QueueWorker(
        cast("AwsPorts", runtime.ports).worker_jobs,
        QueuedJobs(runtime.documents, JobDispatch(runtime)),
        WorkerPlaces(runtime.documents, settings.import_workers).place(command.place, command.owner),
        threads=settings.ingest_workers,
        idle_seconds=settings.import_idle_seconds,
    ).run(stop)


def _record_spaces(runtime: Runtime) -> None:
    """Record the embedding spaces of the search index, in the first worker.

    Functions without models need that record to search and delete.
    """
    if runtime.search.spaces.known() is None:
        runtime.ports.search_index  # noqa: B018 - opening the index records its spaces


def _run_job(runtime: Runtime, command: Command, stop: StopSignal) -> None:
    """Run one job."""
    if command.shard is None:
        _record_spaces(runtime)
        JobDispatch(runtime).run(command.job, stop)
        return
    arguments = command.job.arguments
    runtime.runs.pipeline.process(
        arguments["tenant_id"], arguments["run_id"], command.shard, stop, max_starts=MAX_STARTS
    )


def _reindex(runtime: Runtime, stop: StopSignal, *, anew: bool) -> None:
    from shared.runtime.aws_reindexing import reindex  # noqa: PLC0415 - other commands do not need it

    def report(done: int, total: int) -> None:
        if stop():
            raise Interrupted
        log.info("reindexing", extra={"media_done": done, "media": total})

    documents = reindex(runtime, report, anew=anew)
    log.info("reindexed", extra={"documents": documents})


def _record_error(runtime: Runtime, job: JobRequest, error: Exception) -> None:
    """Store the error in the job's record, where the workflow reads it."""
    message = f"{type(error).__name__}: {error}"[:1000]

    def change(request: JobRequest) -> JobRequest:
        request.last_error = message
        return request

    try:
        runtime.documents.update(JobRequest, keys.job(job.job_id), change)
    except Unavailable:
        log.exception("error could not be recorded")


def _request_id(command: Command | Reindex | Imports) -> str:
    match command:
        case Reindex():
            return command.request_id
        case Imports():
            return ""
        case Command():
            return command.job.request_id
        case _:
            assert_never(command)


def _log_fields(command: Command | Reindex | Imports) -> dict[str, str | None]:
    """Return the fields of every log line."""
    match command:
        case Reindex():
            return {"correlation_id": command.request_id or None, "workflow": "reindex"}
        case Imports():
            return {"workflow": "queue", "worker": command.owner}
        case Command():
            job = command.job
            return {
                "correlation_id": job.request_id or None,
                "job_id": job.job_id,
                "workflow": job.workflow.value,
                **job.arguments,
            }
        case _:
            assert_never(command)


def _log_as_json(level: str, fields: Mapping[str, str | None]) -> None:
    """Log one JSON object for each line, with the ids that correlate requests, steps and workers."""
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter  # noqa: PLC0415

    formatter = LambdaPowertoolsFormatter(use_rfc3339=True)
    formatter.append_keys(service="worker", **fields)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # httpx logs URLs with their tokens


if __name__ == "__main__":
    code = main(sys.argv[1:])
    if code == INTERRUPTED:
        exit_immediately(code)
    sys.exit(code)

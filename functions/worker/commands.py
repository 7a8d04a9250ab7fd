"""The command line of the worker, and the job for each command."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain.job import JobRequest, Workflow
from shared.services.runs.pipeline.shard import Shard

ARRAY_INDEX: Final = "AWS_BATCH_JOB_ARRAY_INDEX"
ATTEMPT: Final = "AWS_BATCH_JOB_ATTEMPT"
"""Number of the attempt, from 1: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html"""


@dataclass(frozen=True, slots=True)
class Command:
    """A job to run. ``shard`` is set for the media of a run only."""

    job: JobRequest
    shard: Shard | None = None


@dataclass(frozen=True, slots=True)
class Reindex:
    """A rebuild of the search index. ``anew`` first removes what a killed attempt may have left."""

    anew: bool
    request_id: str


@dataclass(frozen=True, slots=True)
class Imports:
    """Work on the queue of jobs for workers. ``place`` is reserved for ``owner``."""

    place: int
    owner: str


def parse(arguments: Sequence[str]) -> Command | Reindex | Imports:
    """Parse the command line.

    Raises:
        SystemExit: with code 2 if the command line is invalid; the reason is on standard error.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command == "reindex":
        return Reindex(given.anew or int(os.environ.get(ATTEMPT, "1")) > 1, given.request_id)
    if given.command == "imports":
        return Imports(given.place, given.owner)
    if given.command == "ingest":
        batch = {"batch": str(given.batch)} if given.batch else {}
        arguments_of_job = {"import_job_id": given.import_job, **batch}
        return Command(_job(given, given.import_job, Workflow.INGEST, **arguments_of_job))
    if given.command == "segment-retry":
        job = _job(given, given.retry, Workflow.SEGMENT_RETRY, run_id=given.run, retry_id=given.retry)
        return Command(job)
    number = given.shard if given.shard is not None else int(os.environ.get(ARRAY_INDEX, "0"))
    try:
        shard = Shard(number, given.shards)
    except ValueError as error:
        parser.error(str(error))
    return Command(_job(given, given.run, Workflow.PROMPT_RUN, run_id=given.run), shard)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m functions.worker", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    imports = commands.add_parser("imports", help="run jobs of the queue until it is empty")
    imports.add_argument("--place", type=int, required=True)
    imports.add_argument("--owner", required=True)
    ingest = commands.add_parser("ingest", help="make media from one batch of an import job")
    ingest.add_argument("--import-job", required=True)
    ingest.add_argument("--batch", type=int, default=0)
    medium = commands.add_parser("medium", help="process the media of one shard of a run")
    medium.add_argument("--run", required=True)
    medium.add_argument("--shard", type=int, help=f"number of the shard, from 0; default: ${ARRAY_INDEX}")
    medium.add_argument("--shards", type=int, default=1)
    retry = commands.add_parser("segment-retry", help="retry one segment of a finished run")
    retry.add_argument("--run", required=True)
    retry.add_argument("--retry", required=True)
    reindex = commands.add_parser("reindex", help="rebuild the search index from records and media")
    reindex.add_argument("--anew", action="store_true", help="first remove what a killed attempt has left")
    for command in (ingest, medium, retry):
        command.add_argument("--tenant", required=True)
    for command in (ingest, medium, retry, reindex):
        command.add_argument("--request-id", default="")
    return parser


def _job(given: argparse.Namespace, job_id: str, workflow: Workflow, **arguments: str) -> JobRequest:
    return JobRequest(
        job_id=job_id,
        workflow=workflow,
        arguments={"tenant_id": given.tenant, **arguments},
        requested_at="",
        request_id=given.request_id,
    )

"""Decide how many workers of the queue to start, and reserve their places."""

from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from functions.pipeline.task import runtime, settings, task
from shared.services.imports.batches.worker_places import WorkerPlaces

if TYPE_CHECKING:
    from shared.runtime.aws import AwsPorts


@task("import_workers", Job)
def handler(job: Job, _: LambdaContext) -> dict[str, Any]:
    waiting = cast("AwsPorts", runtime.ports).worker_jobs.waiting()
    places = WorkerPlaces(runtime.documents, settings.import_workers)
    found = places.reserve(job.job_id, waiting, settings.ingest_workers)
    return {"workers": [{"place": number} for number in found]}

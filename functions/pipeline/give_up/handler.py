"""Give up a job whose workflow failed permanently: mark its open work as failed, with an error code."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.failures import failure_of
from functions.pipeline.jobs import FailedJob
from functions.pipeline.task import logger, runtime, task
from shared.domain import keys
from shared.ports.records import Delete
from shared.runtime.job_dispatch import JobDispatch


@task("give_up", FailedJob)
def handler(job: FailedJob, _: LambdaContext) -> dict[str, Any]:
    logger.error("workflow failed", extra={"error": job.error.name, "cause": job.error.cause})
    failure = failure_of(runtime, job.job_id, job.error)
    JobDispatch(runtime).give_up(job.request(), failure)
    runtime.documents.write(Delete(keys.job(job.job_id)))
    return {"error": failure.code, "cause": failure.message}

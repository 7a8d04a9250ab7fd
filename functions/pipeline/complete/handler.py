"""Delete the job request, the last step of every workflow. Otherwise the sweeper would restart the job."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from functions.pipeline.task import runtime, task
from shared.domain import keys
from shared.ports.records import Delete


@task("complete", Job)
def handler(job: Job, _: LambdaContext) -> dict[str, Any]:
    runtime.documents.write(Delete(keys.job(job.job_id)))
    return {}

"""Set the final status of a run after all its workers have ended."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from functions.pipeline.task import runtime, task


@task("finish", Job)
def handler(job: Job, _: LambdaContext) -> dict[str, Any]:
    status = runtime.runs.coordinator.finish(job.tenant_id, job.run_id)
    return {"status": status.value if status else ""}

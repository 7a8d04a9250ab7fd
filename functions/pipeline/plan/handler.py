"""Plan a run: record its media and divide them into shards, one for each worker."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from functions.pipeline.task import runtime, task


@task("plan", Job)
def handler(job: Job, _: LambdaContext) -> dict[str, Any]:
    shards = runtime.runs.coordinator.plan_shards(job.tenant_id, job.run_id)
    return {"shards": [{"shard": shard.number, "shards": shard.count} for shard in shards]}

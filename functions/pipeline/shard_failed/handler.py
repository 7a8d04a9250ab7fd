"""Mark the media of a shard as failed after its worker failed permanently. Other shards continue."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.failures import failure_of
from functions.pipeline.jobs import FailedShard
from functions.pipeline.task import logger, runtime, task
from shared.services.runs.execution.failures import describe


@task("shard_failed", FailedShard)
def handler(job: FailedShard, _: LambdaContext) -> dict[str, Any]:
    logger.error("worker failed", extra={"error": job.error.name, "cause": job.error.cause})
    failure = describe(failure_of(runtime, job.job_id, job.error))
    return {"failed": runtime.runs.coordinator.fail_shard(job.tenant_id, job.run_id, job.shard, failure)}

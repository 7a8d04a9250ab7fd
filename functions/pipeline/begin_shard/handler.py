"""Decide whether to start the worker of a shard. A cancelled or ended run needs none."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import ShardOfJob
from functions.pipeline.task import runtime, task


@task("begin_shard", ShardOfJob)
def handler(job: ShardOfJob, _: LambdaContext) -> dict[str, Any]:
    return {"proceed": runtime.runs.coordinator.should_process(job.tenant_id, job.run_id, job.shard)}

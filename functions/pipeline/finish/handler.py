"""Set the final status of a run after all its workers have ended."""

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from functions.pipeline.task import runtime, task

MAX_TABLE_SEGMENTS: Final = 20_000
"""The largest run whose table this function builds: its results are about 100 MB, which take two minutes."""


@task("finish", Job)
def handler(job: Job, _: LambdaContext) -> dict[str, Any]:
    status = runtime.runs.coordinator.finish(job.tenant_id, job.run_id, max_table_segments=MAX_TABLE_SEGMENTS)
    return {"status": status.value if status else ""}

"""Build the table of a run, and write its final status."""

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from functions.pipeline.task import runtime, task
from shared.domain.errors import Unavailable

MAX_TABLE_SEGMENTS: Final = 20_000
"""The largest run whose table this function builds: its results are about 100 MB, which take two minutes."""

_RESERVE_MILLISECONDS: Final = 120_000
"""Time to store the table, and to end the run, before the function times out."""


@task("finish", Job)
def handler(job: Job, context: LambdaContext) -> dict[str, Any]:
    def check_time() -> None:
        if context.get_remaining_time_in_millis() < _RESERVE_MILLISECONDS:
            raise Unavailable("The time of the function is nearly over.")  # the first reader builds the table

    status = runtime.runs.coordinator.finish(
        job.tenant_id, job.run_id, check_time, max_table_segments=MAX_TABLE_SEGMENTS
    )
    return {"status": status.value if status else ""}

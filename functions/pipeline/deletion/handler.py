"""Continue a deletion until it is done or the time of this invocation ends."""

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from functions.pipeline.task import runtime, task
from shared.ports.jobs import Interrupted

_RESERVE_MILLISECONDS: Final = 15_000
"""Time for the current unit of work to end before the function times out."""


@task("deletion", Job)
def handler(job: Job, context: LambdaContext) -> dict[str, Any]:
    def stopping() -> bool:
        return context.get_remaining_time_in_millis() < _RESERVE_MILLISECONDS

    try:
        return {"done": runtime.deletion.work.step(job.request(), stopping)}
    except Interrupted:
        return {"done": False}

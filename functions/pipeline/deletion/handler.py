"""One call's worth of a deletion."""

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from functions.pipeline.task import runtime, task
from shared.ports.jobs import Interrupted

_RESERVE_MILLISECONDS: Final = 15_000
"""For the piece of work that is under way when time runs out."""


@task("deletion", Job)
def handler(job: Job, context: LambdaContext) -> dict[str, Any]:
    def stopping() -> bool:
        return context.get_remaining_time_in_millis() < _RESERVE_MILLISECONDS

    try:
        return {"done": runtime.deletion.work.step(job.request(), stopping)}
    except Interrupted:
        return {"done": False}

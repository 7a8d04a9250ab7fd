"""The decorator of every step: parse the input, log with the ids of the job, call the step, answer."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.pipeline.jobs import Job
from shared.domain import correlation
from shared.runtime.from_settings import configured_runtime
from shared.settings import Settings

Input = TypeVar("Input", bound=Job)
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]
Step = Callable[[Input, LambdaContext], dict[str, Any]]

NAMESPACE: Final = "VideoVectorServer"

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
logger: Final = Logger(service="pipeline", level=settings.log_level.upper())


def task(name: str, model: type[Input]) -> Callable[[Step[Input]], Handler]:
    """Return a decorator that makes a Lambda handler of a step. The step receives the parsed input.

    The handler raises ValidationError if the input does not fit ``model``.
    """
    metrics = Metrics(namespace=NAMESPACE, service=name)

    def decorate(step: Step[Input]) -> Handler:
        @logger.inject_lambda_context(clear_state=True)
        @metrics.log_metrics(capture_cold_start_metric=True)
        def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
            job = model.model_validate(event)
            correlation.enter(job.request_id)
            logger.set_correlation_id(job.request_id or None)
            logger.append_keys(step=name, job_id=job.job_id, workflow=job.workflow, **job.arguments)
            answer = step(job, context)
            metrics.add_metric("Completed", MetricUnit.Count, 1)
            logger.info("step finished", extra={"answer": answer})
            return answer

        decorated: Handler = handler
        return decorated

    return decorate

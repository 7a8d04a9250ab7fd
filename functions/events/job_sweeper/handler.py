"""Scheduled function that restarts jobs whose request is recorded but which do not run."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.runtime.from_settings import configured_runtime
from shared.runtime.job_dispatch import JobDispatch
from shared.services.maintenance.job_sweep import JobSweep
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.runtime.aws import AwsPorts

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
logger: Final = Logger(service="job_sweeper", level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service="job_sweeper")


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(_: dict[str, Any], __: LambdaContext) -> dict[str, Any]:
    jobs = cast("AwsPorts", runtime.ports).jobs
    swept = JobSweep(runtime.documents, jobs, JobDispatch(runtime).give_up).sweep()
    jobs.start_workers()
    metrics.add_metric("JobsWaiting", MetricUnit.Count, swept.waiting)
    metrics.add_metric("JobsRestarted", MetricUnit.Count, swept.submitted)
    metrics.add_metric("JobsGivenUp", MetricUnit.Count, swept.given_up)
    logger.info("sweep finished", extra=asdict(swept))
    return asdict(swept)

"""Function that lists the store of an import, and makes batches of its files."""

import time
from typing import TYPE_CHECKING, Any, Final, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain import keys
from shared.domain.job import JobRequest
from shared.runtime.from_settings import configured_runtime
from shared.runtime.job_dispatch import JobDispatch
from shared.runtime.queued.jobs import QueuedJobs
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.runtime.aws import AwsPorts

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
jobs: Final = QueuedJobs(runtime.documents, JobDispatch(runtime))
logger: Final = Logger(service="import_listing", level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service="import_listing")

MARGIN_SECONDS: Final = 60.0
"""Time to end a page of the store and the transaction of a batch."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """List the stores of a batch of SQS messages. SQS delivers the batch again after an error.

    Raises: Unavailable.
    """
    for record in event["Records"]:
        list_store(record["body"], context)


def list_store(job_id: str, context: LambdaContext) -> None:
    """List a store, and send the job again if it is not listed to its end in the time of this call."""
    left = context.get_remaining_time_in_millis() / 1000
    deadline = time.monotonic() + left - MARGIN_SECONDS
    again = jobs.run(job_id, lambda: time.monotonic() >= deadline, hold_seconds=left)
    metrics.add_metric("ListingsEnded", MetricUnit.Count, int(again is None))
    if again is None:
        return
    request = runtime.documents.get(JobRequest, keys.job(job_id))
    if request is not None:
        cast("AwsPorts", runtime.ports).import_listings.send(request, again)
        logger.info("listing goes on later", extra={"job_id": job_id, "seconds": again})

"""Function that does due work, such as the delivery of an event to a webhook."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.due import Due
from shared.runtime.due_dispatch import DueDispatch
from shared.runtime.from_settings import configured_runtime
from shared.settings import Settings

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
dispatch: Final = DueDispatch(runtime)
logger: Final = Logger(service="due_work", level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service="due_work")

THREADS: Final = 10
"""The size of a batch: a receiver that hangs does not hold up the other deliveries of its batch."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Process a batch of SQS messages at once. SQS delivers only the failed ones again."""
    records = event["Records"]
    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(process_record, records))
    failed = [record["messageId"] for record, is_done in zip(records, done, strict=True) if not is_done]
    metrics.add_metric("WorkReceived", MetricUnit.Count, len(records))
    metrics.add_metric("WorkFailed", MetricUnit.Count, len(failed))
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def process_record(record: dict[str, Any]) -> bool:
    """Do the work that a message names. Return False if it failed; its due record then is still stored."""
    try:
        due = Due.model_validate_json(record["body"])
        dispatch.handle(due)
    except Exception:  # one failure must not end the work of the other threads
        logger.exception("due work failed", extra={"message_id": record["messageId"]})
        return False
    return True

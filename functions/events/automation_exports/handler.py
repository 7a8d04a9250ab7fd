"""Function that exports finished runs by the automations of their indexes."""

from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.events.event_batches import consume_batch
from shared.runtime.from_settings import configured_runtime
from shared.settings import Settings

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
logger: Final = Logger(service="automation_exports", level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service="automation_exports")


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Process a batch of SQS messages. SQS delivers only the failed ones again."""
    metrics.add_metric("EventsReceived", MetricUnit.Count, len(event["Records"]))
    return consume_batch(event, runtime.automations.run_exports, runtime.documents, logger)

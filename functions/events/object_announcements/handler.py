"""Function that tells import automations of new objects in the buckets that they watch."""

from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.events.object_created import ObjectCreated
from shared.runtime.from_settings import configured_runtime
from shared.settings import Settings

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
logger: Final = Logger(service="object_announcements", level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service="object_announcements")
processor: Final = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Process a batch. SQS delivers only the failed records again."""
    metrics.add_metric("ObjectsAnnounced", MetricUnit.Count, len(event["Records"]))
    return process_partial_response(event, process_record, processor, context)


def process_record(record: SQSRecord) -> None:
    """Record one object.

    Raises:
        Unavailable, VersionConflict: SQS delivers the event again.
        ValidationError: the record is no event of a new object.
    """
    detail = ObjectCreated.model_validate_json(record.body).detail
    watchers = runtime.automations.announcements.object_announced(detail.bucket.name, detail.file.key)
    logger.debug("object announced", extra={"bucket": detail.bucket.name, "watchers": watchers})

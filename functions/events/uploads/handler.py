"""A file has come to lie in the store: through an upload session, or put there by somebody."""

from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.events.object_created import ObjectCreated
from shared.domain import blob_keys
from shared.domain.errors import DomainError, Unavailable, WriteRejected
from shared.ports.dropped_files import DroppedFile
from shared.runtime.from_settings import configured_runtime
from shared.services.imports.dropped_files import DROP_PREFIX
from shared.settings import Settings

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
logger: Final = Logger(service="uploads", level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service="uploads")
processor: Final = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """What fails is announced again; the rest of the batch is done with."""
    metrics.add_metric("ObjectsAnnounced", MetricUnit.Count, len(event["Records"]))
    return process_partial_response(event, take, processor, context)


def take(record: SQSRecord) -> None:
    """Raises: Unavailable, WriteRejected, ValidationError."""
    created = ObjectCreated.model_validate_json(record.body)
    if created.detail.file.key.startswith(DROP_PREFIX):
        _take_dropped(created.detail.file.dropped(), created.time)
    else:
        _take_uploaded(created.detail.file.key)


def _take_dropped(file: DroppedFile, at: datetime) -> None:
    outcome, about = runtime.imports.dropped_files.import_file(file, at)
    logger.info("a file was dropped", extra={"key": file.key, "outcome": outcome.value, "about": about})
    metrics.add_metric(f"Dropped{outcome.value.capitalize()}", MetricUnit.Count, 1)


def _take_uploaded(key: str) -> None:
    """Files that came with a request lie there too; their imports were begun by the request."""
    place = blob_keys.import_of(key)
    if place is None:
        return
    try:
        job = runtime.imports.uploads.import_joined_file(*place)
    except (Unavailable, WriteRejected):  # the event is delivered again
        raise
    except DomainError as refusal:  # its index has gone, say: announcing it again changes nothing
        logger.warning("an upload cannot be imported", extra={"key": key, "code": refusal.code})
        return
    if job is not None:
        logger.info("an upload is being imported", extra={"import_job_id": job.job_id})

"""Import of files that arrive in S3: through an upload session, or dropped there directly."""

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
    """Process a batch. SQS delivers only the failed records again."""
    metrics.add_metric("ObjectsAnnounced", MetricUnit.Count, len(event["Records"]))
    return process_partial_response(event, process_record, processor, context)


def process_record(record: SQSRecord) -> None:
    """Start the import of one file.

    Raises:
        Unavailable: a store does not answer.
        WriteRejected: the record store rejects a write.
        ValidationError: the record is no event of a new object.
    """
    created = ObjectCreated.model_validate_json(record.body)
    if created.detail.file.key.startswith(DROP_PREFIX):
        _import_dropped_file(created.detail.file.dropped(), created.time)
    else:
        _import_uploaded_file(created.detail.file.key)


def _import_dropped_file(file: DroppedFile, at: datetime) -> None:
    outcome, about = runtime.imports.dropped_files.import_file(file, at)
    logger.info("file dropped", extra={"key": file.key, "outcome": outcome.value, "about": about})
    metrics.add_metric(f"Dropped{outcome.value.capitalize()}", MetricUnit.Count, 1)


def _import_uploaded_file(key: str) -> None:
    """Import the file of an upload session.

    Files from the body of a request have keys of the same kind. Their import started with the request.
    """
    tenant_and_job = blob_keys.import_of(key)
    if tenant_and_job is None:
        return
    try:
        job = runtime.imports.uploads.import_joined_file(*tenant_and_job)
    except (Unavailable, WriteRejected):  # SQS delivers the event again
        raise
    except DomainError as refusal:  # permanent, for example because the index no longer exists
        logger.warning("upload cannot be imported", extra={"key": key, "code": refusal.code})
        return
    if job is not None:
        logger.info("upload import started", extra={"import_job_id": job.job_id})

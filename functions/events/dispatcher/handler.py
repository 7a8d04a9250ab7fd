"""Function that the table's stream calls with new events. It publishes them to the consumers' topic."""

from typing import Any, Final, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.events.types import EventType
from shared.runtime.aws import AwsPorts
from shared.runtime.from_settings import configured_runtime
from shared.settings import Settings

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
logger: Final = Logger(service="dispatcher", level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service="dispatcher")


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Publish a batch. After an error Lambda calls again with the whole batch, or with half of it.

    Raises: Unavailable: SNS does not answer.
    """
    references = cast("AwsPorts", runtime.ports).event_dispatcher.dispatch(event["Records"])
    metrics.add_metric("EventsPublished", MetricUnit.Count, len(references))
    disabled = sum(reference.event_type == EventType.WEBHOOK_DISABLED for reference in references)
    metrics.add_metric("WebhooksDisabled", MetricUnit.Count, disabled)

"""Scheduled function that announces recorded work which is due within the next minutes."""

from dataclasses import asdict
from typing import Any, Final, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.runtime.aws import AwsPorts
from shared.runtime.from_settings import configured_runtime
from shared.services.maintenance.due_sweep import DueSweep
from shared.settings import Settings

settings: Final = Settings()
runtime: Final = configured_runtime(settings)
logger: Final = Logger(service="due_sweeper", level=settings.log_level.upper())
metrics: Final = Metrics(namespace="VideoVectorServer", service="due_sweeper")


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(_: dict[str, Any], __: LambdaContext) -> dict[str, Any]:
    """Announce due work once.

    Raises: Unavailable: a store does not answer. The next call finds the same work.
    """
    timer = cast("AwsPorts", runtime.ports).timer
    swept = DueSweep(runtime.documents, timer.announce_all).sweep()
    metrics.add_metric("WorkAnnounced", MetricUnit.Count, swept.announced)
    metrics.add_metric("WorkOverdue", MetricUnit.Count, swept.overdue)
    metrics.add_metric("OldestOverdueWork", MetricUnit.Seconds, swept.oldest_seconds)
    logger.info("sweep finished", extra=asdict(swept))
    return asdict(swept)

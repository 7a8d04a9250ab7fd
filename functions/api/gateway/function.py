"""A resource's routes behind API Gateway: parse, log context, one call, answer."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from fastapi import APIRouter
from mangum import Mangum
from mangum.types import LambdaContext

from functions.api.gateway import events as gateway_events
from functions.api.gateway.tracing import tracer
from shared.domain import correlation
from shared.domain.errors import DomainError, InvalidRequest
from shared.http.app import create_app
from shared.http.offload import InPlace
from shared.runtime import Runtime

NAMESPACE: Final = "VideoVectorServer"

_HEARD: Final = ("functions", "shared", "mangum")
_DESCRIPTION: Final = Path(__file__).parents[1] / "openapi.json"
"""Of the whole API, where ``layers.build`` put it: a function could describe its own routes only."""


def function_logger(service: str, level: str) -> Logger:
    """One line of JSON a record, also for what our own modules log through the standard library, and for the
    stack of a defect, which Mangum logs."""
    logger = Logger(service=service, level=level, use_rfc3339=True, utc=True)
    for name in _HEARD:
        heard = logging.getLogger(name)
        heard.handlers, heard.propagate = list(logger.handlers), False
        heard.setLevel(level)
    logging.getLogger("mangum").setLevel(logging.WARNING)  # it would log paths, and so ids
    return logger


class ApiFunction:
    """A Lambda handler. ``service`` names it in logs and metrics."""

    def __init__(self, service: str, router: APIRouter, runtime: Runtime) -> None:
        self.runtime = runtime
        app = create_app([router], runtime, offload=InPlace())
        if _DESCRIPTION.is_file():
            app.openapi = lambda: json.loads(_DESCRIPTION.read_bytes())  # type: ignore[method-assign]
        self._logger = function_logger(service, runtime.settings.log_level.upper())
        self._metrics = Metrics(namespace=NAMESPACE, service=service)
        self._gateway = Mangum(app, lifespan="off")
        self._is_cold = True
        self.tracer = tracer(service)
        self.__name__ = service

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        event = gateway_events.normalised(event)
        request_id = gateway_events.request_id(event)
        correlation.enter(request_id)
        if self.tracer is not None:
            self.tracer.put_annotation("request_id", request_id)
        self._logger.append_keys(
            correlation_id=request_id,
            gateway_request_id=gateway_events.gateway_request_id(event),
            function_request_id=context.aws_request_id,
        )
        try:
            gateway_events.check_size(event, self.runtime.settings.streaming_origin)
            response = self._gateway(dict(event), context)
            if gateway_events.is_too_long(response):
                raise InvalidRequest("limit", "the answer would be larger than 6 MB: ask for fewer")
        except DomainError as error:
            response = gateway_events.refusal(error, request_id)
        self._count(response["statusCode"])
        if self.tracer is not None:
            self.tracer.put_annotation("status", response["statusCode"])
        return response

    def _count(self, status: int) -> None:
        """Only what API Gateway and Lambda do not count by themselves: each metric is paid for."""
        if self._is_cold:
            self._is_cold = False
            self._metrics.add_metric("ColdStart", MetricUnit.Count, 1)
        if status >= 500:
            self._metrics.add_metric("ServerError", MetricUnit.Count, 1)
        elif status == 429:
            self._metrics.add_metric("Throttled", MetricUnit.Count, 1)
        if self._metrics.metric_set:
            self._metrics.flush_metrics()

"""The Lambda function that serves the routes of one resource behind API Gateway."""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from fastapi import APIRouter
from mangum import Mangum
from mangum.types import LambdaContext

from functions.api.gateway import events
from functions.api.gateway.tracing import tracer
from shared.domain import correlation
from shared.domain.errors import DomainError, InvalidRequest
from shared.http.app import create_app
from shared.http.offload import InPlace
from shared.runtime import Runtime

NAMESPACE: Final = "VideoVectorServer"

_JSON_LOGGERS: Final = ("functions", "shared", "mangum")
_OPENAPI_FILE: Final = Path(__file__).parents[1] / "openapi.json"
"""The description of the complete API. ``layers.build`` puts it here, because a function could generate the
description of its own routes only."""


def function_logger(service: str, level: str) -> Logger:
    """Create a logger that writes one JSON object for each line.

    The standard loggers of the product, and of Mangum, which logs the stack traces of defects, use its
    handlers too.
    """
    logger = Logger(service=service, level=level, use_rfc3339=True, utc=True)
    for name in _JSON_LOGGERS:
        json_logger = logging.getLogger(name)
        json_logger.handlers, json_logger.propagate = list(logger.handlers), False
        json_logger.setLevel(level)
    logging.getLogger("mangum").setLevel(logging.WARNING)  # at INFO it logs paths, which contain ids
    return logger


class ApiFunction:
    """A Lambda handler. ``service`` is its name in logs and metrics."""

    def __init__(
        self,
        service: str,
        routers: Sequence[APIRouter],
        runtime: Runtime,
        root_routers: Sequence[APIRouter] = (),
    ) -> None:
        self.runtime = runtime
        app = create_app(
            routers,
            runtime,
            root_routers=root_routers,
            offload=InPlace(),
            max_file_bytes=events.MAX_FILE_BYTES,
        )
        if _OPENAPI_FILE.is_file():
            app.openapi = lambda: json.loads(_OPENAPI_FILE.read_bytes())  # type: ignore[method-assign]
        self._logger = function_logger(service, runtime.settings.log_level.upper())
        self._metrics = Metrics(namespace=NAMESPACE, service=service)
        self._gateway = Mangum(app, lifespan="off")
        self._is_cold = True
        self.tracer = tracer(service)
        self.__name__ = service

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        event = events.normalised(event)
        request_id = events.request_id(event)
        correlation.enter(request_id)
        if self.tracer is not None:
            self.tracer.put_annotation("request_id", request_id)
        self._logger.append_keys(
            correlation_id=request_id,
            gateway_request_id=events.gateway_request_id(event),
            function_request_id=context.aws_request_id,
        )
        try:
            events.check_size(event, self.runtime.settings.streaming_origin)
            response = events.as_short_as_possible(self._gateway(dict(event), context))
            if events.is_too_long(response):
                raise InvalidRequest("limit", "the answer would be larger than 6 MB: request fewer")
        except DomainError as error:
            response = events.error_response(error, request_id)
        self._count(response["statusCode"])
        if self.tracer is not None:
            self.tracer.put_annotation("status", response["statusCode"])
        return response

    def _count(self, status: int) -> None:
        """Count cold starts, 5xx and 429, which AWS does not count. Each custom metric costs money."""
        if self._is_cold:
            self._is_cold = False
            self._metrics.add_metric("ColdStart", MetricUnit.Count, 1)
        if status >= 500:
            self._metrics.add_metric("ServerError", MetricUnit.Count, 1)
        elif status == 429:
            self._metrics.add_metric("Throttled", MetricUnit.Count, 1)
        if self._metrics.metric_set:
            self._metrics.flush_metrics()

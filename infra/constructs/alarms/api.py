"""Alarm and metrics of the HTTP API's responses."""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms.topic import Alarms, metric
from infra.names import Names

_MAX_FAILURES = 5
"""5xx responses in five minutes that raise no alarm."""


def add_api_alarms(names: Names, alarms: Alarms) -> list[cloudwatch.Metric]:
    """Add the alarm. Returns the metrics of all requests, 4xx responses and 5xx responses.

    The metrics are API Gateway's, because only API Gateway counts every failure. Lambda does not count a
    response with status 500 or 503 as an error, and a function's own metrics miss requests that Lambda
    throttles or terminates. The metric names are those of HTTP APIs, which differ from those of REST APIs
    ("Monitor CloudWatch metrics for HTTP APIs in API Gateway").
    """
    requests, refused, failed = (
        metric("AWS/ApiGateway", name, "Sum", ApiId=names.exported("ApiId"))
        for name in ("Count", "4xx", "5xx")
    )
    alarms.add(
        "api-errors",
        failed,
        f"The API answered with 5xx. The log group /aws/vendedlogs/apigateway/{names.of('api')} "
        "has the routes and request ids.",
        threshold=_MAX_FAILURES,
    )
    return [requests, refused, failed]

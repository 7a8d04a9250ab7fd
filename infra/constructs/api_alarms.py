"""What is watched of the HTTP API: the answers that callers got, whoever made them."""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms import Alarms, metric
from infra.names import Names

_MOST_FAILURES = 5
"""In five minutes."""


def watch_api(names: Names, alarms: Alarms) -> list[cloudwatch.Metric]:
    """Adds the alarm; returns requests, refused and failed ones.

    A function that answers 500 or 503 has not failed in the eyes of Lambda, and one that Lambda turns away
    or ends never counted it: only the gateway sees them all. Its names for them are those of HTTP APIs, not
    those of REST APIs ("Monitor CloudWatch metrics for HTTP APIs in API Gateway").
    """
    requests, refused, failed = (
        metric("AWS/ApiGateway", name, "Sum", ApiId=names.exported("ApiId"))
        for name in ("Count", "4xx", "5xx")
    )
    alarms.add(
        "api-errors",
        failed,
        f"The API failed to answer: /aws/vendedlogs/apigateway/{names.of('api')} names routes and requests.",
        threshold=_MOST_FAILURES,
    )
    return [requests, refused, failed]

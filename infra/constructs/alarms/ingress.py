"""Alarms and metrics of the streaming ingress."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms.topic import PERIOD, Alarms, metric
from infra.constructs.ingress_service import slots_used
from infra.containers import INGRESS_TITLE
from infra.names import Names

_BALANCER: Final = "AWS/ApplicationELB"
_MAX_ERRORS: Final = 5
_FULL_PERCENT: Final = 90


def add_ingress_alarms(names: Names, alarms: Alarms) -> dict[str, Sequence[cloudwatch.IMetric]]:
    """Add the alarms. Returns dashboard graphs by title: an even number, to fill rows of two."""
    balancer, targets = names.exported("IngressBalancer"), names.exported("IngressTargets")

    def of_balancer(name: str) -> cloudwatch.Metric:
        return metric(_BALANCER, name, "Sum", LoadBalancer=balancer)

    def of_targets(name: str, statistic: str) -> cloudwatch.Metric:
        return metric(_BALANCER, name, statistic, LoadBalancer=balancer, TargetGroup=targets)

    answered, refused = of_balancer("HTTPCode_Target_5XX_Count"), of_balancer("HTTPCode_ELB_5XX_Count")
    unhealthy, healthy = (
        of_targets("UnHealthyHostCount", "Maximum"),
        of_targets("HealthyHostCount", "Minimum"),
    )
    alarms.add(
        f"{INGRESS_TITLE}-errors",
        answered,
        "The streaming ingress answered uploads with 5xx. A 503 means that no slot was free. See its log.",
        threshold=_MAX_ERRORS,
    )
    alarms.add(
        f"{INGRESS_TITLE}-unreachable",
        refused,
        "The load balancer had no healthy container for an upload, or lost the connection to one.",
        threshold=_MAX_ERRORS,
    )
    alarms.add(
        f"{INGRESS_TITLE}-unhealthy",
        unhealthy,
        "A container of the streaming ingress fails its health check.",
        periods=2,
    )
    alarms.add(
        f"{INGRESS_TITLE}-tasks",
        healthy,
        "Fewer healthy containers than the size's minimum accept uploads.",
        threshold=names.configuration.sizing.ingress_tasks,
        periods=2,
        below=True,
        missing=cloudwatch.TreatMissingData.BREACHING,  # without targets, the load balancer emits no metric
    )
    alarms.add(
        f"{INGRESS_TITLE}-full",
        slots_used(names).with_(period=PERIOD, statistic="Maximum"),
        f"More than {_FULL_PERCENT} % of the upload slots are in use. When none is free, uploads get 503.",
        threshold=_FULL_PERCENT,
        periods=3,
    )
    processor = metric(
        "AWS/ECS",
        "CPUUtilization",
        "Average",
        ClusterName=names.of(INGRESS_TITLE),
        ServiceName=names.of(INGRESS_TITLE),
    )
    return {
        "Streaming ingress: upload slots in use, CPU (%)": [slots_used(names), processor],
        "Streaming ingress: errors, healthy containers": [answered, refused, healthy],
    }

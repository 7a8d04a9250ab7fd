"""What is watched of the streaming ingress, where it is chosen."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms import PERIOD, Alarms, metric
from infra.constructs.upload_service import slots_used
from infra.functions import INGRESS_TITLE
from infra.names import Names

_BALANCER: Final = "AWS/ApplicationELB"
_MOST_ERRORS: Final = 5
_FULL_PERCENT: Final = 90


def watch_ingress(names: Names, alarms: Alarms) -> dict[str, Sequence[cloudwatch.IMetric]]:
    """Adds the alarms; returns graphs for the dashboard, by title: an even number of them."""
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
    why = "The streaming ingress answered uploads with errors; 503 is for want of a free place. See its log."
    alarms.add(f"{INGRESS_TITLE}-errors", answered, why, threshold=_MOST_ERRORS)
    alarms.add(
        f"{INGRESS_TITLE}-unreachable",
        refused,
        "The load balancer found no container that takes uploads, or lost one at work.",
        threshold=_MOST_ERRORS,
    )
    alarms.add(
        f"{INGRESS_TITLE}-unhealthy",
        unhealthy,
        "A container of the streaming ingress does not answer.",
        periods=2,
    )
    alarms.add(
        f"{INGRESS_TITLE}-tasks",
        healthy,
        "Fewer containers take uploads than always should.",
        threshold=names.configuration.sizing.ingress_tasks,
        periods=2,
        below=True,
        missing=cloudwatch.TreatMissingData.BREACHING,  # nothing is counted where nothing is there
    )
    alarms.add(
        f"{INGRESS_TITLE}-full",
        slots_used(names).with_(period=PERIOD, statistic="Maximum"),
        "Places for uploads run out: uploads are asked to come back.",
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
        "Streaming ingress: places taken, processor (%)": [slots_used(names), processor],
        "Streaming ingress: errors, containers": [answered, refused, healthy],
    }

"""Log groups of resources other than the product's functions."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct


def one_month_log_group(scope: Construct, title: str, name: str) -> logs.LogGroup:
    """Create a log group that keeps events for a month and is deleted with its stack."""
    return logs.LogGroup(
        scope,
        title,
        log_group_name=name,
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=RemovalPolicy.DESTROY,
    )

"""Where things that are no functions of ours write their logs."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct


def month_log(scope: Construct, title: str, name: str) -> logs.LogGroup:
    """Kept for a month, and gone with its stack."""
    return logs.LogGroup(
        scope,
        title,
        log_group_name=name,
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=RemovalPolicy.DESTROY,
    )

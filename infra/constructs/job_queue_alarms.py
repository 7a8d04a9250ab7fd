"""What Batch tells of its queue: jobs that failed, and a queue that is stuck."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.alarms import Alarms, metric
from infra.constructs.month_log import month_log
from infra.names import Names


def watch_job_queue(scope: Construct, names: Names, alarms: Alarms) -> cloudwatch.Metric:
    """Batch counts nothing by itself, but announces each job that fails and a queue that is stuck. Adds the
    alarm; returns what it looks at.

    Matched events are counted for all rules together, so a rule's own metric is how often it was triggered
    ("Monitoring Amazon EventBridge").
    """
    rule = names.of("batch-trouble")
    log = month_log(scope, "BatchEvents", f"/aws/events/{names.of('batch')}")
    _let_rule_write(scope, names, rule, log)
    events.CfnRule(
        scope,
        "BatchTrouble",
        name=rule,
        description="Jobs that failed for good, and a job at the head of the queue that cannot start.",
        event_pattern={
            "source": ["aws.batch"],
            "$or": [
                {
                    "detail-type": ["Batch Job State Change"],
                    "detail": {"jobQueue": [names.job_queue_arn], "status": ["FAILED"]},
                },
                {
                    "detail-type": ["Batch Job Queue Blocked"],
                    "detail": {"jobQueue": [names.job_queue_arn]},
                },
            ],
        },
        targets=[
            # Without the ``:*`` that CloudFormation ends a log group's ARN with.
            events.CfnRule.TargetProperty(id="Log", arn=names.arn("logs", f"log-group:{log.log_group_name}"))
        ],
    )
    seen = metric("AWS/Events", "TriggeredRules", "Sum", RuleName=rule)
    alarms.add(
        "job-queue",
        seen,
        f"A Batch job failed, or none can start: see the log group {log.log_group_name}.",
    )
    return seen


def _let_rule_write(scope: Construct, names: Names, rule: str, log: logs.LogGroup) -> None:
    """EventBridge opens a stream without saying for which rule, and names the rule when it writes: with a
    condition on both, nothing is ever written.

    Source: CloudWatch Logs permissions in "Using resource-based policies for Amazon EventBridge".
    """
    conditions: dict[str, dict[str, dict[str, str]]] = {
        "logs:CreateLogStream": {},
        "logs:PutLogEvents": {"ArnEquals": {"aws:SourceArn": names.arn("events", f"rule/{rule}")}},
    }
    logs.ResourcePolicy(
        scope,
        "BatchEventsPolicy",
        resource_policy_name=names.of("batch-events"),
        policy_statements=[
            iam.PolicyStatement(
                principals=[
                    iam.ServicePrincipal(f"{service}.amazonaws.com")
                    for service in ("events", "delivery.logs")
                ],
                actions=[action],
                resources=[log.log_group_arn],
                conditions=condition,
            )
            for action, condition in conditions.items()
        ],
    )

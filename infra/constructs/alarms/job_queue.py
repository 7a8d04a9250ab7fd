"""Alarm on AWS Batch: failed jobs and a blocked job queue."""

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.alarms.topic import Alarms, metric
from infra.constructs.log_group import one_month_log_group
from infra.constructs.queues import allow_rule_to_send, dead_letter_queue
from infra.names import Names

BATCH_DEAD_LETTERS: Final = "batch-dead-letters"


def add_job_queue_alarms(scope: Construct, names: Names, alarms: Alarms) -> cloudwatch.Metric:
    """Add the alarm and the EventBridge rule behind it. Returns the alarm's metric.

    Batch emits no metrics, but sends an event for each failed job and for a blocked queue. EventBridge counts
    matched events for all rules together, so the alarm uses the rule's ``TriggeredRules`` metric ("Monitoring
    Amazon EventBridge").
    """
    rule = names.of("batch-trouble")
    log = one_month_log_group(scope, "BatchEvents", f"/aws/events/{names.of('batch')}")
    _allow_rule_to_write(scope, names, rule, log)
    dead_letters = dead_letter_queue(scope, names, BATCH_DEAD_LETTERS)
    allow_rule_to_send(dead_letters, names, rule)
    events.CfnRule(
        scope,
        "BatchTrouble",
        name=rule,
        description="Batch jobs that failed after all retries, and a blocked job queue.",
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
            # A target's ARN must not have the suffix ``:*`` of CloudFormation's log group ARNs.
            events.CfnRule.TargetProperty(
                id="Log",
                arn=names.arn("logs", f"log-group:{log.log_group_name}"),
                dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=dead_letters.queue_arn),
            )
        ],
    )
    seen = metric("AWS/Events", "TriggeredRules", "Sum", RuleName=rule)
    alarms.add(
        "job-queue",
        seen,
        f"A Batch job failed, or the job queue is blocked. See the log group {log.log_group_name}.",
    )
    return seen


def _allow_rule_to_write(scope: Construct, names: Names, rule: str, log: logs.LogGroup) -> None:
    """Allow EventBridge to write the rule's events to the log group.

    EventBridge sends the rule's ARN only with ``PutLogEvents``, not with ``CreateLogStream``. With a
    condition on both actions, it cannot create a log stream and writes nothing.

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

"""SQS queues for events, and their dead-letter queues."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.acknowledgments import acknowledge
from infra.names import Names

_RETENTION_DAYS = 14
"""The longest period that SQS supports."""


def event_queue(
    scope: Construct,
    names: Names,
    title: str,
    *,
    visibility_timeout: Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    """Create a queue that SQS encrypts with its own key, so that EventBridge needs no KMS grant.

    Without ``dead_letter_queue`` it is a dead-letter queue itself; the observability stack must have an alarm
    on its messages.
    """
    queue = sqs.Queue(
        scope,
        title.title().replace("-", ""),
        queue_name=names.of(title),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(_RETENTION_DAYS),
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
    )
    if dead_letter_queue is None:
        acknowledge(queue, SQS3="The queue is itself a dead-letter queue.")
    return queue


def allow_rule_to_send(queue: sqs.Queue, names: Names, rule: str) -> None:
    """Allow EventBridge to send the events that it could not deliver for ``rule``.

    Source: "Granting permissions to the dead-letter queue" in Amazon EventBridge's user guide. The CDK's own
    targets add the same statement.
    """
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="UndeliveredEvents",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": names.arn("events", f"rule/{rule}")}},
        )
    )

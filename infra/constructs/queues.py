"""SQS queues for events, and their dead-letter queues."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.acknowledgments import acknowledge
from infra.constructs.function import ProductFunction
from infra.names import Names

_RETENTION_DAYS = 14
"""The longest period that SQS supports."""


_MAX_RECEIVES = 5


def dead_letter_queue(scope: Construct, names: Names, title: str) -> sqs.Queue:
    """Create a queue of failed messages. The observability stack must have an alarm on its messages."""
    queue = _queue(scope, names, title)
    acknowledge(queue, SQS3="The queue is itself a dead-letter queue.")
    return queue


def work_queue(
    scope: Construct,
    names: Names,
    title: str,
    dead_letters: sqs.Queue,
    *,
    hidden: Duration,
    max_receives: int = _MAX_RECEIVES,
) -> sqs.Queue:
    """Create a queue of messages to work on. A message is hidden for ``hidden`` after each receive, and goes
    to ``dead_letters`` after the last."""
    failed = sqs.DeadLetterQueue(max_receive_count=max_receives, queue=dead_letters)
    return _queue(scope, names, title, visibility_timeout=hidden, dead_letter_queue=failed)


def invoke_for_messages(
    function: ProductFunction, queue: sqs.Queue, *, batch_size: int, max_concurrency: int
) -> None:
    """Let the messages of a queue invoke a function, which reports those that failed."""
    function.function.add_event_source(
        sources.SqsEventSource(
            queue,
            batch_size=batch_size,
            report_batch_item_failures=True,
            max_concurrency=max_concurrency,
        )
    )


def _queue(
    scope: Construct,
    names: Names,
    title: str,
    *,
    visibility_timeout: Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    """Create a queue that SQS encrypts with its own key, so that EventBridge needs no KMS grant."""
    return sqs.Queue(
        scope,
        title.title().replace("-", ""),
        queue_name=names.of(title),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(_RETENTION_DAYS),
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
    )


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

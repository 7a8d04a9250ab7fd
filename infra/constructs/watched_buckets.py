"""Events of the buckets that import automations watch: a rule, a queue, and the function that takes them."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.constructs.function import ProductFunction
from infra.constructs.queues import dead_letter_queue, invoke_for_messages, work_queue
from infra.function_limits import ANNOUNCEMENT_TIMEOUT_SECONDS, ANNOUNCEMENTS_AT_ONCE
from infra.names import Names

ANNOUNCED_OBJECTS: Final = "announced-objects"
ANNOUNCED_OBJECTS_DEAD_LETTERS: Final = "announced-objects-dead-letters"

_OBJECTS_PER_CALL: Final = 10


def watched_buckets(scope: Construct, names: Names, announcements: ProductFunction) -> None:
    """Let the new objects of the operator's buckets invoke ``announcements``.

    EventBridge gets an event only if the bucket's owner has turned its notifications on.
    """
    dead_letters = dead_letter_queue(scope, names, ANNOUNCED_OBJECTS_DEAD_LETTERS)
    hidden = Duration.seconds(6 * ANNOUNCEMENT_TIMEOUT_SECONDS)
    queue = work_queue(scope, names, ANNOUNCED_OBJECTS, dead_letters, hidden=hidden)
    invoke_for_messages(
        announcements, queue, batch_size=_OBJECTS_PER_CALL, max_concurrency=ANNOUNCEMENTS_AT_ONCE
    )
    if buckets := names.configuration.watched_bucket_list:
        rule = events.Rule(
            scope,
            "ObjectAnnounced",
            rule_name=names.of("object-announced"),
            description="New objects in buckets that import automations watch.",
            event_pattern=events.EventPattern(
                source=["aws.s3"], detail_type=["Object Created"], detail={"bucket": {"name": buckets}}
            ),
        )
        rule.add_target(targets.SqsQueue(queue, dead_letter_queue=dead_letters))

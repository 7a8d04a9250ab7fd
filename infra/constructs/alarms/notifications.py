"""Alarms on the event feed, due work and webhooks: nothing waits unnoticed."""

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms.topic import Alarms, metric
from infra.constructs.event_feed import ENDED_IMPORTS, EXPORT_AUTOMATIONS, FINISHED_RUNS, WEBHOOK_EVENTS
from infra.constructs.watched_buckets import ANNOUNCED_OBJECTS
from infra.environment import METRICS_NAMESPACE
from infra.functions import DISPATCHER, DUE_SWEEPER
from infra.names import DUE_WORK_QUEUE, Names

_OLDEST_EVENT_SECONDS: Final = 300
_OLDEST_FINISHED_RUN_SECONDS: Final = 1800
"""A check that fails is repeated after 12 minutes."""

_OLDEST_AUTOMATION_EVENT_SECONDS: Final = 900
_OLDEST_ANNOUNCED_OBJECT_SECONDS: Final = 900

_OLDEST_QUEUED_WORK_SECONDS: Final = 1800
"""A message may wait for its time for 15 minutes."""

_OLDEST_OVERDUE_SECONDS: Final = 900


def add_notification_alarms(names: Names, alarms: Alarms) -> list[cloudwatch.Metric]:
    """Add the alarms; return the metrics of waiting events and work, in seconds."""
    waiting = [
        _add_stream_alarm(names, alarms),
        _add_queue_alarm(names, alarms, WEBHOOK_EVENTS, _OLDEST_EVENT_SECONDS),
        _add_queue_alarm(names, alarms, FINISHED_RUNS, _OLDEST_FINISHED_RUN_SECONDS),
        _add_queue_alarm(names, alarms, ENDED_IMPORTS, _OLDEST_AUTOMATION_EVENT_SECONDS),
        _add_queue_alarm(names, alarms, EXPORT_AUTOMATIONS, _OLDEST_AUTOMATION_EVENT_SECONDS),
        _add_queue_alarm(names, alarms, ANNOUNCED_OBJECTS, _OLDEST_ANNOUNCED_OBJECT_SECONDS),
        _add_queue_alarm(names, alarms, DUE_WORK_QUEUE, _OLDEST_QUEUED_WORK_SECONDS),
        _add_overdue_alarm(alarms),
    ]
    alarms.add(
        "webhooks-disabled",
        metric(METRICS_NAMESPACE, "WebhooksDisabled", "Sum", service=DISPATCHER.name),
        "A webhook was disabled because its receiver failed for days. GET /webhooks shows the reason.",
    )
    return waiting


def _add_stream_alarm(names: Names, alarms: Alarms) -> cloudwatch.Metric:
    """Add the alarm on the age of the oldest event that the dispatcher has not published.

    Lambda publishes the metric in milliseconds.
    """
    age = metric("AWS/Lambda", "IteratorAge", "Maximum", FunctionName=names.of(DISPATCHER.title))
    alarms.add(
        "events-waiting",
        age,
        "An event has not been dispatched to its consumers for five minutes.",
        threshold=_OLDEST_EVENT_SECONDS * 1000,
    )
    return age


def _add_queue_alarm(names: Names, alarms: Alarms, queue: str, seconds: int) -> cloudwatch.Metric:
    age = metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName=names.of(queue))
    alarms.add(
        f"{queue}-waiting",
        age,
        f"A message has waited in the queue {names.of(queue)} for {seconds // 60} minutes.",
        threshold=seconds,
    )
    return age


def _add_overdue_alarm(alarms: Alarms) -> cloudwatch.Metric:
    age = metric(METRICS_NAMESPACE, "OldestOverdueWork", "Maximum", service=DUE_SWEEPER.name)
    alarms.add(
        "due-work-overdue",
        age,
        "Due work, such as a delivery to a webhook, has been overdue for 15 minutes.",
        threshold=_OLDEST_OVERDUE_SECONDS,
        periods=2,
    )
    return age

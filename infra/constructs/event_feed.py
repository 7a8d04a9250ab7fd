"""The event feed: the table's stream, the dispatcher, the topic, and a queue for each consumer."""

import json
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.acknowledgments import grant_statements
from infra.constructs.function import ProductFunction
from infra.constructs.queues import dead_letter_queue, invoke_for_messages, work_queue
from infra.function_limits import (
    ALERTS_AT_ONCE,
    ALERTS_TIMEOUT_SECONDS,
    AUTOMATION_EXPORTS_AT_ONCE,
    AUTOMATION_EXPORTS_TIMEOUT_SECONDS,
    AUTOMATION_RUNS_AT_ONCE,
    AUTOMATION_RUNS_TIMEOUT_SECONDS,
    FAN_OUT_TIMEOUT_SECONDS,
)
from infra.names import EVENT_TOPIC, Names

EVENTS_DEAD_LETTERS: Final = "events-dead-letters"
WEBHOOK_EVENTS: Final = "webhook-events"
WEBHOOK_EVENTS_DEAD_LETTERS: Final = "webhook-events-dead-letters"
FINISHED_RUNS: Final = "finished-runs"
FINISHED_RUNS_DEAD_LETTERS: Final = "finished-runs-dead-letters"
ENDED_IMPORTS: Final = "ended-imports"
ENDED_IMPORTS_DEAD_LETTERS: Final = "ended-imports-dead-letters"
EXPORT_AUTOMATIONS: Final = "export-automations"
EXPORT_AUTOMATIONS_DEAD_LETTERS: Final = "export-automations-dead-letters"

_NEW_EVENTS: Final = {
    "eventName": ["INSERT"],
    "dynamodb": {"Keys": {"partition": {"S": [{"suffix": "#events"}]}}},
}
"""Filter of the stream's records that tell of a new event. ``shared.domain.keys`` defines the partition.

Source: "Filter rule syntax", AWS Lambda developer guide.
"""

_BATCH: Final = 100
_MAX_AGE: Final = Duration.hours(12)
"""The dispatcher fails while SNS does not answer. After this time the stream goes on without the records; the
dead-letter queue then names their place in the stream, which keeps them for 12 hours more."""

_NOT_FOR_WEBHOOKS: Final = [
    "media.updated",
    "segment.processed",
    "segment.retried",
    "deletion.started",
    "deletion.completed",
    "connector.created",
    "connector.updated",
    "connector.tested",
    "connector.deleted",
    "webhook.disabled",
]
"""Types of events that no webhook can subscribe to (``shared.domain.events.catalogue``). The topic keeps them
from the queue of the fan-out: a run has one ``segment.processed`` for each segment."""

_ENDS_OF_RUNS: Final = ["prompt_run.completed", "prompt_run.partial_completed", "prompt_run.cancelled"]
"""Types of events that saved searches are checked for (``shared.services.alerts.run_alerts``), and that
export automations follow."""

_ENDS_OF_IMPORTS: Final = ["import_job.completed", "import_job.partial_completed", "import_job.failed"]
"""Types of events that runs of automations follow (``shared.services.automations.import_runs``)."""

_ENDS_OF_EXPORTS: Final = ["export.ready", "export.failed"]
"""Types of events that export automations note (``shared.services.automations.run_exports``), beside
``_ENDS_OF_RUNS``."""

_EVENTS_PER_CALL: Final = 10
_MAX_RECEIVES: Final = 5


class EventFeed(Construct):
    """The topic of events, to which the dispatcher publishes."""

    def __init__(self, scope: Construct, names: Names, dispatcher: ProductFunction) -> None:
        super().__init__(scope, "EventFeed")
        self._names = names
        self._topic = sns.Topic(
            self,
            "Topic",
            topic_name=names.of(EVENT_TOPIC),
            enforce_ssl=True,
            master_key=kms.Key.from_key_arn(self, "Key", names.key_arn),
        )
        self._follow_stream(dispatcher)

    def add_webhooks(self, fan_out: ProductFunction) -> None:
        """Add the consumer that turns events into deliveries to webhooks."""
        self._add_consumer(
            fan_out,
            WEBHOOK_EVENTS,
            WEBHOOK_EVENTS_DEAD_LETTERS,
            sns.SubscriptionFilter.string_filter(denylist=_NOT_FOR_WEBHOOKS),
            timeout_seconds=FAN_OUT_TIMEOUT_SECONDS,
            batch_size=_EVENTS_PER_CALL,
            max_concurrency=self._names.configuration.sizing.notification_functions,
        )

    def add_saved_searches(self, alerts: ProductFunction) -> None:
        """Add the consumer that checks finished runs against saved searches, one run a call."""
        self._add_consumer(
            alerts,
            FINISHED_RUNS,
            FINISHED_RUNS_DEAD_LETTERS,
            sns.SubscriptionFilter.string_filter(allowlist=_ENDS_OF_RUNS),
            timeout_seconds=ALERTS_TIMEOUT_SECONDS,
            batch_size=1,
            max_concurrency=ALERTS_AT_ONCE,
        )

    def add_automations(self, runs: ProductFunction) -> None:
        """Add the consumer that starts a run after each import of an automation."""
        self._add_consumer(
            runs,
            ENDED_IMPORTS,
            ENDED_IMPORTS_DEAD_LETTERS,
            sns.SubscriptionFilter.string_filter(allowlist=_ENDS_OF_IMPORTS),
            timeout_seconds=AUTOMATION_RUNS_TIMEOUT_SECONDS,
            batch_size=_EVENTS_PER_CALL,
            max_concurrency=AUTOMATION_RUNS_AT_ONCE,
        )

    def add_export_automations(self, exports: ProductFunction) -> None:
        """Add the consumer that exports finished runs, and notes how the exports end."""
        self._add_consumer(
            exports,
            EXPORT_AUTOMATIONS,
            EXPORT_AUTOMATIONS_DEAD_LETTERS,
            sns.SubscriptionFilter.string_filter(allowlist=[*_ENDS_OF_RUNS, *_ENDS_OF_EXPORTS]),
            timeout_seconds=AUTOMATION_EXPORTS_TIMEOUT_SECONDS,
            batch_size=_EVENTS_PER_CALL,
            max_concurrency=AUTOMATION_EXPORTS_AT_ONCE,
        )

    def _add_consumer(
        self,
        consumer: ProductFunction,
        title: str,
        dead_letters_title: str,
        event_types: sns.SubscriptionFilter,
        *,
        timeout_seconds: int,
        batch_size: int,
        max_concurrency: int,
    ) -> None:
        """Subscribe a queue to events of some types, and let it call the consumer's function."""
        dead_letters = dead_letter_queue(self, self._names, dead_letters_title)
        hidden = Duration.seconds(6 * timeout_seconds)
        queue = work_queue(self, self._names, title, dead_letters, hidden=hidden)
        self._topic.add_subscription(
            subscriptions.SqsSubscription(
                queue,
                raw_message_delivery=True,
                dead_letter_queue=dead_letters,
                filter_policy={"event_type": event_types},
            )
        )
        invoke_for_messages(consumer, queue, batch_size=batch_size, max_concurrency=max_concurrency)

    def _follow_stream(self, dispatcher: ProductFunction) -> None:
        """Invoke the dispatcher for new events.

        A batch that fails is halved and tried again until it is too old.
        """
        dead_letters = dead_letter_queue(self, self._names, EVENTS_DEAD_LETTERS)
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "Stream",
            event_source_arn=self._names.event_stream,
            function_name=dispatcher.function.function_name,
            starting_position="TRIM_HORIZON",
            batch_size=_BATCH,
            bisect_batch_on_function_error=True,
            maximum_record_age_in_seconds=_MAX_AGE.to_seconds(),
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(_NEW_EVENTS))]
            ),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=dead_letters.queue_arn)
            ),
        )
        statement = {
            "Sid": "KeepFailedEvents",
            "Effect": "Allow",
            "Action": ["sqs:SendMessage"],
            "Resource": [self._names.arn("sqs", self._names.of(EVENTS_DEAD_LETTERS))],
        }
        grant_statements(dispatcher.role, [statement])
        mapping.node.add_dependency(dispatcher.role)

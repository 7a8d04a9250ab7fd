"""Processing stack: workflows, their step functions, the event feed, due work, and the triggers of all."""

from aws_cdk import Duration, Environment, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.configuration import Configuration, SearchEngine
from infra.constructs.acknowledgments import grant_statements
from infra.constructs.due_work import SWEEP_MINUTES, due_work_queue
from infra.constructs.event_feed import EventFeed
from infra.constructs.function import Packages, ProductFunction
from infra.constructs.import_queues import import_queues
from infra.constructs.job_state_machine import JobStateMachine
from infra.constructs.queues import dead_letter_queue, invoke_for_messages, work_queue
from infra.constructs.search.data_access import grant_document_access
from infra.constructs.watched_buckets import watched_buckets
from infra.function_limits import UPLOADS_AT_ONCE, UPLOADS_TIMEOUT_SECONDS
from infra.functions import (
    AUTOMATION_EXPORTS,
    AUTOMATION_RUNS,
    DISPATCHER,
    DUE_SWEEPER,
    DUE_WORK,
    IMPORT_LISTING,
    JOB_SWEEPER,
    OBJECT_ANNOUNCEMENTS,
    SAVED_SEARCH_ALERTS,
    STEPS,
    UPLOADS,
    WEBHOOK_FAN_OUT,
    FunctionSpec,
)
from infra.names import WORKFLOWS, Names
from infra.stacks.data import DROP_PREFIX, IMPORTS_PREFIX

UPLOADS_QUEUE = "uploads"
UPLOADS_DEAD_LETTERS = "uploads-dead-letters"
SWEEPS_DEAD_LETTERS = "sweeps-dead-letters"

_SWEEP_MINUTES = 5
_SWEEP_RETRIES = 2
_UPLOAD_BATCH_SIZE = 10


class ProcessingStack(Stack):
    """State machines and their triggers.

    The stack can be deployed without Batch, because it refers to the job queue and job definition only by
    name.
    """

    def __init__(self, scope: Construct, configuration: Configuration) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-processing",
            description="Workflows of VideoVector Server.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
        )
        self._configuration = configuration
        self._names = Names(configuration)
        self._packages = Packages(self, configuration)
        steps = {spec.name: self._function(spec) for spec in STEPS}
        for workflow in WORKFLOWS:
            JobStateMachine(self, workflow, self._names, {name: step.target for name, step in steps.items()})
        self._import_uploads(self._function(UPLOADS))
        import_queues(self, self._names, self._function(IMPORT_LISTING))
        sweeps = dead_letter_queue(self, self._names, SWEEPS_DEAD_LETTERS)
        self._schedule(
            self._function(JOB_SWEEPER),
            sweeps,
            "Sweep",
            "sweep-jobs",
            "Runs the sweeper, which starts recorded jobs that were never started.",
            _SWEEP_MINUTES,
        )
        alerts = self._function(SAVED_SEARCH_ALERTS)
        self._notify(sweeps, alerts)
        if configuration.search_engine is SearchEngine.SERVERLESS:
            searching = [(steps[spec.name].role, spec.capabilities) for spec in STEPS]
            searching.append((alerts.role, SAVED_SEARCH_ALERTS.capabilities))
            grant_document_access(self, self._names, searching)

    def _function(self, spec: FunctionSpec) -> ProductFunction:
        return ProductFunction(self._packages, spec, self._names)

    def _import_uploads(self, function: ProductFunction) -> None:
        """Invoke the function for each uploaded object, through a queue that keeps failed events for days."""
        dead_letters = dead_letter_queue(self, self._names, UPLOADS_DEAD_LETTERS)
        hidden = Duration.seconds(6 * UPLOADS_TIMEOUT_SECONDS)
        queue = work_queue(self, self._names, UPLOADS_QUEUE, dead_letters, hidden=hidden)
        rule = events.Rule(
            self,
            "ObjectCreated",
            rule_name=self._names.of("object-created"),
            description="Uploaded files in the media bucket, to be imported.",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self._names.bucket]},
                    "object": {"key": [{"prefix": DROP_PREFIX}, {"prefix": IMPORTS_PREFIX}]},
                },
            ),
        )
        rule.add_target(targets.SqsQueue(queue, dead_letter_queue=dead_letters))
        invoke_for_messages(function, queue, batch_size=_UPLOAD_BATCH_SIZE, max_concurrency=UPLOADS_AT_ONCE)

    def _notify(self, sweeps: sqs.Queue, alerts: ProductFunction) -> None:
        """Carry events to their consumers, and do the due work that these record."""
        feed = EventFeed(self, self._names, self._function(DISPATCHER))
        feed.add_webhooks(self._function(WEBHOOK_FAN_OUT))
        feed.add_saved_searches(alerts)
        feed.add_automations(self._function(AUTOMATION_RUNS))
        feed.add_export_automations(self._function(AUTOMATION_EXPORTS))
        watched_buckets(self, self._names, self._function(OBJECT_ANNOUNCEMENTS))
        due_work_queue(self, self._names, self._function(DUE_WORK))
        self._schedule(
            self._function(DUE_SWEEPER),
            sweeps,
            "DueSweep",
            "sweep-due-work",
            "Runs the sweeper of due work, which announces recorded work in time.",
            SWEEP_MINUTES,
        )

    def _schedule(
        self,
        function: ProductFunction,
        dead_letters: sqs.Queue,
        title: str,
        rule_name: str,
        description: str,
        minutes: int,
    ) -> None:
        """Run a sweeper on a schedule.

        A sweeper finds recorded work that did not start, because the process died in between. EventBridge
        sends an event that it cannot deliver to the dead-letter queue, and Lambda an event for which the
        function failed.
        """
        rule = events.Rule(
            self,
            title,
            rule_name=self._names.of(rule_name),
            description=description,
            schedule=events.Schedule.rate(Duration.minutes(minutes)),
        )
        rule.add_target(
            targets.LambdaFunction(
                function.function,
                dead_letter_queue=dead_letters,
                max_event_age=Duration.minutes(minutes),
                retry_attempts=0,
            )
        )
        self._keep_failed_events(function, dead_letters, minutes)

    def _keep_failed_events(self, function: ProductFunction, dead_letters: sqs.Queue, minutes: int) -> None:
        """Send an event to ``dead_letters`` if the function fails for it, after Lambda's two retries."""
        on_failure = lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=dead_letters.queue_arn)
        lambda_.CfnEventInvokeConfig(
            function,
            "FailedEvents",
            function_name=function.function.function_name,
            qualifier="$LATEST",
            maximum_event_age_in_seconds=Duration.minutes(minutes).to_seconds(),
            maximum_retry_attempts=_SWEEP_RETRIES,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(on_failure=on_failure),
        ).node.add_dependency(function.role)
        statement = {
            "Sid": "KeepFailedEvents",
            "Effect": "Allow",
            "Action": ["sqs:SendMessage"],
            "Resource": [self._names.arn("sqs", self._names.of(SWEEPS_DEAD_LETTERS))],
        }
        grant_statements(function.role, [statement])

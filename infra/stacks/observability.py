"""Observability stack: the dashboard and the alarms of every component."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.alarms.api import add_api_alarms
from infra.constructs.alarms.ingress import add_ingress_alarms
from infra.constructs.alarms.job_queue import BATCH_DEAD_LETTERS, add_job_queue_alarms
from infra.constructs.alarms.notifications import add_notification_alarms
from infra.constructs.alarms.search import add_search_alarms
from infra.constructs.alarms.topic import Alarms, metric
from infra.constructs.due_work import DUE_WORK_DEAD_LETTERS
from infra.constructs.edge import CHECK_TITLE
from infra.constructs.event_feed import (
    ENDED_IMPORTS_DEAD_LETTERS,
    EVENTS_DEAD_LETTERS,
    EXPORT_AUTOMATIONS_DEAD_LETTERS,
    FINISHED_RUNS_DEAD_LETTERS,
    WEBHOOK_EVENTS_DEAD_LETTERS,
)
from infra.constructs.import_queues import IMPORT_BATCHES_DEAD_LETTERS, IMPORT_LISTINGS_DEAD_LETTERS
from infra.constructs.watched_buckets import ANNOUNCED_OBJECTS_DEAD_LETTERS
from infra.functions import API, FUNCTIONS, MODELS, FunctionSpec
from infra.names import IMPORT_BATCHES_QUEUE, IMPORT_LISTINGS_QUEUE, WORKFLOWS, Names
from infra.stacks.processing import SWEEPS_DEAD_LETTERS, UPLOADS_DEAD_LETTERS, UPLOADS_QUEUE

_DEAD_LETTER_QUEUES = (
    UPLOADS_DEAD_LETTERS,
    SWEEPS_DEAD_LETTERS,
    IMPORT_BATCHES_DEAD_LETTERS,
    IMPORT_LISTINGS_DEAD_LETTERS,
    BATCH_DEAD_LETTERS,
    EVENTS_DEAD_LETTERS,
    WEBHOOK_EVENTS_DEAD_LETTERS,
    FINISHED_RUNS_DEAD_LETTERS,
    ENDED_IMPORTS_DEAD_LETTERS,
    EXPORT_AUTOMATIONS_DEAD_LETTERS,
    ANNOUNCED_OBJECTS_DEAD_LETTERS,
    DUE_WORK_DEAD_LETTERS,
)
_OLDEST_MESSAGES = {
    UPLOADS_QUEUE: (3600, "The import of an uploaded file has not started within an hour."),
    IMPORT_LISTINGS_QUEUE: (3600, "A store of an import has not been listed within an hour."),
    IMPORT_BATCHES_QUEUE: (24 * 3600, "A job of the workers has waited for one of them for a day."),
}
"""Queue, seconds of its oldest message without an alarm, and the alarm's description. A large import waits
for hours."""
_SLOW_API_MILLISECONDS = 10_000
_FUNCTION_ERRORS = {API: 5, MODELS: 5}
"""Errors in five minutes that raise no alarm, by kind of function. It is 0 for the other kinds, which are
retried until they succeed or their failure is reported."""


class ObservabilityStack(Stack):
    """Alarms, their topic, and the dashboard."""

    def __init__(self, scope: Construct, configuration: Configuration) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-observability",
            description="Dashboard and alarms of VideoVector Server.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
        )
        self._names = Names(configuration)
        self._performance_alarms = configuration.sizing.performance_alarms
        self._alarms = Alarms(self, self._names)
        self._ingress_graphs = (
            add_ingress_alarms(self._names, self._alarms) if configuration.has_streaming_ingress else {}
        )
        self._api_metrics = add_api_alarms(self._names, self._alarms)
        functions = [self._add_function_alarms(spec) for spec in FUNCTIONS]
        if configuration.has_web_firewall:
            functions.append(self._add_origin_check_alarm())
        queues = self._add_queue_alarms()
        self._waiting = add_notification_alarms(self._names, self._alarms)
        workflows = [self._add_workflow_alarms(name) for name in WORKFLOWS]
        batch = add_job_queue_alarms(self, self._names, self._alarms)
        search = add_search_alarms(self._alarms, self._names)
        self._add_dashboard(functions, queues, workflows, batch, search)
        CfnOutput(self, "AlarmTopic", value=self._alarms.topic.topic_arn)

    def _add_function_alarms(self, spec: FunctionSpec) -> cloudwatch.Metric:
        name = self._names.of(spec.title)

        def measured(of: str, statistic: str = "Sum") -> cloudwatch.Metric:
            return metric("AWS/Lambda", of, statistic, FunctionName=name)

        errors = measured("Errors")
        self._alarms.add(
            f"{spec.title}-errors",
            errors,
            f"The function {name} failed. Its log has the error.",
            threshold=_FUNCTION_ERRORS.get(spec.kind, 0),
        )
        if self._performance_alarms:
            self._alarms.add(
                f"{spec.title}-throttles",
                measured("Throttles"),
                f"Lambda throttled {name}: the account's concurrency limit was reached.",
            )
        if self._performance_alarms and spec.kind == API:
            self._alarms.add(
                f"{spec.title}-slow",
                measured("Duration", "p99"),
                f"The p99 duration of {name} exceeds ten seconds.",
                threshold=_SLOW_API_MILLISECONDS,
                periods=3,
            )
        return errors

    def _add_origin_check_alarm(self) -> cloudwatch.Metric:
        name = self._names.of(CHECK_TITLE)
        errors = metric("AWS/Lambda", "Errors", "Sum", FunctionName=name)
        self._alarms.add(
            f"{CHECK_TITLE}-errors",
            errors,
            f"The authorizer {name} failed. The API rejects requests from CloudFront.",
        )
        return errors

    def _add_queue_alarms(self) -> list[cloudwatch.Metric]:
        def measured(of: str, title: str) -> cloudwatch.Metric:
            return metric("AWS/SQS", of, "Maximum", QueueName=self._names.of(title))

        ages = []
        for title, (seconds, description) in _OLDEST_MESSAGES.items():
            age = measured("ApproximateAgeOfOldestMessage", title)
            self._alarms.add(f"{title}-waiting", age, description, threshold=seconds)
            ages.append(age)
        dead = [measured("ApproximateNumberOfMessagesVisible", title) for title in _DEAD_LETTER_QUEUES]
        for title, visible in zip(_DEAD_LETTER_QUEUES, dead, strict=True):
            self._alarms.add(title, visible, f"The dead-letter queue {self._names.of(title)} has messages.")
        return [*ages, *dead]

    def _add_workflow_alarms(self, workflow: str) -> cloudwatch.Metric:
        arn = self._names.state_machine_arn(workflow)
        title = workflow.replace("_", "-")

        def measured(of: str) -> cloudwatch.Metric:
            return metric("AWS/States", of, "Sum", StateMachineArn=arn)

        failed = measured("ExecutionsFailed")
        self._alarms.add(
            f"{title}-failed",
            failed,
            f"An execution of the workflow {workflow} failed. The execution has the error.",
        )
        if self._performance_alarms:
            self._alarms.add(
                f"{title}-timed-out",
                measured("ExecutionsTimedOut"),
                f"An execution of the workflow {workflow} timed out. The sweeper starts its job again.",
            )
        return failed

    def _add_dashboard(
        self,
        functions: Sequence[cloudwatch.Metric],
        queues: Sequence[cloudwatch.Metric],
        workflows: Sequence[cloudwatch.Metric],
        batch: cloudwatch.Metric,
        search: Sequence[cloudwatch.Metric],
    ) -> None:
        started = [
            metric(
                "AWS/States", "ExecutionsStarted", "Sum", StateMachineArn=self._names.state_machine_arn(each)
            )
            for each in WORKFLOWS
        ]
        calls = [
            metric("AWS/Lambda", "Invocations", "Sum", FunctionName=self._names.of(spec.title))
            for spec in FUNCTIONS
        ]
        durations = [
            metric("AWS/Lambda", "Duration", "p99", FunctionName=self._names.of(spec.title))
            for spec in FUNCTIONS
            if spec.kind == API
        ]
        table = [
            metric("AWS/DynamoDB", name, "Sum", TableName=self._names.table)
            for name in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
        ]
        graphs: dict[str, Sequence[cloudwatch.IMetric]] = {
            "API requests: all, 4xx, 5xx": self._api_metrics,
            "Function invocations": calls,
            "Function errors": functions,
            "API function duration (p99, ms)": durations,
            "Workflow executions started": started,
            "Workflow executions failed": workflows,
            "Queues": queues,
            "Oldest waiting event and due work": self._waiting,
            "Batch: failed jobs, blocked queue": [batch],
            "Records table: consumed capacity": table,
            **self._ingress_graphs,
        }
        if search:
            graphs["Search engine"] = list(search)
        titles = list(graphs)
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=self._names.of("overview"),
            widgets=[
                [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=self._alarms.all, width=24)],
                *[
                    [cloudwatch.GraphWidget(title=title, left=list(graphs[title]), width=12) for title in row]
                    for row in (titles[start : start + 2] for start in range(0, len(titles), 2))
                ],
            ],
        )

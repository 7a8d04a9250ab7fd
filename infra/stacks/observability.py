"""Dashboard and alarms, over everything that can fail."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.alarms import Alarms, metric
from infra.constructs.api_alarms import watch_api
from infra.constructs.edge import CHECK_TITLE
from infra.constructs.ingress_alarms import watch_ingress
from infra.constructs.job_queue_alarms import watch_job_queue
from infra.constructs.search_alarms import search_alarms
from infra.functions import API, FUNCTIONS, MODELS, FunctionSpec
from infra.names import WORKFLOWS, Names
from infra.stacks.processing import SWEEPS_DEAD_LETTERS, UPLOADS_DEAD_LETTERS, UPLOADS_QUEUE

_OLDEST_UPLOAD_SECONDS = 3600
_SLOW_API_MILLISECONDS = 10_000
_FUNCTION_ERRORS = {API: 5, MODELS: 5}
"""In five minutes; by kind, 0 for all others, which are tried again until they succeed or are told."""


class ObservabilityStack(Stack):
    def __init__(self, scope: Construct, configuration: Configuration) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-observability",
            description="Dashboard and alarms of VideoVector Server.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
        )
        self._names = Names(configuration)
        self._every = configuration.sizing.every_alarm
        self._alarms = Alarms(self, self._names)
        self._graphs_by_choice = (
            watch_ingress(self._names, self._alarms) if configuration.has_streaming_ingress else {}
        )
        self._answers = watch_api(self._names, self._alarms)
        functions = [self._function(spec) for spec in FUNCTIONS]
        if configuration.has_web_firewall:
            functions.append(self._origin_check())
        queues = self._queues()
        workflows = [self._workflow(name) for name in WORKFLOWS]
        batch = watch_job_queue(self, self._names, self._alarms)
        search = search_alarms(self._alarms, self._names)
        self._dashboard(functions, queues, workflows, batch, search)
        CfnOutput(self, "AlarmTopic", value=self._alarms.topic.topic_arn)

    def _function(self, spec: FunctionSpec) -> cloudwatch.Metric:
        name = self._names.of(spec.title)

        def measured(of: str, statistic: str = "Sum") -> cloudwatch.Metric:
            return metric("AWS/Lambda", of, statistic, FunctionName=name)

        errors = measured("Errors")
        self._alarms.add(
            f"{spec.title}-errors",
            errors,
            f"{name} ended without an answer. Its log says why.",
            threshold=_FUNCTION_ERRORS.get(spec.kind, 0),
        )
        if self._every:
            self._alarms.add(
                f"{spec.title}-throttles",
                measured("Throttles"),
                f"{name} was called more often at a time than the account's concurrency lets it run.",
            )
        if self._every and spec.kind == API:
            self._alarms.add(
                f"{spec.title}-slow",
                measured("Duration", "p99"),
                f"One answer of {name} in a hundred takes longer than ten seconds.",
                threshold=_SLOW_API_MILLISECONDS,
                periods=3,
            )
        return errors

    def _origin_check(self) -> cloudwatch.Metric:
        name = self._names.of(CHECK_TITLE)
        errors = metric("AWS/Lambda", "Errors", "Sum", FunctionName=name)
        self._alarms.add(
            f"{CHECK_TITLE}-errors", errors, f"{name} failed: what comes through CloudFront is turned away."
        )
        return errors

    def _queues(self) -> list[cloudwatch.Metric]:
        def measured(of: str, title: str) -> cloudwatch.Metric:
            return metric("AWS/SQS", of, "Maximum", QueueName=self._names.of(title))

        age = measured("ApproximateAgeOfOldestMessage", UPLOADS_QUEUE)
        self._alarms.add(
            f"{UPLOADS_QUEUE}-waiting",
            age,
            "A file that arrived an hour ago is not being imported yet.",
            threshold=_OLDEST_UPLOAD_SECONDS,
        )
        dead = [
            measured("ApproximateNumberOfMessagesVisible", title)
            for title in (UPLOADS_DEAD_LETTERS, SWEEPS_DEAD_LETTERS)
        ]
        for title, visible in zip((UPLOADS_DEAD_LETTERS, SWEEPS_DEAD_LETTERS), dead, strict=True):
            self._alarms.add(title, visible, "Something could not be handled, and was put aside here.")
        return [age, *dead]

    def _workflow(self, workflow: str) -> cloudwatch.Metric:
        arn = self._names.state_machine_arn(workflow)
        title = workflow.replace("_", "-")

        def measured(of: str) -> cloudwatch.Metric:
            return metric("AWS/States", of, "Sum", StateMachineArn=arn)

        failed = measured("ExecutionsFailed")
        self._alarms.add(
            f"{title}-failed", failed, f"A workflow {workflow} was given up. Its execution names the reason."
        )
        if self._every:
            self._alarms.add(
                f"{title}-timed-out",
                measured("ExecutionsTimedOut"),
                f"A workflow {workflow} took too long and was ended; the sweeper starts its job again.",
            )
        return failed

    def _dashboard(
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
        waits = [
            metric("AWS/Lambda", "Duration", "p99", FunctionName=self._names.of(spec.title))
            for spec in FUNCTIONS
            if spec.kind == API
        ]
        table = [
            metric("AWS/DynamoDB", name, "Sum", TableName=self._names.table)
            for name in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
        ]
        graphs: dict[str, Sequence[cloudwatch.IMetric]] = {
            "Requests: all, refused (4xx), failed (5xx)": self._answers,
            "Calls of functions": calls,
            "Errors of functions": functions,
            "Slowest answers of the API (p99, ms)": waits,
            "Workflows started": started,
            "Workflows given up": workflows,
            "Queues": queues,
            "Batch: jobs failed or stuck": [batch],
            "Records: capacity": table,
            **self._graphs_by_choice,
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

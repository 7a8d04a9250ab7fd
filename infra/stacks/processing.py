"""The workflows, the functions they call, and what starts them by itself."""

from aws_cdk import Duration, Environment, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.configuration import Configuration, SearchEngine
from infra.constructs.acknowledged import acknowledge
from infra.constructs.function import Packages, ProductFunction
from infra.constructs.search_collection import allow_documents
from infra.constructs.workflow import JobStateMachine
from infra.functions import JOB_SWEEPER, STEPS, UPLOADS, UPLOADS_TIMEOUT_SECONDS, FunctionSpec
from infra.names import WORKFLOWS, Names
from infra.stacks.data import DROP_PREFIX, IMPORTS_PREFIX

UPLOADS_QUEUE = "uploads"
UPLOADS_DEAD_LETTERS = "uploads-dead-letters"
SWEEPS_DEAD_LETTERS = "sweeps-dead-letters"

_SWEEP_MINUTES = 5
_TRIES = 5
_BATCH_OF_UPLOADS = 10


class ProcessingStack(Stack):
    """Deploys where there is no Batch: its queue and its definition of jobs are known by name alone."""

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
        self._take_in_uploads(self._function(UPLOADS))
        self._sweep(self._function(JOB_SWEEPER))
        if configuration.search_engine is SearchEngine.SERVERLESS:
            allow_documents(self, self._names, [(steps[s.name].role, s.capabilities) for s in STEPS])

    def _function(self, spec: FunctionSpec) -> ProductFunction:
        return ProductFunction(self._packages, spec, self._names)

    def _take_in_uploads(self, function: ProductFunction) -> None:
        """Through a queue, which keeps an upload for days where it cannot be worked on."""
        queue = self._queue(
            UPLOADS_QUEUE,
            visibility_timeout=Duration.seconds(6 * UPLOADS_TIMEOUT_SECONDS),
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=_TRIES, queue=self._queue(UPLOADS_DEAD_LETTERS)
            ),
        )
        rule = events.Rule(
            self,
            "ObjectCreated",
            rule_name=self._names.of("object-created"),
            description="Files that arrived in the media bucket, to be imported.",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self._names.bucket]},
                    "object": {"key": [{"prefix": DROP_PREFIX}, {"prefix": IMPORTS_PREFIX}]},
                },
            ),
        )
        rule.add_target(targets.SqsQueue(queue))
        function.function.add_event_source(
            sources.SqsEventSource(
                queue,
                batch_size=_BATCH_OF_UPLOADS,
                report_batch_item_failures=True,
                max_concurrency=10,
            )
        )

    def _sweep(self, function: ProductFunction) -> None:
        """Jobs that were written and never started, because a process died between the two."""
        dead_letters = self._queue(SWEEPS_DEAD_LETTERS)
        rule = events.Rule(
            self,
            "Sweep",
            rule_name=self._names.of("sweep-jobs"),
            description="Starts jobs that were left lying.",
            schedule=events.Schedule.rate(Duration.minutes(_SWEEP_MINUTES)),
        )
        rule.add_target(
            targets.LambdaFunction(
                function.function,
                dead_letter_queue=dead_letters,
                max_event_age=Duration.minutes(_SWEEP_MINUTES),
                retry_attempts=0,
            )
        )

    def _queue(
        self,
        title: str,
        visibility_timeout: Duration | None = None,
        dead_letter_queue: sqs.DeadLetterQueue | None = None,
    ) -> sqs.Queue:
        """Encrypted with the queue service's own key: EventBridge can then write without a grant."""
        queue = sqs.Queue(
            self,
            title.title().replace("-", ""),
            queue_name=self._names.of(title),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            visibility_timeout=visibility_timeout,
            dead_letter_queue=dead_letter_queue,
        )
        if dead_letter_queue is None:
            acknowledge(queue, SQS3="It is itself where messages go that could not be handled.")
        return queue

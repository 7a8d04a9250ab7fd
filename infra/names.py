"""Resource names and ARNs, derived from the configuration alone.

Stacks refer to each other's resources by these names. A stack can therefore be deployed before the resources
that it names exist: the state machines, for example, where there is no Batch.
"""

from dataclasses import dataclass

from aws_cdk import Aws, Fn

from infra.configuration import Configuration, SearchEngine, Worker
from infra.functions import QUERY_EMBEDDING
from infra.permissions import Targets

WORKFLOWS = ("ingest", "prompt_run", "segment_retry", "deletion")
SEARCH_INDEX_PREFIX = "videovector"
SNAPSHOT_ALIAS = "live"
EVENT_TOPIC = "events"
DUE_WORK_QUEUE = "due-work"
IMPORT_BATCHES_QUEUE = "import-batches"
IMPORT_LISTINGS_QUEUE = "import-listings"
CONNECTOR_ROLE_PREFIX = "videovector-connector-"
"""Start of the names of the roles that users may name in connectors. The deployment's own roles have other
names."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names and ARNs of one deployment's resources."""

    configuration: Configuration

    def of(self, title: str) -> str:
        """Prefix ``title`` with the deployment's name."""
        return f"{self.configuration.name}-{title}"

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{Aws.PARTITION}:{service}:{self.configuration.region}:{Aws.ACCOUNT_ID}:{resource}"

    def exported(self, name: str) -> str:
        """Return the value that another stack exports under ``name``."""
        return str(Fn.import_value(self.of(name)))

    @property
    def table(self) -> str:
        return self.exported("RecordsTable")

    @property
    def bucket(self) -> str:
        return self.exported("MediaBucket")

    @property
    def media_origin(self) -> str:
        """Origin of signed links of the media bucket, which pages upload to and play from."""
        return f"https://{self.bucket}.s3.{self.configuration.region}.{Aws.URL_SUFFIX}"

    @property
    def key_arn(self) -> str:
        return self.exported("EncryptionKey")

    @property
    def token_issuer(self) -> str:
        return self.configuration.oidc_issuer or self.exported("TokenIssuer")

    @property
    def token_audience(self) -> str:
        return self.configuration.oidc_audience or self.exported("TokenAudience")

    @property
    def secrets_prefix(self) -> str:
        """Prefix of secret names, which includes the KMS key's id.

        A secret outlives its deployment. The next deployment has another key and could not decrypt it.
        """
        return f"{self.configuration.name}/{self.exported('EncryptionKeyId')}"

    @property
    def search_endpoint(self) -> str:
        return self.configuration.search_endpoint or self.exported("SearchEndpoint")

    @property
    def search_service(self) -> str:
        """Service name that search requests are signed for (Signature Version 4)."""
        services = {
            SearchEngine.DOMAIN: "es",
            SearchEngine.SERVERLESS: "aoss",
            SearchEngine.EXTERNAL: "none",
        }
        return services[self.configuration.search_engine]

    def state_machine_arn(self, workflow: str) -> str:
        return self.arn("states", f"stateMachine:{self.state_machine(workflow)}")

    def state_machine(self, workflow: str) -> str:
        return self.of(workflow.replace("_", "-"))

    @property
    def query_embedding_arn(self) -> str:
        return self.arn("lambda", f"function:{self.query_embedding}")

    @property
    def query_embedding(self) -> str:
        """Name of the query embedding function. With SnapStart it ends with the alias of the newest
        version."""
        name = self.of(QUERY_EMBEDDING.title)
        return f"{name}:{SNAPSHOT_ALIAS}" if self.configuration.has_snapshots else name

    @property
    def event_stream(self) -> str:
        """ARN of the table's stream."""
        return self.exported("RecordsStream")

    @property
    def event_topic_arn(self) -> str:
        return self.arn("sns", self.of(EVENT_TOPIC))

    @property
    def due_work_queue_url(self) -> str:
        return self._queue_url(DUE_WORK_QUEUE)

    @property
    def import_batches_queue_url(self) -> str:
        return self._queue_url(IMPORT_BATCHES_QUEUE)

    @property
    def import_listings_queue_url(self) -> str:
        return self._queue_url(IMPORT_LISTINGS_QUEUE)

    def _queue_url(self, title: str) -> str:
        region = self.configuration.region
        return f"https://sqs.{region}.{Aws.URL_SUFFIX}/{Aws.ACCOUNT_ID}/{self.of(title)}"

    @property
    def job_queue_arn(self) -> str:
        return self.arn("batch", f"job-queue/{self.job_queue}")

    @property
    def job_queue(self) -> str:
        """Name of the job queue, which depends on the kind of worker.

        Batch cannot move a queue between Fargate and EC2, so a change of the worker replaces the queue.
        """
        return self.of("worker-gpu" if self.configuration.worker is Worker.GPU else "worker")

    @property
    def job_definition(self) -> str:
        return self.of("worker")

    def targets(self) -> Targets:
        """Return the ARNs that permissions are granted on."""
        machines = {workflow: self.state_machine_arn(workflow) for workflow in WORKFLOWS}
        return Targets(
            region=self.configuration.region,
            table=self.arn("dynamodb", f"table/{self.table}"),
            bucket=f"arn:{Aws.PARTITION}:s3:::{self.bucket}",
            key=self.key_arn,
            secrets=self.arn("secretsmanager", f"secret:{self.secrets_prefix}/"),
            state_machines=machines,
            executions={
                workflow: self.arn("states", f"execution:{self.state_machine(workflow)}:*")
                for workflow in WORKFLOWS
            },
            event_stream=self.event_stream,
            event_topic=self.event_topic_arn,
            due_work=self.arn("sqs", self.of(DUE_WORK_QUEUE)),
            import_batches=self.arn("sqs", self.of(IMPORT_BATCHES_QUEUE)),
            import_listings=self.arn("sqs", self.of(IMPORT_LISTINGS_QUEUE)),
            connector_roles=f"arn:{Aws.PARTITION}:iam::*:role/{CONNECTOR_ROLE_PREFIX}*",
            query_embedding=self.query_embedding_arn,
            llm_key=self.configuration.llm_api_key_secret,
            search=None if self.search_service == "none" else self.exported("SearchArn"),
            search_service=self.search_service,
            search_indexes=SEARCH_INDEX_PREFIX,
        )

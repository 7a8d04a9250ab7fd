"""Names and ARNs that follow from the configuration alone.

Stacks find each other's resources by them, so that none has to be there for another one to be
deployed: the state machines, for one, where there is no Batch.
"""

from dataclasses import dataclass

from aws_cdk import Aws, Fn

from infra.configuration import Configuration, SearchEngine, Worker
from infra.functions import QUERY_EMBEDDING
from infra.permissions import Targets

WORKFLOWS = ("ingest", "prompt_run", "segment_retry", "deletion")
SEARCH_INDEX_PREFIX = "videovector"
SNAPSHOT_ALIAS = "live"


@dataclass(frozen=True, slots=True)
class Names:
    configuration: Configuration

    def of(self, title: str) -> str:
        return f"{self.configuration.name}-{title}"

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{Aws.PARTITION}:{service}:{self.configuration.region}:{Aws.ACCOUNT_ID}:{resource}"

    def exported(self, name: str) -> str:
        """What the stack of the data exports under ``name``."""
        return str(Fn.import_value(self.of(name)))

    @property
    def table(self) -> str:
        return self.exported("RecordsTable")

    @property
    def bucket(self) -> str:
        return self.exported("MediaBucket")

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
        """With the key's id: a secret outlives its deployment, and the next one has another key, with which
        it could not be read."""
        return f"{self.configuration.name}/{self.exported('EncryptionKeyId')}"

    @property
    def search_endpoint(self) -> str:
        return self.configuration.search_endpoint or self.exported("SearchEndpoint")

    @property
    def search_service(self) -> str:
        """Which service requests are signed for."""
        of_engine = {
            SearchEngine.DOMAIN: "es",
            SearchEngine.SERVERLESS: "aoss",
            SearchEngine.EXTERNAL: "none",
        }
        return of_engine[self.configuration.search_engine]

    def state_machine_arn(self, workflow: str) -> str:
        return self.arn("states", f"stateMachine:{self.state_machine(workflow)}")

    def state_machine(self, workflow: str) -> str:
        return self.of(workflow.replace("_", "-"))

    @property
    def query_embedding_arn(self) -> str:
        return self.arn("lambda", f"function:{self.query_embedding}")

    @property
    def query_embedding(self) -> str:
        """The function; where it starts from snapshots, the alias of the newest one."""
        name = self.of(QUERY_EMBEDDING.title)
        return f"{name}:{SNAPSHOT_ALIAS}" if self.configuration.has_snapshots else name

    @property
    def job_queue_arn(self) -> str:
        return self.arn("batch", f"job-queue/{self.job_queue}")

    @property
    def job_queue(self) -> str:
        """By kind: Batch does not move a queue between Fargate and machines, so a change makes another."""
        return self.of("worker-gpu" if self.configuration.worker is Worker.GPU else "worker")

    @property
    def job_definition(self) -> str:
        return self.of("worker")

    def targets(self) -> Targets:
        """What permissions are given on."""
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
            query_embedding=self.query_embedding_arn,
            llm_key=self.configuration.llm_api_key_secret,
            search=None if self.search_service == "none" else self.exported("SearchArn"),
            search_service=self.search_service,
            search_indexes=SEARCH_INDEX_PREFIX,
        )

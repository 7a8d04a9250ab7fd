"""Inputs of the workflow steps. README.md in this folder is the contract."""

from pydantic import BaseModel, Field

from shared.domain.job import JobRequest, Workflow
from shared.services.runs.pipeline.shard import Shard


class Job(BaseModel):
    """The input of an execution. ``arguments`` are ids only."""

    job_id: str
    workflow: Workflow
    arguments: dict[str, str]
    request_id: str = ""

    @property
    def tenant_id(self) -> str:
        return self.arguments["tenant_id"]

    @property
    def run_id(self) -> str:
        return self.arguments["run_id"]

    def request(self) -> JobRequest:
        """Return the job request for the services. They do not read the counters of the record."""
        return JobRequest(
            job_id=self.job_id,
            workflow=self.workflow,
            arguments=self.arguments,
            requested_at="",
            request_id=self.request_id,
        )


class StateError(BaseModel):
    """The error of a failed state: ``$states.errorOutput`` of a ``Catch``."""

    name: str = Field("", alias="Error")
    cause: str = Field("", alias="Cause")


class FailedJob(Job):
    """A job whose workflow failed."""

    error: StateError = Field(default_factory=StateError)


class ShardOfJob(Job):
    """A job and one shard of its run."""

    number: int = Field(alias="shard")
    count: int = Field(alias="shards")

    @property
    def shard(self) -> Shard:
        return Shard(self.number, self.count)


class FailedShard(ShardOfJob):
    """A shard whose worker failed."""

    error: StateError = Field(default_factory=StateError)

"""Compute stack: the Batch queue and workers for imports and prompt runs.

Batch has its own stack so that the other stacks can be deployed where Batch is not available.
"""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Environment, Stack
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.configuration import Configuration, SearchEngine, Worker
from infra.constructs.acknowledgments import grant_statements
from infra.constructs.log_group import one_month_log_group
from infra.constructs.network import network
from infra.constructs.search.data_access import grant_document_access
from infra.constructs.worker.compute_environments import fargate_environments, gpu_environments
from infra.constructs.worker.job_definition import worker_job_definition
from infra.containers import WORKER_CAPABILITIES
from infra.names import Names
from infra.permissions import statements, weights_statements

_CIDR: Final = "10.20.0.0/16"


class ComputeStack(Stack):
    """Network, compute environments, queue and job definition of the workers."""

    def __init__(self, scope: Construct, configuration: Configuration) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-compute",
            description="Batch workers of VideoVector Server.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
        )
        self._configuration = configuration
        self._names = Names(configuration)
        vpc = network(self, self._names, "workers", _CIDR)
        log = one_month_log_group(self, "WorkerLog", f"/aws/batch/{self._names.of('worker')}")
        create_environments = gpu_environments if configuration.worker is Worker.GPU else fargate_environments
        group = self._security_group(vpc)
        role = self._role()
        worker_job_definition(self, configuration, self._names, role, log)
        environments = create_environments(self, configuration, vpc, group)
        _delete_before_internet_gateway(environments, vpc)
        batch.JobQueue(
            self,
            "Queue",
            job_queue_name=self._names.job_queue,
            priority=1,
            compute_environments=[
                batch.OrderedComputeEnvironment(compute_environment=environment, order=order)
                for order, environment in enumerate(environments, start=1)
            ],
        )
        if configuration.search_engine is SearchEngine.SERVERLESS:
            grant_document_access(self, self._names, [(role, WORKER_CAPABILITIES)])

    def _security_group(self, vpc: ec2.Vpc) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self,
            "Workers",
            vpc=vpc,
            description="Workers: out to AWS and to the media addresses that users name, and nothing in.",
            allow_all_outbound=True,
        )

    def _role(self) -> iam.Role:
        role = iam.Role(
            self,
            "WorkerRole",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
            description="Permissions of the worker.",
        )
        grant_statements(role, statements(WORKER_CAPABILITIES, self._names.targets()))
        if location := self._configuration.weights_location:
            grant_statements(role, weights_statements(location, self.partition))
        return role


def _delete_before_internet_gateway(environments: Sequence[batch.IComputeEnvironment], vpc: ec2.Vpc) -> None:
    """Make CloudFormation delete the environments before the internet gateway when the stack is deleted.

    An internet gateway cannot be detached while workers have public addresses.
    """
    internet_route = vpc.select_subnets(subnet_type=ec2.SubnetType.PUBLIC).internet_connectivity_established
    for environment in environments:
        environment.node.add_dependency(internet_route)

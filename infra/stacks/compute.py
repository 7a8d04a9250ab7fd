"""Batch: the queue and the container that imports and prompt runs are worked on in.

A stack of its own, so that everything else deploys where Batch does not exist.
"""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Environment, Stack
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.configuration import Configuration, SearchEngine, Worker
from infra.constructs.acknowledged import grant
from infra.constructs.machines import with_gpu, without_servers
from infra.constructs.month_log import month_log
from infra.constructs.network import network
from infra.constructs.search_collection import allow_documents
from infra.constructs.worker_container import worker_job
from infra.functions import WORKER_CAPABILITIES
from infra.names import Names
from infra.permissions import statements, weights_statements

_CIDR: Final = "10.20.0.0/16"


class ComputeStack(Stack):
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
        log = month_log(self, "WorkerLog", f"/aws/batch/{self._names.of('worker')}")
        make = with_gpu if configuration.worker is Worker.GPU else without_servers
        group = self._security_group(vpc)
        role = self._role()
        worker_job(self, configuration, self._names, role, log)
        environments = make(self, configuration, vpc, group)
        _end_before_the_way_out(environments, vpc)
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
            allow_documents(self, self._names, [(role, WORKER_CAPABILITIES)])

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
            description="What the worker may do.",
        )
        grant(role, statements(WORKER_CAPABILITIES, self._names.targets()))
        if location := self._configuration.weights_location:
            grant(role, weights_statements(location, self.partition))
        return role


def _end_before_the_way_out(environments: Sequence[batch.IComputeEnvironment], vpc: ec2.Vpc) -> None:
    """When the stack is deleted: a gateway is not detached while workers have addresses behind it."""
    way_out = vpc.select_subnets(subnet_type=ec2.SubnetType.PUBLIC).internet_connectivity_established
    for environment in environments:
        environment.node.add_dependency(way_out)

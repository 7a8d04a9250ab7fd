"""Batch compute environments. They have capacity only while there are jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from aws_cdk import aws_batch as batch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.acknowledgments import acknowledge
from infra.constructs.worker.metadata_block import metadata_block

_ROOT_DEVICE: Final = "/dev/xvda"

_PUBLIC: Final = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)


@dataclass(frozen=True, slots=True)
class _Capacity:
    """One kind of capacity and the limit of vCPUs of all workers on it."""

    title: str
    spot: bool
    max_vcpus: int


def _capacities(configuration: Configuration) -> Sequence[_Capacity]:
    """Return the kinds of capacity in the order in which Batch uses them."""
    limits = configuration.worker_limits
    on_demand = _Capacity("OnDemand", spot=False, max_vcpus=limits.on_demand)
    if not configuration.worker_spot:
        return (on_demand,)
    return (_Capacity("Spot", spot=True, max_vcpus=limits.spot), on_demand)


def fargate_environments(
    scope: Construct, configuration: Configuration, vpc: ec2.IVpc, group: ec2.ISecurityGroup
) -> Sequence[batch.IComputeEnvironment]:
    """Create Fargate environments: Spot first, if it is chosen, then on-demand."""
    return [
        batch.FargateComputeEnvironment(
            scope,
            f"Containers{kind.title}",
            vpc=vpc,
            vpc_subnets=_PUBLIC,
            security_groups=[group],
            spot=kind.spot,
            maxv_cpus=kind.max_vcpus,
        )
        for kind in _capacities(configuration)
    ]


def gpu_environments(
    scope: Construct, configuration: Configuration, vpc: ec2.IVpc, group: ec2.ISecurityGroup
) -> Sequence[batch.IComputeEnvironment]:
    """Create EC2 environments with NVIDIA GPUs that scale to zero instances.

    They use several instance types, because Spot capacity of a single type may run out.
    """
    template = _launch_template(scope, configuration)
    role = iam.Role(
        scope,
        "MachineRole",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonEC2ContainerServiceforEC2Role")
        ],
        description="Permissions of the ECS agent on a worker's instance. The worker has its own role.",
    )
    acknowledge(
        role,
        **{
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AmazonEC2ContainerServiceforEC2Role]": "AWS maintains this policy for its ECS agent."
        },
    )
    environments = [
        batch.ManagedEc2EcsComputeEnvironment(
            scope,
            f"Gpu{kind.title}",
            vpc=vpc,
            vpc_subnets=_PUBLIC,
            security_groups=[group],
            spot=kind.spot,
            allocation_strategy=batch.AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
            if kind.spot
            else batch.AllocationStrategy.BEST_FIT_PROGRESSIVE,
            minv_cpus=0,
            maxv_cpus=kind.max_vcpus,
            use_optimal_instance_classes=False,
            instance_types=[ec2.InstanceType(name) for name in configuration.gpu_machines.split(",")],
            images=[batch.EcsMachineImage(image_type=batch.EcsMachineImageType.ECS_AL2023_NVIDIA)],
            instance_role=role,
            launch_template=template,
            update_to_latest_image_version=True,
        )
        for kind in _capacities(configuration)
    ]
    for environment in environments:
        _use_latest_version(environment, template)
    return environments


def _use_latest_version(
    environment: batch.ManagedEc2EcsComputeEnvironment, template: ec2.LaunchTemplate
) -> None:
    """Set the launch template's latest version number on the environment.

    Without an explicit number, Batch keeps the version that existed when the environment was created, so that
    a larger disk would never take effect ("LaunchTemplateSpecification", AWS Batch's API reference). The CDK
    construct does not set the number.
    """
    resource = cast("batch.CfnComputeEnvironment", environment.node.default_child)
    resource.add_property_override("ComputeResources.LaunchTemplate.Version", template.latest_version_number)


def _launch_template(scope: Construct, configuration: Configuration) -> ec2.LaunchTemplate:
    """Create the launch template: a disk for image, weights and media, and metadata for the host alone."""
    disk = ec2.BlockDevice(
        device_name=_ROOT_DEVICE,
        volume=ec2.BlockDeviceVolume.ebs(
            configuration.sizing.worker_disk_gib, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
        ),
    )
    return ec2.LaunchTemplate(
        scope,
        "Machine",
        block_devices=[disk],
        require_imdsv2=True,
        http_put_response_hop_limit=1,
        http_protocol_ipv6=False,
        user_data=metadata_block(),
    )

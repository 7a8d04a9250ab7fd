"""Where Batch runs containers: capacity that is there while a job is, and not longer."""

from collections.abc import Sequence
from typing import Final, cast

from aws_cdk import aws_batch as batch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.acknowledged import acknowledge

_ROOT_DEVICE: Final = "/dev/xvda"

_PUBLIC: Final = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)


def without_servers(
    scope: Construct, configuration: Configuration, vpc: ec2.IVpc, group: ec2.ISecurityGroup
) -> Sequence[batch.IComputeEnvironment]:
    """Fargate: first on spare capacity, if that is chosen, then at the full price."""
    kinds = (("Spot", True), ("OnDemand", False)) if configuration.worker_spot else (("OnDemand", False),)
    return [
        batch.FargateComputeEnvironment(
            scope,
            f"Containers{title}",
            vpc=vpc,
            vpc_subnets=_PUBLIC,
            security_groups=[group],
            spot=spot,
            maxv_cpus=configuration.sizing.most_vcpus,
        )
        for title, spot in kinds
    ]


def with_gpu(
    scope: Construct, configuration: Configuration, vpc: ec2.IVpc, group: ec2.ISecurityGroup
) -> Sequence[batch.IComputeEnvironment]:
    """Machines with an NVIDIA GPU, none of which is kept when there is no job; of several kinds, because
    spare capacity of one kind runs out."""
    template = _launch_template(scope, configuration)
    role = iam.Role(
        scope,
        "MachineRole",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonEC2ContainerServiceforEC2Role")
        ],
        description="What the agent on a worker's machine may do; the worker itself has its own role.",
    )
    acknowledge(
        role,
        **{
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AmazonEC2ContainerServiceforEC2Role]": "AWS's own, which AWS changes with the agent."
        },
    )
    kinds = (("Spot", True), ("OnDemand", False)) if configuration.worker_spot else (("OnDemand", False),)
    made = [
        batch.ManagedEc2EcsComputeEnvironment(
            scope,
            f"Gpu{title}",
            vpc=vpc,
            vpc_subnets=_PUBLIC,
            security_groups=[group],
            spot=spot,
            allocation_strategy=batch.AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
            if spot
            else batch.AllocationStrategy.BEST_FIT_PROGRESSIVE,
            minv_cpus=0,
            maxv_cpus=configuration.sizing.most_vcpus,
            use_optimal_instance_classes=False,
            instance_types=[ec2.InstanceType(name) for name in configuration.gpu_machines.split(",")],
            images=[batch.EcsMachineImage(image_type=batch.EcsMachineImageType.ECS_AL2023_NVIDIA)],
            instance_role=role,
            launch_template=template,
            update_to_latest_image_version=True,
        )
        for title, spot in kinds
    ]
    for environment in made:
        _follow(environment, template)
    return made


def _follow(environment: batch.ManagedEc2EcsComputeEnvironment, template: ec2.LaunchTemplate) -> None:
    """Without a number Batch goes on with the version that was there first: a larger disk would never come
    ("LaunchTemplateSpecification", AWS Batch's API reference; the construct knows no number)."""
    resource = cast("batch.CfnComputeEnvironment", environment.node.default_child)
    resource.add_property_override("ComputeResources.LaunchTemplate.Version", template.latest_version_number)


def _launch_template(scope: Construct, configuration: Configuration) -> ec2.LaunchTemplate:
    """Room for the image, the weights and the media that are worked on; no metadata without a token."""
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
    )

"""What a Batch job is: the worker's container, how large, and when it is tried again."""

from typing import Final

from aws_cdk import Duration, Size
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ecr_assets as images
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import environment
from infra.configuration import Configuration, Worker
from infra.constructs.acknowledged import acknowledge_everything
from infra.constructs.existing_image import existing_image
from infra.constructs.image_context import image_context
from infra.functions import WORKER_CAPABILITIES
from infra.names import Names

DOCKERFILE: Final = "functions/worker/Dockerfile"

_TRIES: Final = 8
_FOR_GOOD: Final = (1, 2)
"""Exit codes of the worker: it failed and said why, or did not understand its command."""

_LONGEST_HOURS: Final = 12
_GPU_MEMORY_MIB: Final = 14_000
"""Of the 16 GiB of the smallest machine: the rest is the system's."""

_GPU_VCPUS: Final = 4

_SHARED_MEMORY: Final = Size.gibibytes(1)
"""PyTorch's processes pass data through it; a container has 64 MiB otherwise."""


def worker_job(
    scope: Construct, configuration: Configuration, names: Names, role: iam.Role, log: logs.LogGroup
) -> batch.EcsJobDefinition:
    """Tried again, unless the worker itself says that no further try can help.

    Not the other way round: a host that was taken away, an image or an address that did not come, an agent
    that lost touch each have words of their own, and Batch takes five conditions at most. It tries again
    what none of them is about ("Automated job retries", AWS Batch's user guide).
    """
    make = _gpu_container if configuration.worker is Worker.GPU else _container
    variables = {
        **environment.settings(names, WORKER_CAPABILITIES),
        **environment.observability("worker"),
        **environment.models(configuration),
        **environment.region(configuration),
    }
    logging = ecs.LogDriver.aws_logs(stream_prefix="worker", log_group=log)
    execution = iam.Role(
        scope,
        "StarterRole",
        assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
        description="What starts the worker's container: fetches its image, opens its log.",
    )
    acknowledge_everything(execution, "ecr")
    return batch.EcsJobDefinition(
        scope,
        "Job",
        job_definition_name=names.job_definition,
        container=make(scope, configuration, variables, role, execution, logging),
        retry_attempts=_TRIES,
        retry_strategies=[
            batch.RetryStrategy.of(batch.Action.EXIT, batch.Reason.custom(on_exit_code=str(code)))
            for code in _FOR_GOOD
        ],
        timeout=Duration.hours(_LONGEST_HOURS),
        propagate_tags=True,
    )


def _container(
    scope: Construct,
    configuration: Configuration,
    variables: dict[str, str],
    role: iam.Role,
    execution: iam.Role,
    logging: ecs.LogDriver,
) -> batch.EcsFargateContainerDefinition:
    sizing = configuration.sizing
    return batch.EcsFargateContainerDefinition(
        scope,
        "Container",
        image=_image(scope, configuration),
        command=["--help"],
        cpu=sizing.worker_vcpus,
        memory=Size.gibibytes(sizing.worker_memory_gib),
        ephemeral_storage_size=Size.gibibytes(sizing.worker_disk_gib),
        fargate_cpu_architecture=ecs.CpuArchitecture.X86_64,
        fargate_operating_system_family=ecs.OperatingSystemFamily.LINUX,
        assign_public_ip=True,
        environment=variables,
        job_role=role,
        execution_role=execution,
        logging=logging,
    )


def _gpu_container(
    scope: Construct,
    configuration: Configuration,
    variables: dict[str, str],
    role: iam.Role,
    execution: iam.Role,
    logging: ecs.LogDriver,
) -> batch.EcsEc2ContainerDefinition:
    return batch.EcsEc2ContainerDefinition(
        scope,
        "Container",
        image=_image(scope, configuration),
        command=["--help"],
        gpu=1,
        cpu=_GPU_VCPUS,
        memory=Size.mebibytes(_GPU_MEMORY_MIB),
        linux_parameters=batch.LinuxParameters(scope, "Linux", shared_memory_size=_SHARED_MEMORY),
        environment=variables,
        job_role=role,
        execution_role=execution,
        logging=logging,
    )


def _image(scope: Construct, configuration: Configuration) -> ecs.ContainerImage:
    """Synthesised without Docker; building and publishing it, at the deployment, needs an engine."""
    if configuration.worker_image is not None:
        return existing_image(scope, configuration.worker_image)
    return ecs.ContainerImage.from_asset(
        str(image_context(scope, "worker")),
        file=DOCKERFILE,
        build_args={"VARIANT": "cuda" if configuration.worker is Worker.GPU else "cpu"},
        platform=images.Platform.LINUX_AMD64,
    )

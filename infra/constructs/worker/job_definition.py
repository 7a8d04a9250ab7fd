"""Batch job definition of the worker: container, resources and retry strategy."""

from typing import Any, Final, cast

from aws_cdk import Duration, Size
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ecr_assets as images
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import environment
from infra.configuration import Configuration, Worker
from infra.constructs.acknowledgments import acknowledge_any_resource
from infra.constructs.images.build_context import copy_build_context
from infra.constructs.images.published_image import published_image
from infra.containers import WORKER_CAPABILITIES
from infra.names import Names
from infra.sizes import GPU_WORKER_VCPUS

DOCKERFILE: Final = "functions/worker/Dockerfile"

_ATTEMPTS: Final = 8
_FINAL_EXIT_CODES: Final = (1, 2)
"""Exit codes after which Batch does not retry: the job failed with a recorded reason, or its command is
invalid."""

_ATTEMPT_TIMEOUT: Final = Duration.hours(12)
_SCRATCH: Final = "/scratch"
"""The only folder that a worker can write to, a volume on the host's disk. The image's folder of this name
belongs to the worker's user, and the volume takes over its owner ("Use bind mounts with Amazon ECS")."""

_USER: Final = "10001"
"""User of the worker's process. The image has the same; the job definition sets it for any image, because
the host's firewall rules depend on it."""
_GPU_MEMORY_MIB: Final = 14_000
"""Memory of the container. The smallest instance type has 16 GiB; the operating system needs the rest."""

_SHARED_MEMORY: Final = Size.gibibytes(1)
"""Size of ``/dev/shm``, through which PyTorch's processes exchange data. The default is 64 MiB."""


def worker_job_definition(
    scope: Construct, configuration: Configuration, names: Names, role: iam.Role, log: logs.LogGroup
) -> batch.EcsJobDefinition:
    """Create the job definition, which retries every failure except the worker's final exit codes.

    The strategy lists the failures that end a job, not those to retry. A reclaimed host, a failed image pull,
    a missing network interface and a disconnected agent each have their own status reason, and Batch accepts
    five conditions at most. Batch retries a failure that matches no condition ("Automated job retries", AWS
    Batch's user guide).
    """
    make = _gpu_container if configuration.worker is Worker.GPU else _container
    variables = {
        **environment.settings(names, WORKER_CAPABILITIES),
        **environment.powertools_variables("worker"),
        **environment.model_settings(configuration),
        **environment.region_variables(configuration),
        **_container_variables(),
    }
    logging = ecs.LogDriver.aws_logs(stream_prefix="worker", log_group=log)
    execution = iam.Role(
        scope,
        "StarterRole",
        assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
        description="Execution role of the worker's container: pulls the image, creates the log stream.",
    )
    acknowledge_any_resource(execution, "ecr")
    definition = batch.EcsJobDefinition(
        scope,
        "Job",
        job_definition_name=names.job_definition,
        container=make(scope, configuration, variables, role, execution, logging),
        retry_attempts=_ATTEMPTS,
        retry_strategies=[
            batch.RetryStrategy.of(batch.Action.EXIT, batch.Reason.custom(on_exit_code=str(code)))
            for code in _FINAL_EXIT_CODES
        ],
        timeout=_ATTEMPT_TIMEOUT,
        propagate_tags=True,
    )
    if configuration.worker is not Worker.GPU:
        _omit_host_of_volume(definition)
    return definition


def _omit_host_of_volume(definition: batch.EcsJobDefinition) -> None:
    """Remove the volume's empty ``Host``, which Fargate does not accept ("Volume", AWS Batch's API
    reference)."""
    resource = cast("batch.CfnJobDefinition", definition.node.default_child)
    resource.add_property_deletion_override("ContainerProperties.Volumes.0.Host")


def _container_variables() -> dict[str, str]:
    """Return the variables for a container with a read-only root and without the instance's metadata."""
    return {
        f"{environment.PREFIX}DATA_FOLDER": f"{_SCRATCH}/data",
        f"{environment.PREFIX}WORKER_ATTEMPT_SECONDS": f"{_ATTEMPT_TIMEOUT.to_seconds():g}",
        "HOME": _SCRATCH,
        "TMPDIR": _SCRATCH,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _isolation() -> dict[str, Any]:
    """Return the properties of every worker's container that limit what it can change on its host."""
    return {
        "user": _USER,
        "readonly_root_filesystem": True,
        "volumes": [batch.EcsVolume.host(name="scratch", container_path=_SCRATCH, readonly=False)],
    }


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
        **_isolation(),
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
        cpu=GPU_WORKER_VCPUS,
        memory=Size.mebibytes(_GPU_MEMORY_MIB),
        linux_parameters=batch.LinuxParameters(scope, "Linux", shared_memory_size=_SHARED_MEMORY),
        environment=variables,
        job_role=role,
        execution_role=execution,
        logging=logging,
        **_isolation(),
    )


def _image(scope: Construct, configuration: Configuration) -> ecs.ContainerImage:
    """Return the image. Synthesis needs no container engine; a deployment that builds the image does."""
    if configuration.worker_image is not None:
        return published_image(scope, configuration.worker_image)
    return ecs.ContainerImage.from_asset(
        str(copy_build_context(scope, "worker")),
        file=DOCKERFILE,
        build_args={"VARIANT": "cuda" if configuration.worker is Worker.GPU else "cpu"},
        platform=images.Platform.LINUX_AMD64,
    )

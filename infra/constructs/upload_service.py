"""The containers of the streaming ingress: how large, how many, and what they may do."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr_assets as images
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import environment
from infra.constructs.acknowledged import acknowledge, acknowledge_everything, grant
from infra.constructs.existing_image import existing_image
from infra.constructs.image_context import image_context
from infra.constructs.month_log import month_log
from infra.functions import INGRESS_CAPABILITIES, INGRESS_TITLE
from infra.names import Names
from infra.permissions import statements

PORT: Final = 8080
DOCKERFILE: Final = "functions/ingress/Dockerfile"
SLOTS_METRIC: Final = "UploadSlotsUsed"
"""Percent of the places for uploads that were taken; the service itself counts it, each minute."""

_STOP_SECONDS: Final = 120
"""As long as Fargate waits at most; the service gives up ten seconds before."""

_BUSY_PERCENT: Final = 50
_SCALE_IN_MINUTES: Final = 10


class UploadService(Construct):
    """``service`` is to be registered with a load balancer."""

    def __init__(self, scope: Construct, names: Names, vpc: ec2.IVpc, group: ec2.ISecurityGroup) -> None:
        super().__init__(scope, "Uploads")
        self._names = names
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc, cluster_name=names.of(INGRESS_TITLE))
        acknowledge(
            cluster,
            ECS4="Insights are paid for by metric; load balancer and service count what is looked at.",
        )
        self.service = ecs.FargateService(
            self,
            "Service",
            service_name=names.of(INGRESS_TITLE),
            cluster=cluster,
            task_definition=self._task(),
            assign_public_ip=True,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            security_groups=[group],
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            health_check_grace_period=Duration.seconds(60),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        self._scale()

    def _task(self) -> ecs.FargateTaskDefinition:
        sizing = self._names.configuration.sizing
        task = ecs.FargateTaskDefinition(
            self,
            "Task",
            family=self._names.of(INGRESS_TITLE),
            cpu=sizing.ingress_cpu_units,
            memory_limit_mib=sizing.ingress_memory_mib,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
            task_role=self._role(),
            execution_role=self._starter_role(),
        )
        task.add_container(
            "Ingress",
            container_name=INGRESS_TITLE,
            image=self._image(),
            environment=self._variables(),
            logging=ecs.LogDriver.aws_logs(stream_prefix=INGRESS_TITLE, log_group=self._log()),
            port_mappings=[ecs.PortMapping(container_port=PORT)],
            stop_timeout=Duration.seconds(_STOP_SECONDS),
            readonly_root_filesystem=True,
        )
        acknowledge(task, ECS2="They name resources and limits; nothing in them is secret.")
        return task

    def _variables(self) -> Mapping[str, str]:
        names, sizing = self._names, self._names.configuration.sizing
        own = {
            "OIDC_ISSUER": names.token_issuer,
            "OIDC_AUDIENCE": names.token_audience,
            "UPLOADS_AT_ONCE": str(sizing.uploads_at_once),
            "BROWSER_ORIGINS": ",".join(names.configuration.origins_of_browsers),
        }
        return {
            **environment.settings(names, INGRESS_CAPABILITIES),
            **environment.observability(names.of(INGRESS_TITLE)),
            **{f"{environment.PREFIX}{name}": value for name, value in own.items()},
            **environment.region(names.configuration),
        }

    def _image(self) -> ecs.ContainerImage:
        """Synthesised without Docker; building and publishing it, at the deployment, needs an engine."""
        if self._names.configuration.ingress_image is not None:
            return existing_image(self, self._names.configuration.ingress_image)
        return ecs.ContainerImage.from_asset(
            str(image_context(self, INGRESS_TITLE)), file=DOCKERFILE, platform=images.Platform.LINUX_ARM64
        )

    def _log(self) -> logs.LogGroup:
        return month_log(self, "Log", f"/aws/ecs/{self._names.of(INGRESS_TITLE)}")

    def _role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
            description="What the streaming ingress may do.",
        )
        grant(role, statements(INGRESS_CAPABILITIES, self._names.targets()))
        return role

    def _starter_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "StarterRole",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
            description="What starts the ingress's container: fetches its image, opens its log.",
        )
        acknowledge_everything(role, "ecr")
        return role

    def _scale(self) -> None:
        """By places taken, as slow senders need no processor; and by the processor, as fast ones do."""
        sizing = self._names.configuration.sizing
        count = self.service.auto_scale_task_count(
            min_capacity=sizing.ingress_tasks, max_capacity=sizing.most_ingress_tasks
        )
        pauses = {
            "scale_in_cooldown": Duration.minutes(_SCALE_IN_MINUTES),
            "scale_out_cooldown": Duration.minutes(1),
        }
        count.scale_on_cpu_utilization("Processor", target_utilization_percent=_BUSY_PERCENT, **pauses)
        count.scale_to_track_custom_metric(
            "Places", metric=slots_used(self._names), target_value=_BUSY_PERCENT, **pauses
        )


def slots_used(names: Names) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=environment.METRICS_NAMESPACE,
        metric_name=SLOTS_METRIC,
        statistic="Average",
        dimensions_map={"service": names.of(INGRESS_TITLE)},
        period=Duration.minutes(1),
    )

"""ECS service of the streaming ingress: task definition, permissions and scaling."""

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
from infra.constructs.acknowledgments import acknowledge, acknowledge_any_resource, grant_statements
from infra.constructs.images.build_context import copy_build_context
from infra.constructs.images.published_image import published_image
from infra.constructs.log_group import one_month_log_group
from infra.containers import INGRESS_CAPABILITIES, INGRESS_TITLE
from infra.names import Names
from infra.permissions import statements

PORT: Final = 8080
DOCKERFILE: Final = "functions/ingress/Dockerfile"
SLOTS_METRIC: Final = "UploadSlotsUsed"
"""Metric of the upload slots in use, in percent. The service emits it each minute."""

_STOP_SECONDS: Final = 120
"""Fargate's longest stop timeout. The service ends its uploads ten seconds earlier."""

_TARGET_PERCENT: Final = 50
_SCALE_IN_MINUTES: Final = 10


class IngressService(Construct):
    """The ECS service on Fargate. The caller registers ``service`` with a load balancer."""

    def __init__(self, scope: Construct, names: Names, vpc: ec2.IVpc, group: ec2.ISecurityGroup) -> None:
        super().__init__(scope, "Uploads")
        self._names = names
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc, cluster_name=names.of(INGRESS_TITLE))
        acknowledge(
            cluster,
            ECS4="Container Insights is billed per metric. Load balancer and service emit the metrics that "
            "the alarms use.",
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
            execution_role=self._execution_role(),
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
        acknowledge(task, ECS2="The environment variables hold resource names and limits, and no secrets.")
        return task

    def _variables(self) -> Mapping[str, str]:
        names, sizing = self._names, self._names.configuration.sizing
        own = {
            "OIDC_ISSUER": names.token_issuer,
            "OIDC_AUDIENCE": names.token_audience,
            "UPLOADS_AT_ONCE": str(sizing.uploads_at_once),
            "BROWSER_ORIGINS": ",".join(names.configuration.browser_origin_list),
        }
        return {
            **environment.settings(names, INGRESS_CAPABILITIES),
            **environment.powertools_variables(names.of(INGRESS_TITLE)),
            **{f"{environment.PREFIX}{name}": value for name, value in own.items()},
            **environment.region_variables(names.configuration),
        }

    def _image(self) -> ecs.ContainerImage:
        """Return the image. Synthesis needs no container engine; a deployment that builds the image does."""
        if self._names.configuration.ingress_image is not None:
            return published_image(self, self._names.configuration.ingress_image)
        return ecs.ContainerImage.from_asset(
            str(copy_build_context(self, INGRESS_TITLE)),
            file=DOCKERFILE,
            platform=images.Platform.LINUX_ARM64,
        )

    def _log(self) -> logs.LogGroup:
        return one_month_log_group(self, "Log", f"/aws/ecs/{self._names.of(INGRESS_TITLE)}")

    def _role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
            description="Permissions of the streaming ingress.",
        )
        grant_statements(role, statements(INGRESS_CAPABILITIES, self._names.targets()))
        return role

    def _execution_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "StarterRole",
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
            description="Execution role of the ingress's task: pulls the image, creates the log stream.",
        )
        acknowledge_any_resource(role, "ecr")
        return role

    def _scale(self) -> None:
        """Scale by upload slots, which slow senders fill, and by CPU utilization, which fast senders
        cause."""
        sizing = self._names.configuration.sizing
        count = self.service.auto_scale_task_count(
            min_capacity=sizing.ingress_tasks, max_capacity=sizing.max_ingress_tasks
        )
        cooldowns = {
            "scale_in_cooldown": Duration.minutes(_SCALE_IN_MINUTES),
            "scale_out_cooldown": Duration.minutes(1),
        }
        count.scale_on_cpu_utilization("Processor", target_utilization_percent=_TARGET_PERCENT, **cooldowns)
        count.scale_to_track_custom_metric(
            "Places", metric=slots_used(self._names), target_value=_TARGET_PERCENT, **cooldowns
        )


def slots_used(names: Names) -> cloudwatch.Metric:
    """Return the metric of upload slots in use, averaged over a minute."""
    return cloudwatch.Metric(
        namespace=environment.METRICS_NAMESPACE,
        metric_name=SLOTS_METRIC,
        statistic="Average",
        dimensions_map={"service": names.of(INGRESS_TITLE)},
        period=Duration.minutes(1),
    )

"""Lambda function with its own role and log group, and with the least privileges."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import environment
from infra.assets import architecture, function_code, layer_code
from infra.configuration import Configuration
from infra.constructs.acknowledgments import acknowledge, acknowledge_any_resource, grant_statements
from infra.functions import FunctionSpec
from infra.names import SNAPSHOT_ALIAS, Names
from infra.permissions import statements


@dataclass(slots=True)
class Packages:
    """Layers and code that the functions of one stack share. Each layer is created once."""

    scope: Construct
    configuration: Configuration
    code: lambda_.Code = field(init=False)
    _layers: dict[str, lambda_.LayerVersion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.code = function_code(self.configuration)

    def layer(self, name: str) -> lambda_.LayerVersion:
        if name not in self._layers:
            self._layers[name] = lambda_.LayerVersion(
                self.scope,
                f"{name.capitalize()}Layer",
                code=layer_code(name, self.configuration),
                compatible_architectures=[architecture(name, self.configuration)],
                compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
                description=f"Locked packages: layers/{name}/requirements.lock",
            )
        return self._layers[name]


class ProductFunction(Construct):
    """A function of the product.

    ``target`` is what callers invoke: the function, or with SnapStart the alias of its newest version.
    """

    def __init__(
        self,
        packages: Packages,
        spec: FunctionSpec,
        names: Names,
        *,
        variables: Mapping[str, str] | None = None,
        snap_start: bool = False,
    ) -> None:
        super().__init__(packages.scope, spec.title.title().replace("-", ""))
        configuration = names.configuration
        name = names.of(spec.title)
        log = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/lambda/{name}",
            retention=_retention(configuration.sizing.function_log_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = self._role(spec, names, log)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description=f"{spec.kind}: {spec.name.replace('_', ' ')}",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=architecture(spec.layer, configuration),
            handler=spec.handler,
            code=packages.code,
            layers=[packages.layer(spec.layer)],
            role=self.role,
            log_group=log,
            memory_size=spec.memory_mib,
            timeout=Duration.seconds(spec.timeout_seconds),
            ephemeral_storage_size=Size.mebibytes(spec.disk_mib),
            environment={
                **environment.settings(names, spec.capabilities),
                **environment.powertools_variables(spec.title),
                **(variables or {}),
            },
            tracing=lambda_.Tracing.ACTIVE,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
        )
        self.target: lambda_.IFunction = self.function
        if snap_start:
            self.target = lambda_.Alias(
                self, "Alias", alias_name=SNAPSHOT_ALIAS, version=self.function.current_version
            )
        acknowledge_any_resource(self, "xray")
        acknowledge(self, L1="The locked packages are built for and tested with Python 3.13.")

    def _role(self, spec: FunctionSpec, names: Names, log: logs.LogGroup) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Permissions of the function {spec.title}.",
        )
        own_log = {
            "Sid": "WriteOwnLog",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [log.log_group_arn],
        }
        grant_statements(role, [*statements(spec.capabilities, names.targets()), own_log])
        return role


def _retention(days: int) -> logs.RetentionDays:
    supported = {30: logs.RetentionDays.ONE_MONTH, 90: logs.RetentionDays.THREE_MONTHS}
    return supported[days]

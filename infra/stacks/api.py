"""The HTTP API: one function a resource, behind throttles, with a log of every request."""

import json
from typing import Final

from aws_cdk import Aws, CfnOutput, Environment, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.configuration import Configuration, SearchEngine
from infra.constructs.acknowledged import acknowledge
from infra.constructs.edge import Edge
from infra.constructs.function import Packages, ProductFunction
from infra.constructs.search_collection import allow_documents
from infra.environment import PREFIX
from infra.functions import QUERY_EMBEDDING, RESOURCES
from infra.names import Names
from infra.routes import FALLBACK_RESOURCE, Route, routes

STAGE: Final = "$default"
_INTEGRATION_MILLISECONDS: Final = 29_500

_TAKE_FILES: Final = ("videos", "workflow")
"""Resources whose functions refuse a file that is too large for them, and say where it can go."""

_LOGGED: Final = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "route": "$context.routeKey",
    "path": "$context.path",
    "status": "$context.status",
    "sourceIp": "$context.identity.sourceIp",
    "userAgent": "$context.identity.userAgent",
    "latencyMs": "$context.responseLatency",
    "functionMs": "$context.integrationLatency",
    "bytes": "$context.responseLength",
    "error": "$context.error.message",
    "functionError": "$context.integrationErrorMessage",
}
"""No header and no query: both may hold what is secret."""


class ApiStack(Stack):
    """``acl_arn`` is the web firewall's; None: nothing stands before the API but its throttles."""

    def __init__(self, scope: Construct, configuration: Configuration, acl_arn: str | None = None) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-api",
            description="HTTP API of VideoVector Server.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
            cross_region_references=acl_arn is not None,
        )
        self._configuration = configuration
        self._names = Names(configuration)
        functions = self._functions()
        self._api = gateway.CfnApi(
            self,
            "Api",
            name=self._names.of("api"),
            protocol_type="HTTP",
            description="VideoVector Server: the VideoVector API v2, self-hosted.",
            disable_execute_api_endpoint=self._has_own_domain,
            cors_configuration=_pages(configuration.origins_of_browsers),
        )
        self._stage = self._make_stage()
        self._edge = Edge(self, self._names, self._api, acl_arn) if configuration.has_edge else None
        self._add_routes(functions)
        if self._edge is not None and configuration.has_streaming_ingress:
            for name in _TAKE_FILES:
                functions[name].function.add_environment(
                    f"{PREFIX}STREAMING_ORIGIN", f"https://{self._edge.host}"
                )
        if self._has_own_domain:
            self._own_domain()
        self._outputs()

    @property
    def _has_own_domain(self) -> bool:
        """At API Gateway itself; where CloudFront is before it, the name is CloudFront's."""
        return self._configuration.domain_name is not None and not self._configuration.has_edge

    def _functions(self) -> dict[str, ProductFunction]:
        packages = Packages(self, self._configuration)
        snap_start = self._configuration.has_snapshots
        ProductFunction(packages, QUERY_EMBEDDING, self._names, snap_start=snap_start)
        tokens = {
            f"{PREFIX}OIDC_ISSUER": self._names.token_issuer,
            f"{PREFIX}OIDC_AUDIENCE": self._names.token_audience,
        }
        made = {
            spec.name: ProductFunction(packages, spec, self._names, variables=tokens, snap_start=snap_start)
            for spec in RESOURCES
        }
        if self._configuration.search_engine is SearchEngine.SERVERLESS:
            allow_documents(
                self, self._names, [(made[spec.name].role, spec.capabilities) for spec in RESOURCES]
            )
        return made

    def _make_stage(self) -> gateway.CfnStage:
        sizing = self._configuration.sizing
        log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/vendedlogs/apigateway/{self._names.of('api')}",
            retention=logs.RetentionDays.ONE_MONTH
            if sizing.access_log_days == 30
            else logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.DESTROY,
        )
        return gateway.CfnStage(
            self,
            "Stage",
            api_id=self._api.ref,
            stage_name=STAGE,
            auto_deploy=True,
            access_log_settings=gateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(_LOGGED)
            ),
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=sizing.requests_per_second,
                throttling_burst_limit=sizing.request_burst,
            ),
        )

    def _add_routes(self, functions: dict[str, ProductFunction]) -> None:
        targets = {name: self._integration(name, each.target) for name, each in functions.items()}
        authorizer = self._edge.authorizer if self._edge else None
        if self._configuration.origins_of_browsers:
            self._let_pages_ask(targets[FALLBACK_RESOURCE])
        for route in (*routes(), Route("$default", FALLBACK_RESOURCE)):
            made = gateway.CfnRoute(
                self,
                _title(route.key),
                api_id=self._api.ref,
                route_key=route.key,
                target=f"integrations/{targets[route.resource].ref}",
                authorization_type="NONE" if authorizer is None else "CUSTOM",
                authorizer_id=None if authorizer is None else authorizer.ref,
            )
            acknowledge(
                made,
                APIG4="The function checks an API key or a bearer token, and its scope, before it looks "
                "anything up; one check serves both, as the official clients send keys.",
            )

    def _let_pages_ask(self, target: gateway.CfnIntegration) -> None:
        """The gateway answers what browsers ask beforehand by itself, but ``$default`` would take it first,
        and such questions come without keys.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
        """
        made = gateway.CfnRoute(
            self,
            "Preflight",
            api_id=self._api.ref,
            route_key="OPTIONS /{proxy+}",
            target=f"integrations/{target.ref}",
            authorization_type="NONE",
        )
        acknowledge(made, APIG4="It is what browsers ask before they send a key.")

    def _integration(self, name: str, function: lambda_.IFunction) -> gateway.CfnIntegration:
        title = name.title().replace("_", "")
        lambda_.CfnPermission(
            self,
            f"{title}Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=self._names.arn("execute-api", f"{self._api.ref}/*/*"),
        )
        return gateway.CfnIntegration(
            self,
            f"{title}Integration",
            api_id=self._api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
            timeout_in_millis=_INTEGRATION_MILLISECONDS,
        )

    def _own_domain(self) -> None:
        domain = gateway.CfnDomainName(
            self,
            "Domain",
            domain_name=self._configuration.domain_name or "",
            domain_name_configurations=[
                gateway.CfnDomainName.DomainNameConfigurationProperty(
                    certificate_arn=self._configuration.certificate_arn,
                    endpoint_type="REGIONAL",
                    security_policy="TLS_1_2",
                )
            ],
        )
        gateway.CfnApiMapping(
            self, "DomainMapping", api_id=self._api.ref, domain_name=domain.ref, stage=self._stage.ref
        )
        CfnOutput(self, "DomainTarget", value=domain.attr_regional_domain_name)

    def _outputs(self) -> None:
        gateway_host = f"{self._api.ref}.execute-api.{self.region}.{Aws.URL_SUFFIX}"
        host = self._edge.host if self._edge else self._configuration.domain_name or gateway_host
        CfnOutput(self, "BaseUrl", value=f"https://{host}/api/v2", description="For VIDEO_VECTOR_BASE_URL.")
        CfnOutput(
            self,
            "FirstKey",
            description="Prints an API key, once. Run it where this repository and your credentials are.",
            value=(
                f"AWS_REGION={self.region} {PREFIX}RECORDS_TABLE={self._names.table} "
                ".venv/bin/python -m shared.cli keys create --name first --scope admin"
            ),
        )
        CfnOutput(self, "TokenIssuer", value=self._names.token_issuer)
        CfnOutput(self, "TokenAudience", value=self._names.token_audience)
        CfnOutput(self, "ApiId", value=self._api.ref, export_name=self._names.of("ApiId"))


def _pages(origins: list[str]) -> gateway.CfnApi.CorsProperty | None:
    """As ``shared.http.cors`` has it, a test holds."""
    if not origins:
        return None
    return gateway.CfnApi.CorsProperty(
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Request-ID"],
        expose_headers=["ETag", "Idempotency-Replayed", "Retry-After", "X-Request-ID"],
        max_age=3600,
    )


def _title(route_key: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in route_key).title().split()
    return f"Route{''.join(words)}"

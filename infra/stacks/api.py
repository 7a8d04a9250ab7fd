"""API stack: the HTTP API with one function per resource, throttling and an access log."""

import json
from typing import Final

from aws_cdk import Aws, CfnOutput, Environment, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.configuration import Configuration, SearchEngine
from infra.constructs.acknowledgments import acknowledge
from infra.constructs.edge import Edge
from infra.constructs.function import Packages, ProductFunction
from infra.constructs.search.data_access import grant_document_access
from infra.environment import PREFIX
from infra.functions import QUERY_EMBEDDING, RESOURCES
from infra.names import Names
from infra.routes import FALLBACK_RESOURCE, Route, routes

STAGE: Final = "$default"
_INTEGRATION_MILLISECONDS: Final = 29_500

_STREAMED_RESOURCES: Final = ("videos", "workflow", "exports")
"""Resources whose functions refuse files above their size limit and name the streaming ingress's address."""

_ACCESS_LOG_FIELDS: Final = {
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
"""Fields of the access log. Headers and query strings are left out, because they may contain secrets."""


class ApiStack(Stack):
    """The HTTP API and its functions.

    ``acl_arn`` is the ARN of the firewall's web ACL. None: the API is protected only by throttling.
    """

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
            disable_execute_api_endpoint=self._configuration.has_gateway_domain,
            cors_configuration=_cors(configuration.browser_origin_list),
        )
        self._stage = self._make_stage()
        self._edge = Edge(self, self._names, self._api, acl_arn) if configuration.has_edge else None
        self._add_routes(functions)
        if self._edge is not None and configuration.has_streaming_ingress:
            for name in _STREAMED_RESOURCES:
                functions[name].function.add_environment(
                    f"{PREFIX}STREAMING_ORIGIN", f"https://{self._edge.host}"
                )
        if not configuration.emulator:
            functions["exports"].function.add_environment(f"{PREFIX}PUBLIC_BASE_URL", f"https://{self._host}")
        if self._configuration.has_gateway_domain:
            self._add_custom_domain()
        self._add_outputs()

    def _functions(self) -> dict[str, ProductFunction]:
        packages = Packages(self, self._configuration)
        snap_start = self._configuration.has_snapshots
        ProductFunction(packages, QUERY_EMBEDDING, self._names, snap_start=snap_start)
        tokens = {
            f"{PREFIX}OIDC_ISSUER": self._names.token_issuer,
            f"{PREFIX}OIDC_AUDIENCE": self._names.token_audience,
        }
        functions = {
            spec.name: ProductFunction(packages, spec, self._names, variables=tokens, snap_start=snap_start)
            for spec in RESOURCES
        }
        if self._configuration.search_engine is SearchEngine.SERVERLESS:
            grant_document_access(
                self, self._names, [(functions[spec.name].role, spec.capabilities) for spec in RESOURCES]
            )
        return functions

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
                destination_arn=log.log_group_arn, format=json.dumps(_ACCESS_LOG_FIELDS)
            ),
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=sizing.requests_per_second,
                throttling_burst_limit=sizing.request_burst,
            ),
        )

    def _add_routes(self, functions: dict[str, ProductFunction]) -> None:
        targets = {name: self._integration(name, each.target) for name, each in functions.items()}
        authorizer = self._edge.authorizer if self._edge else None
        if self._configuration.browser_origin_list:
            self._add_preflight_route(targets[FALLBACK_RESOURCE])
        for route in (*routes(), Route("$default", FALLBACK_RESOURCE)):
            gateway_route = gateway.CfnRoute(
                self,
                _route_construct_id(route.key),
                api_id=self._api.ref,
                route_key=route.key,
                target=f"integrations/{targets[route.resource].ref}",
                authorization_type="NONE" if authorizer is None else "CUSTOM",
                authorizer_id=None if authorizer is None else authorizer.ref,
            )
            acknowledge(
                gateway_route,
                APIG4="The function checks the API key or bearer token and its scope before it reads data. "
                "One check serves both credentials, because the official clients send API keys.",
            )

    def _add_preflight_route(self, target: gateway.CfnIntegration) -> None:
        """Add a route for CORS preflight requests without an authorizer.

        API Gateway answers preflight requests itself. Without this route, ``$default`` would match them
        first, and they carry no credentials.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
        """
        preflight = gateway.CfnRoute(
            self,
            "Preflight",
            api_id=self._api.ref,
            route_key="OPTIONS /{proxy+}",
            target=f"integrations/{target.ref}",
            authorization_type="NONE",
        )
        acknowledge(preflight, APIG4="Browsers send CORS preflight requests without credentials.")

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

    def _add_custom_domain(self) -> None:
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

    @property
    def _host(self) -> str:
        """The host under which clients reach the API. Links of exports name it."""
        gateway_host = f"{self._api.ref}.execute-api.{self.region}.{Aws.URL_SUFFIX}"
        return self._edge.host if self._edge else self._configuration.domain_name or gateway_host

    def _add_outputs(self) -> None:
        CfnOutput(
            self,
            "BaseUrl",
            value=f"https://{self._host}/api/v2",
            description="Value of VIDEO_VECTOR_BASE_URL.",
        )
        CfnOutput(
            self,
            "FirstKey",
            description="Command that creates an API key and prints it once. Run it in a checkout of this "
            "repository, with credentials for this account.",
            value=(
                f"AWS_REGION={self.region} {PREFIX}RECORDS_TABLE={self._names.table} "
                ".venv/bin/python -m shared.cli keys create --name first --scope admin"
            ),
        )
        CfnOutput(self, "TokenIssuer", value=self._names.token_issuer)
        CfnOutput(self, "TokenAudience", value=self._names.token_audience)
        CfnOutput(self, "ApiId", value=self._api.ref, export_name=self._names.of("ApiId"))
        if self._edge is not None and self._edge.origin_key is not None:
            arn = self._edge.origin_key.secret_arn
            CfnOutput(self, "OriginKey", value=arn, export_name=self._names.of("OriginKey"))


def _cors(origins: list[str]) -> gateway.CfnApi.CorsProperty | None:
    """Return the CORS settings. A test compares them with ``shared.http.cors``."""
    if not origins:
        return None
    return gateway.CfnApi.CorsProperty(
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Range",
            "Last-Event-ID",
            "Range",
            "X-API-Key",
            "X-Request-ID",
        ],
        expose_headers=[
            "Accept-Ranges",
            "Allow",
            "Content-Disposition",
            "Content-Range",
            "ETag",
            "Idempotency-Replayed",
            "Retry-After",
            "WWW-Authenticate",
            "X-Request-ID",
        ],
        max_age=3600,
    )


def _route_construct_id(route_key: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in route_key).title().split()
    return f"Route{''.join(words)}"

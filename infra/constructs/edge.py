"""CloudFront distribution in front of the HTTP API and the streaming ingress.

An HTTP API cannot have an AWS WAF web ACL, so the firewall is attached to CloudFront. With a firewall,
CloudFront adds a secret key to each request. API Gateway rejects requests without the key before it calls an
API function, so clients cannot bypass the firewall. Without a firewall, API Gateway checks no key. The
streaming ingress can be reached only through CloudFront.
"""

from typing import Final

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.acknowledgments import acknowledge, grant_statements
from infra.constructs.log_group import one_month_log_group
from infra.names import Names

CHECK_TITLE: Final = "origin-check"

_HEADER: Final = "x-origin-key"
_KEY_VARIABLE: Final = "ORIGIN_KEY"
_AUTHORIZER_CACHE_SECONDS: Final = 3600

UPLOAD_PATHS: Final = ("/api/v2/videos/upload", "/api/v2/workflow/upload")
DOWNLOAD_PATHS: Final = ("/api/v2/exports/*/download",)
STREAMED_PATHS: Final = (*UPLOAD_PATHS, *DOWNLOAD_PATHS)
"""Paths that CloudFront routes to the streaming ingress, if there is one."""

READ_TIMEOUT_SECONDS: Final = 60
"""Timeout for the first byte of a response, equal to the timeout of the official clients."""

_KEEP_ALIVE_SECONDS: Final = 60
"""Shorter than the load balancer's idle timeout, so that CloudFront sends no request on a closing
connection."""

_ERRORS_CACHED_BY_DEFAULT: Final = (400, 403, 404, 405, 414, 500, 501, 502, 503, 504)
"""Statuses that CloudFront caches for ten seconds by default, with the path as the only cache key. One caller
would receive another caller's error. Sources in its developer guide: "Control how long CloudFront caches
errors", "How CloudFront processes and caches HTTP 4xx and 5xx status codes from your origin"."""

_CHECK_SOURCE: Final = f"""
import hmac
import os


def handler(event, context):
    sent = event["headers"].get("{_HEADER}", "")
    return {{"isAuthorized": hmac.compare_digest(sent.encode(), os.environ["{_KEY_VARIABLE}"].encode())}}
"""


class Edge(Construct):
    """The distribution and, with a firewall, the authorizer of the API's routes.

    ``host`` is the host name for clients. ``authorizer`` must be set on every route; None without a firewall,
    as ``origin_key``.
    ``acl_arn`` is the ARN of the firewall's web ACL.
    """

    def __init__(self, scope: Construct, names: Names, api: gateway.CfnApi, acl_arn: str | None) -> None:
        super().__init__(scope, "Edge")
        self._names = names
        self.origin_key = key = None if acl_arn is None else self._origin_key()
        self.authorizer = None if key is None else self._authorizer(api, key)
        self.distribution = self._distribution(api, acl_arn, key)
        self.host = names.configuration.domain_name or self.distribution.distribution_domain_name

    def _origin_key(self) -> secrets.Secret:
        key = secrets.Secret(
            self,
            "OriginKey",
            description="Key that CloudFront sends to the API with each request.",
            generate_secret_string=secrets.SecretStringGenerator(
                password_length=48, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(
            key,
            SMG4="Rotation would have to change CloudFront and the authorizer at the same moment. The key is "
            "changed by replacing the secret.",
        )
        return key

    def _authorizer(self, api: gateway.CfnApi, key: secrets.Secret) -> gateway.CfnAuthorizer:
        """Create the authorizer that checks CloudFront's key.

        API Gateway caches its answer for an hour per key, and rejects requests without a key itself.
        """
        function = self._check_function(key)
        authorizer = gateway.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=api.ref,
            name="through-cloudfront",
            authorizer_type="REQUEST",
            authorizer_uri=(
                f"arn:{Stack.of(self).partition}:apigateway:{Stack.of(self).region}:lambda:path/2015-03-31/"
                f"functions/{function.function_arn}/invocations"
            ),
            authorizer_payload_format_version="2.0",
            enable_simple_responses=True,
            identity_source=[f"$request.header.{_HEADER}"],
            authorizer_result_ttl_in_seconds=_AUTHORIZER_CACHE_SECONDS,
        )
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=self._names.arn("execute-api", f"{api.ref}/authorizers/{authorizer.ref}"),
        )
        return authorizer

    def _check_function(self, key: secrets.Secret) -> lambda_.Function:
        name = self._names.of(CHECK_TITLE)
        log = one_month_log_group(self, "Log", f"/aws/lambda/{name}")
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        own_log = {
            "Sid": "WriteOwnLog",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [log.log_group_arn],
        }
        grant_statements(role, [own_log])
        function = lambda_.Function(
            self,
            "Check",
            function_name=name,
            description="Authorizer that accepts only requests from CloudFront.",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=lambda_.Code.from_inline(_CHECK_SOURCE),
            role=role,
            log_group=log,
            memory_size=128,
            timeout=Duration.seconds(5),
            environment={_KEY_VARIABLE: key.secret_value.unsafe_unwrap()},
        )
        acknowledge(function, L1="All functions use Python 3.13, which the locked packages are tested with.")
        return function

    def _distribution(
        self, api: gateway.CfnApi, acl_arn: str | None, key: secrets.Secret | None
    ) -> cloudfront.Distribution:
        configuration = self._names.configuration
        host = f"{api.ref}.execute-api.{configuration.region}.{Stack.of(self).url_suffix}"
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{configuration.name}: HTTP API",
            web_acl_id=acl_arn,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            default_behavior=uncached_behavior(
                origins.HttpOrigin(
                    host,
                    protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                    read_timeout=Duration.seconds(READ_TIMEOUT_SECONDS),
                    custom_headers=None if key is None else {_HEADER: key.secret_value.unsafe_unwrap()},
                )
            ),
            additional_behaviors=self._streamed_behaviors(),
            error_responses=uncached_errors(),
            **_custom_domain(self, configuration),
        )
        if acl_arn is None:
            acknowledge(distribution, CFR2="The web firewall is an option that this deployment leaves off.")
        acknowledge(
            distribution,
            CFR1="The API serves users in any country. The account's owner may add geographic restrictions.",
            CFR3="API Gateway logs the requests that reach it, and the firewall logs those that do not.",
            CFR4="Without a custom domain, only CloudFront's default certificate is available. Clients still "
            "negotiate the highest TLS version that they support.",
        )
        return distribution

    def _streamed_behaviors(self) -> dict[str, cloudfront.BehaviorOptions]:
        """Return the behaviours of the paths of the streaming ingress.

        CloudFront streams bodies in both directions, those of requests up to 50 GB.
        """
        if not self._names.configuration.has_streaming_ingress:
            return {}
        origin = cloudfront.VpcOrigin.from_vpc_origin_attributes(
            self, "Ingress", vpc_origin_id=self._names.exported("IngressOrigin")
        )
        behavior = uncached_behavior(
            origins.VpcOrigin.with_vpc_origin(
                origin,
                domain_name=self._names.exported("IngressHost"),
                read_timeout=Duration.seconds(READ_TIMEOUT_SECONDS),
                keepalive_timeout=Duration.seconds(_KEEP_ALIVE_SECONDS),
            )
        )
        return dict.fromkeys(STREAMED_PATHS, behavior)


def origin_key_header(key: secrets.ISecret) -> dict[str, str]:
    """Return the header with which CloudFront shows the API its key."""
    return {_HEADER: key.secret_value.unsafe_unwrap()}


def uncached_errors() -> list[cloudfront.ErrorResponse]:
    """Return the settings that keep CloudFront from caching errors of the API."""
    return [
        cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0))
        for status in _ERRORS_CACHED_BY_DEFAULT
    ]


def uncached_behavior(origin: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
    """Forward every request unchanged and cache nothing."""
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
    )


def _custom_domain(scope: Construct, configuration: Configuration) -> dict[str, object]:
    if configuration.domain_name is None or configuration.certificate_arn is None:
        return {}
    certificate = certificates.Certificate.from_certificate_arn(
        scope, "Certificate", configuration.certificate_arn
    )
    return {"domain_names": [configuration.domain_name], "certificate": certificate}

"""CloudFront before the HTTP API: one address with the streaming ingress, and a place for a firewall.

An HTTP API cannot have a firewall of its own. Where there is one, CloudFront sends a key that only it
knows with each request; API Gateway turns away what comes without the key, before any function of the API
is called. Without a firewall there is nothing to go around. The streaming ingress has no other way in.
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
from infra.constructs.acknowledged import acknowledge, grant
from infra.constructs.month_log import month_log
from infra.names import Names

CHECK_TITLE: Final = "origin-check"

_HEADER: Final = "x-origin-key"
_KEY_VARIABLE: Final = "ORIGIN_KEY"
_REMEMBERED_SECONDS: Final = 3600

UPLOAD_PATHS: Final = ("/api/v2/videos/upload", "/api/v2/workflow/upload")
"""What goes to the streaming ingress, where there is one."""

_ANSWER_SECONDS: Final = 60
"""For the first byte of an answer, once the request is sent: as long as the official clients wait."""

_KEEP_ALIVE_SECONDS: Final = 60
"""Shorter than the load balancer keeps connections, so that no request meets one that is being closed."""

_CACHED_ERRORS: Final = (400, 403, 404, 405, 414, 500, 501, 502, 503, 504)
"""What CloudFront keeps for ten seconds unless told not to, and knows again by the path alone: one caller's
error would be the next caller's answer. Sources in its developer guide: "Control how long CloudFront caches
errors", "How CloudFront processes and caches HTTP 4xx and 5xx status codes from your origin"."""

_CHECK: Final = f"""
import hmac
import os


def handler(event, context):
    sent = event["headers"].get("{_HEADER}", "")
    return {{"isAuthorized": hmac.compare_digest(sent.encode(), os.environ["{_KEY_VARIABLE}"].encode())}}
"""


class Edge(Construct):
    """``host`` is where clients go; ``authorizer``, where there is one, is to be set on every route.

    ``acl_arn`` is the web firewall's.
    """

    def __init__(self, scope: Construct, names: Names, api: gateway.CfnApi, acl_arn: str | None) -> None:
        super().__init__(scope, "Edge")
        self._names = names
        key = None if acl_arn is None else self._origin_key()
        self.authorizer = None if key is None else self._authorizer(api, key)
        self.distribution = self._distribution(api, acl_arn, key)
        self.host = names.configuration.domain_name or self.distribution.distribution_domain_name

    def _origin_key(self) -> secrets.Secret:
        key = secrets.Secret(
            self,
            "OriginKey",
            description="What CloudFront shows to the API.",
            generate_secret_string=secrets.SecretStringGenerator(
                password_length=48, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(
            key, SMG4="Both sides would have to change at one moment; a new one is made by replacing it."
        )
        return key

    def _authorizer(self, api: gateway.CfnApi, key: secrets.Secret) -> gateway.CfnAuthorizer:
        """Asked once an hour, or when a key is guessed: without any, the gateway asks nobody."""
        function = self._check(key)
        made = gateway.CfnAuthorizer(
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
            authorizer_result_ttl_in_seconds=_REMEMBERED_SECONDS,
        )
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=self._names.arn("execute-api", f"{api.ref}/authorizers/{made.ref}"),
        )
        return made

    def _check(self, key: secrets.Secret) -> lambda_.Function:
        name = self._names.of(CHECK_TITLE)
        log = month_log(self, "Log", f"/aws/lambda/{name}")
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        own_log = {
            "Sid": "WriteOwnLog",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [log.log_group_arn],
        }
        grant(role, [own_log])
        function = lambda_.Function(
            self,
            "Check",
            function_name=name,
            description="Lets in what comes through CloudFront.",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=lambda_.Code.from_inline(_CHECK),
            role=role,
            log_group=log,
            memory_size=128,
            timeout=Duration.seconds(5),
            environment={_KEY_VARIABLE: key.secret_value.unsafe_unwrap()},
        )
        acknowledge(function, L1="Python 3.13, as all functions here.")
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
            default_behavior=_passed_on(
                origins.HttpOrigin(
                    host,
                    protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                    read_timeout=Duration.seconds(_ANSWER_SECONDS),
                    custom_headers=None if key is None else {_HEADER: key.secret_value.unsafe_unwrap()},
                )
            ),
            additional_behaviors=self._uploads(),
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0))
                for status in _CACHED_ERRORS
            ],
            **_own_name(self, configuration),
        )
        if acl_arn is None:
            acknowledge(distribution, CFR2="The web firewall is a choice of its own, and was not made.")
        acknowledge(
            distribution,
            CFR1="Users are wherever they are; whom to keep out is for the account's owner to say.",
            CFR3="API Gateway logs every request that arrives, the firewall every one that does not.",
            CFR4="Without a host name of one's own, CloudFront's certificate is the only one there is, and "
            "clients negotiate the best version of TLS they have.",
        )
        return distribution

    def _uploads(self) -> dict[str, cloudfront.BehaviorOptions]:
        """By path. Bodies pass through while they arrive; CloudFront takes up to 50 GB."""
        if not self._names.configuration.has_streaming_ingress:
            return {}
        origin = cloudfront.VpcOrigin.from_vpc_origin_attributes(
            self, "Ingress", vpc_origin_id=self._names.exported("IngressOrigin")
        )
        behavior = _passed_on(
            origins.VpcOrigin.with_vpc_origin(
                origin,
                domain_name=self._names.exported("IngressHost"),
                read_timeout=Duration.seconds(_ANSWER_SECONDS),
                keepalive_timeout=Duration.seconds(_KEEP_ALIVE_SECONDS),
            )
        )
        return dict.fromkeys(UPLOAD_PATHS, behavior)


def _passed_on(origin: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
    """As it comes, whatever it is, and nothing kept."""
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
    )


def _own_name(scope: Construct, configuration: Configuration) -> dict[str, object]:
    if configuration.domain_name is None or configuration.certificate_arn is None:
        return {}
    certificate = certificates.Certificate.from_certificate_arn(
        scope, "Certificate", configuration.certificate_arn
    )
    return {"domain_names": [configuration.domain_name], "certificate": certificate}

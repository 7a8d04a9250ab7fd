"""Site stack: the console and the documentation in a private bucket, behind CloudFront, with the API.

The stack is optional. CloudFront serves the files and forwards the API's paths, so that pages and API have
one origin: browsers need no CORS, and a page's policy names no other host but the media bucket's.
"""

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import Aws, CfnOutput, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from infra import site_files, site_headers
from infra.configuration import Configuration
from infra.constructs.acknowledgments import acknowledge
from infra.constructs.edge import (
    READ_TIMEOUT_SECONDS,
    origin_key_header,
    uncached_behavior,
    uncached_errors,
)
from infra.constructs.site_upload import deploy_files
from infra.names import Names

PATHS_OF_API: Final = ("/api/*", "/health", "/mcp", "/.well-known/*")
"""Paths that CloudFront forwards to the API. All other paths are files of the site."""


class SiteStack(Stack):
    """Bucket, files and distribution. ``acl_arn`` is the ARN of the firewall's web ACL, if there is one."""

    def __init__(self, scope: Construct, configuration: Configuration, acl_arn: str | None = None) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-site",
            description="Console and documentation of VideoVector Server.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
            cross_region_references=acl_arn is not None,
        )
        self._configuration = configuration
        self._names = Names(configuration)
        self._bucket = self._make_bucket()
        self._paths = cloudfront.Function(
            self,
            "Paths",
            function_name=self._names.of("site-paths"),
            comment="Maps the paths of the site to files.",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(site_files.paths_program()),
        )
        distribution = self._distribution(acl_arn)
        deploy_files(self, self._names, self._bucket)
        host = configuration.site_domain_name or distribution.distribution_domain_name
        CfnOutput(self, "SiteUrl", value=f"https://{host}/", description="Address of the console.")
        CfnOutput(self, "SiteTarget", value=distribution.distribution_domain_name)

    def _make_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Files",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(bucket, S1="The bucket holds the published files of the site. CloudFront alone reads it.")
        return bucket

    def _distribution(self, acl_arn: str | None) -> cloudfront.Distribution:
        files = origins.S3BucketOrigin.with_origin_access_control(
            self._bucket, origin_access_levels=[cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST]
        )
        console = self._files_behavior(
            "Console", files, site_headers.console_headers(self._names.media_origin)
        )
        documentation = self._files_behavior("Documentation", files, site_headers.documentation_headers())
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{self._configuration.name}: console and documentation",
            web_acl_id=acl_arn,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            default_behavior=console,
            additional_behaviors={
                **dict.fromkeys(PATHS_OF_API, uncached_behavior(self._api_origin(acl_arn))),
                **dict.fromkeys(("/docs", "/docs/*"), documentation),
            },
            error_responses=uncached_errors(),
            **self._custom_domain(),
        )
        if acl_arn is None:
            acknowledge(distribution, CFR2="The web firewall is an option that this deployment leaves off.")
        acknowledge(
            distribution,
            CFR1="The site serves users in any country. The account's owner may add geographic restrictions.",
            CFR3="API Gateway logs the requests that reach the API. The files are public.",
            CFR4="Without a custom domain, only CloudFront's default certificate is available. Clients still "
            "negotiate the highest TLS version that they support.",
        )
        return distribution

    def _files_behavior(
        self, title: str, files: cloudfront.IOrigin, headers: Mapping[str, str]
    ) -> cloudfront.BehaviorOptions:
        """Serve files with their security headers."""
        return cloudfront.BehaviorOptions(
            origin=files,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            compress=True,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            response_headers_policy=self._headers(title, headers),
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=self._paths, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
                )
            ],
        )

    def _headers(self, title: str, headers: Mapping[str, str]) -> cloudfront.ResponseHeadersPolicy:
        """Make CloudFront's policy. Three of the headers have properties of their own; the rest is custom."""
        custom = dict(headers)
        policy = custom.pop(site_headers.CONTENT_SECURITY_POLICY)
        for name in (site_headers.CONTENT_TYPE_OPTIONS, site_headers.REFERRER_POLICY):
            del custom[name]
        return cloudfront.ResponseHeadersPolicy(
            self,
            f"{title}Headers",
            response_headers_policy_name=self._names.of(f"{title.lower()}-headers"),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=policy, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), override=True
                ),
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=name, value=value, override=True)
                    for name, value in custom.items()
                ]
            ),
        )

    def _api_origin(self, acl_arn: str | None) -> cloudfront.IOrigin:
        """Return the API as an origin. Behind a firewall, the API requires CloudFront's key."""
        names, configuration = self._names, self._configuration
        gateway = f"{names.exported('ApiId')}.execute-api.{configuration.region}.{Aws.URL_SUFFIX}"
        headers = None
        if acl_arn is not None:
            key = secrets.Secret.from_secret_complete_arn(self, "OriginKey", names.exported("OriginKey"))
            headers = origin_key_header(key)
        domain = configuration.domain_name if configuration.has_gateway_domain else None
        return origins.HttpOrigin(
            domain or gateway,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            read_timeout=Duration.seconds(READ_TIMEOUT_SECONDS),
            custom_headers=headers,
        )

    def _custom_domain(self) -> dict[str, Any]:
        configuration = self._configuration
        if configuration.site_domain_name is None or configuration.site_certificate_arn is None:
            return {}
        certificate = certificates.Certificate.from_certificate_arn(
            self, "Certificate", configuration.site_certificate_arn
        )
        return {"domain_names": [configuration.site_domain_name], "certificate": certificate}

"""Upload of the site's files to its bucket, by the CDK's own function during a deployment."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment

from infra import site_files
from infra.constructs.acknowledgments import acknowledge
from infra.constructs.log_group import one_month_log_group
from infra.intrinsics import as_text
from infra.names import Names

_COMPRESSED: Final = ["*.br", "*.gz"]
"""Files for servers that do not compress. CloudFront compresses by itself."""

_FOREVER: Final = [deployment.CacheControl.from_string("public, max-age=31536000, immutable")]
"""For files whose names contain a hash of their content."""

_REVALIDATED: Final = [deployment.CacheControl.from_string("no-cache")]

_FUNCTION_PREFIX: Final = "Custom::CDKBucketDeployment"
_MEMORY_MIB: Final = 512

_WILDCARDS: Final = (
    *(f"Action::s3:{action}*" for action in ("GetObject", "GetBucket", "List", "DeleteObject", "Abort")),
    "Resource::arn:aws:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-{region}/*",
    "Resource::<{bucket}.Arn>/*",
)
"""Wildcards that the CDK grants its function: on the site's bucket, and on the CDK's bucket of assets."""


def deploy_files(stack: Stack, names: Names, bucket: s3.Bucket) -> None:
    """Upload the files.

    Those with a hash in their names come first and stay: new and open pages load their parts by them.
    """
    console, documentation = str(site_files.CONSOLE), str(site_files.DOCUMENTATION)
    log = one_month_log_group(stack, "UploadLog", f"/aws/lambda/{names.of('site-upload')}")
    named = deployment.Source.asset(console, exclude=["*", "!assets", "!assets/**", *_COMPRESSED])
    pages = deployment.Source.asset(console, exclude=["assets", *_COMPRESSED])
    guide = deployment.Source.asset(documentation, exclude=_COMPRESSED)
    earlier: list[deployment.BucketDeployment] = []
    for title, source, prefix, control in (
        ("Parts", named, None, _FOREVER),
        ("Pages", pages, None, _REVALIDATED),
        ("Documentation", guide, "docs", _REVALIDATED),
    ):
        made = deployment.BucketDeployment(
            stack,
            f"{title}Files",
            sources=[source],
            destination_bucket=bucket,
            destination_key_prefix=prefix,
            cache_control=control,
            log_group=log,
            memory_limit=_MEMORY_MIB,
            prune=prefix is not None,
            retain_on_delete=False,
        )
        made.node.add_dependency(*earlier)
        earlier.append(made)
    _acknowledge_function(stack, names, bucket)


def _acknowledge_function(stack: Stack, names: Names, bucket: s3.Bucket) -> None:
    (function,) = (each for each in stack.node.children if each.node.id.startswith(_FUNCTION_PREFIX))
    acknowledge(
        function,
        **{
            "L1": "The CDK chooses the runtime of its function, which runs during deployments alone.",
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": (
                "The CDK grants its function the managed policy for its own log."
            ),
        },
    )
    found = as_text(stack.resolve(bucket.bucket_arn)).strip("<>").partition(".")[0]
    for wildcard in _WILDCARDS:
        rule = f"IAM5[{wildcard.format(region=names.configuration.region, bucket=found)}]"
        acknowledge(
            function,
            **{rule: "The function copies published files to the site's bucket."},
        )

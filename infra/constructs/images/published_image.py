"""Container images that are already published in a registry."""

import re
from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from constructs import Construct

_ECR_ADDRESS: Final = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


def published_image(scope: Construct, address: str) -> ecs.ContainerImage:
    """Return the image at ``address``.

    For a private ECR repository, the execution role receives permission to pull the image. A repository in
    another account must also allow that in its repository policy. Images in other registries are pulled
    without credentials and must be public.
    """
    found = _ECR_ADDRESS.fullmatch(address)
    if found is None:
        return ecs.ContainerImage.from_registry(address)
    name = found["repository"]
    repository = ecr.Repository.from_repository_attributes(
        scope,
        "Repository",
        repository_name=name,
        repository_arn=f"arn:{Aws.PARTITION}:ecr:{found['region']}:{found['account']}:repository/{name}",
    )
    return ecs.ContainerImage.from_ecr_repository(repository, found["digest"] or found["tag"] or "latest")

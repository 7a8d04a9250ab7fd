"""An image that somebody has built and published already."""

import re
from typing import Final

from aws_cdk import Aws
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from constructs import Construct

_PRIVATE: Final = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


def existing_image(scope: Construct, address: str) -> ecs.ContainerImage:
    """What starts the container may fetch it from a private repository of ECR, where it could not without
    being allowed to. Other registries are asked without a name, so theirs has to be public.

    A repository of another account has to let this one in by its own policy too.
    """
    found = _PRIVATE.fullmatch(address)
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

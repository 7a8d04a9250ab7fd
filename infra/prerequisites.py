"""Command ``python -m infra.prerequisites COMMAND``: check what a CDK command needs from machine and account.

The check takes a few seconds and runs before assets are built, which takes minutes. Each message says what to
do. Standard output holds arguments of the CDK command: for ``bootstrap`` the environments to bootstrap, for
``deploy`` and ``diff`` the availability zones. Unknown arguments belong to the CDK and are ignored.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
from pydantic import ValidationError

from infra import choices
from infra.account import PrerequisiteMissing, client
from infra.configuration import Configuration
from infra.node import NodeMissing, use_packaged_node
from infra.quotas import quota_notes
from infra.site_files import SiteNotBuilt, check_built
from infra.zones import zone_choice

COMMANDS: Final = ("bootstrap", "deploy", "diff", "destroy")
EDGE_REGION: Final = "us-east-1"
"""The region in which AWS requires CloudFront's firewall and certificate."""

_BOOTSTRAP_VERSION: Final = "/cdk-bootstrap/hnb659fds/version"
_ENGINE_TIMEOUT_SECONDS: Final = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the prerequisites of a command. ``arguments`` None means ``sys.argv``."""
    parser = choices.argument_parser(
        "python -m infra.prerequisites", "Check the prerequisites of a CDK command."
    )
    parser.add_argument("command", choices=COMMANDS)
    given, _ = parser.parse_known_args(arguments)
    try:
        use_packaged_node()
        configuration = Configuration.read(
            {**choices.project_context(), **choices.parse_choices(given.context)}.get
        )
        if given.command != "bootstrap" and configuration.has_site:
            check_built()
        environments = [f"aws://{_account(configuration)}/{region}" for region in _regions(configuration)]
        if given.command == "bootstrap":
            sys.stdout.write(f"{' '.join(environments)}\n")
        if given.command in ("deploy", "diff"):
            _check_bootstrap(configuration)
            if zones := zone_choice(configuration):
                sys.stdout.write(f"-c zones={zones}\n")
        if given.command == "deploy" and _images_to_build(configuration):
            _check_container_engine(configuration)
        if given.command in ("bootstrap", "deploy"):
            sys.stderr.writelines(f"{note}\n" for note in quota_notes(configuration))
    except ValidationError as error:
        return _fail(f"Invalid choices:\n{choices.describe_errors(error)}")
    except (PrerequisiteMissing, NodeMissing, SiteNotBuilt, choices.UnknownChoice) as error:
        return _fail(str(error))
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


def _regions(configuration: Configuration) -> Iterator[str]:
    yield configuration.region
    if configuration.has_web_firewall and configuration.region != EDGE_REGION:
        yield EDGE_REGION


def _account(configuration: Configuration) -> str:
    """Return the account of the credentials. Raises: PrerequisiteMissing: AWS finds or accepts none."""
    try:
        answer = client("sts", configuration.region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise PrerequisiteMissing(
            f"The AWS account cannot be determined: {error}\n"
            "Sign in with `aws sso login` or `aws configure` and set AWS_PROFILE to the profile's name, or "
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error
    return str(answer["Account"])


def _check_bootstrap(configuration: Configuration) -> None:
    """Check that each region is bootstrapped. Raises: PrerequisiteMissing.

    Access denied counts as bootstrapped: the CDK checks again, with a role of its own.
    """
    for region in _regions(configuration):
        try:
            client("ssm", region).get_parameter(Name=_BOOTSTRAP_VERSION)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                raise PrerequisiteMissing(
                    f"This account is not bootstrapped for the CDK in {region}. "
                    "Run `make bootstrap` once, with the same CHOICES."
                ) from error
        except BotoCoreError as error:
            raise PrerequisiteMissing(f"Systems Manager in {region} does not answer: {error}") from error


def _images_to_build(configuration: Configuration) -> list[str]:
    """List the choices that would name a published image, for each image that this deployment builds."""
    is_built = {
        "worker_image": configuration.worker_image is None and not configuration.emulator,
        "ingress_image": configuration.ingress_image is None and configuration.has_streaming_ingress,
    }
    return [name for name, built in is_built.items() if built]


def _check_container_engine(configuration: Configuration) -> None:
    """Check the container engine, which the CDK takes from CDK_DOCKER. Raises: PrerequisiteMissing."""
    program = os.environ.get("CDK_DOCKER", "docker")
    try:
        ended = subprocess.run(  # noqa: S603
            [*shlex.split(program), "info"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_ENGINE_TIMEOUT_SECONDS,
        )
        problem = "" if ended.returncode == 0 else ended.stderr.strip()[-300:] or "the command failed"
    except OSError as error:
        problem = str(error)
    except subprocess.TimeoutExpired:
        problem = f"`{program} info` did not answer within {_ENGINE_TIMEOUT_SECONDS} s"
    if problem:
        raise PrerequisiteMissing(
            f"A container image must be built, but `{program}` is not available: {problem}\n"
            "Start Docker, or set CDK_DOCKER to another engine's command (podman, finch), or choose a "
            f"published image: {', '.join(f'-c {name}=...' for name in _images_to_build(configuration))}"
        )


if __name__ == "__main__":
    sys.exit(main())

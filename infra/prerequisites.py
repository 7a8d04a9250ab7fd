"""``python -m infra.prerequisites COMMAND``: what a command of the CDK needs of this machine and the account.

Asked for in a second or two, before minutes go by on building, and said with what is to be done.
``bootstrap`` prints the environments to be prepared. What is no choice is the CDK's own, and left to it.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import botocore.session  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
from pydantic import ValidationError

from infra import choices
from infra.configuration import Configuration
from infra.node import NodeMissing, check_node

COMMANDS: Final = ("bootstrap", "deploy", "diff", "destroy")
EDGE_REGION: Final = "us-east-1"
"""Where AWS wants a firewall before CloudFront, and its certificate."""

_BOOTSTRAP_VERSION: Final = "/cdk-bootstrap/hnb659fds/version"
_QUICKLY: Final = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
_ENGINE_SECONDS: Final = 30


class NotReady(Exception):
    """The text says what is missing, and what is to be done."""


def main(arguments: Sequence[str] | None = None) -> int:
    """``arguments`` None are the process's own."""
    parser = choices.parser("python -m infra.prerequisites", "Is everything there that a deployment needs?")
    parser.add_argument("command", choices=COMMANDS)
    given, _ = parser.parse_known_args(arguments)
    try:
        check_node()
        configuration = Configuration.read({**choices.project(), **choices.split(given.context)}.get)
        environments = [f"aws://{_account(configuration)}/{region}" for region in _regions(configuration)]
        if given.command == "bootstrap":
            sys.stdout.write(f"{' '.join(environments)}\n")
        if given.command in ("deploy", "diff"):
            _check_bootstrap(configuration)
        if given.command == "deploy" and _images(configuration):
            _check_engine(configuration)
    except ValidationError as error:
        return _ended(f"This cannot be deployed:\n{choices.described(error)}")
    except (NotReady, NodeMissing, choices.UnknownChoice) as error:
        return _ended(str(error))
    return 0


def _ended(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 2


def _regions(configuration: Configuration) -> Iterator[str]:
    yield configuration.region
    if configuration.has_web_firewall and configuration.region != EDGE_REGION:
        yield EDGE_REGION


def _account(configuration: Configuration) -> str:
    """Raises: NotReady: the credentials are none, or not accepted."""
    try:
        answer = _client("sts", configuration.region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise NotReady(
            f"AWS does not say whose credentials these are: {error}\n"
            "Sign in with `aws sso login` or `aws configure`, and name the profile in AWS_PROFILE; or set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error
    return str(answer["Account"])


def _check_bootstrap(configuration: Configuration) -> None:
    """Who may not look is believed: the CDK asks again, with a role of its own.

    Raises: NotReady.
    """
    for region in _regions(configuration):
        try:
            _client("ssm", region).get_parameter(Name=_BOOTSTRAP_VERSION)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                raise NotReady(
                    f"The CDK's bootstrap is not in {region} of this account. "
                    "Run `make bootstrap` once, with the same CHOICES."
                ) from error
        except BotoCoreError as error:
            raise NotReady(f"{region} does not answer: {error}") from error


def _images(configuration: Configuration) -> list[str]:
    """Choices of those that would have to be built here."""
    wanted = {
        "worker_image": configuration.worker_image is None and not configuration.emulator,
        "ingress_image": configuration.ingress_image is None and configuration.has_streaming_ingress,
    }
    return [name for name, built in wanted.items() if built]


def _check_engine(configuration: Configuration) -> None:
    """The CDK takes the program that CDK_DOCKER names. Raises: NotReady."""
    program = os.environ.get("CDK_DOCKER", "docker")
    try:
        ended = subprocess.run(  # noqa: S603
            [*shlex.split(program), "info"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_ENGINE_SECONDS,
        )
        said = "" if ended.returncode == 0 else ended.stderr.strip()[-300:] or "it failed"
    except OSError as error:
        said = str(error)
    except subprocess.TimeoutExpired:
        said = f"`{program} info` gave no answer in {_ENGINE_SECONDS} s"
    if said:
        raise NotReady(
            f"An image has to be built, and `{program}` cannot: {said}\n"
            "Start Docker, or name another engine's command in CDK_DOCKER (podman, finch), or choose an "
            f"image that exists: {', '.join(f'-c {name}=...' for name in _images(configuration))}"
        )


def _client(service: str, region: str) -> Any:
    try:
        return botocore.session.get_session().create_client(service, region_name=region, config=_QUICKLY)
    except BotoCoreError as error:  # a profile that there is not, say
        raise NotReady(f"Your AWS configuration cannot be used: {error}") from error


if __name__ == "__main__":
    sys.exit(main())

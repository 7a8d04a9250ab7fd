"""What a command needs to work on AWS, and what AWS says when it refuses, in sentences."""

import importlib.util
import sys
from typing import Final

import typer

_PACKAGES: Final = ("botocore", "s3transfer")

_WHAT_TO_DO: Final = {
    "NoRegionError": "Name the deployment's region in AWS_REGION.",
    "NoCredentialsError": "Sign in with `aws configure` or `aws sso login`; name the profile in AWS_PROFILE.",
    "ResourceNotFoundException": "Are the table's name, AWS_REGION and the account the deployment's?",
    "NoSuchBucket": "Are the bucket's name and the account the deployment's?",
    "ExpiredTokenException": "Sign in again.",
}


def require_packages() -> None:
    """A laptop's own packages are without those of AWS. Ends the command where they are missing."""
    if any(importlib.util.find_spec(name) is None for name in _PACKAGES):
        print("The packages for AWS are not installed here. Once: make aws-packages", file=sys.stderr)
        raise typer.Exit(1)


def refusals() -> tuple[type[Exception], ...]:
    """What AWS's own packages raise; nothing while no command has loaded them."""
    if "botocore.exceptions" not in sys.modules:
        return ()
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

    return BotoCoreError, ClientError


def described(error: Exception) -> str:
    """Of ``refusals``: what was said, and what is to be done about it where that is known."""
    answer = getattr(error, "response", {})
    name = str(answer.get("Error", {}).get("Code") or type(error).__name__)
    return " ".join(filter(None, (f"AWS says: {error}.".replace("..", "."), _WHAT_TO_DO.get(name))))

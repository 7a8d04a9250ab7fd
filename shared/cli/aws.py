"""Support for commands that work on AWS: required packages, and messages for AWS errors."""

import importlib.util
import sys
from typing import Final

import typer

_PACKAGES: Final = ("botocore", "s3transfer")

_REMEDIES: Final = {
    "NoRegionError": "Name the deployment's region in AWS_REGION.",
    "NoCredentialsError": "Sign in with `aws configure` or `aws sso login`; name the profile in AWS_PROFILE.",
    "ResourceNotFoundException": "Are the table's name, AWS_REGION and the account the deployment's?",
    "NoSuchBucket": "Are the bucket's name and the account the deployment's?",
    "ExpiredTokenException": "Sign in again.",
}


def require_packages() -> None:
    """End the command if the AWS packages are missing. An installation for a laptop does not include them."""
    if any(importlib.util.find_spec(name) is None for name in _PACKAGES):
        print("The packages for AWS are not installed here. Once: make aws-packages", file=sys.stderr)
        raise typer.Exit(1)


def error_types() -> tuple[type[Exception], ...]:
    """Return the exception types of botocore, or none if no command has loaded it."""
    if "botocore.exceptions" not in sys.modules:
        return ()
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

    return BotoCoreError, ClientError


def describe_error(error: Exception) -> str:
    """Build a message from an error of ``error_types``, with a remedy if one is known."""
    answer = getattr(error, "response", {})
    name = str(answer.get("Error", {}).get("Code") or type(error).__name__)
    return " ".join(filter(None, (f"AWS says: {error}.".replace("..", "."), _REMEDIES.get(name))))

"""Access to the operator's account, before a CDK command runs."""

from typing import Any, Final

import botocore.session  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]

_CLIENT_CONFIG: Final = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})


class PrerequisiteMissing(Exception):
    """A prerequisite is missing. The message says which, and what to do."""


def client(service: str, region: str) -> Any:
    """Create a botocore client with the operator's credentials. Raises: PrerequisiteMissing."""
    try:
        return botocore.session.get_session().create_client(
            service, region_name=region, config=_CLIENT_CONFIG
        )
    except BotoCoreError as error:  # for example, a profile that does not exist
        raise PrerequisiteMissing(f"The AWS configuration is invalid: {error}") from error

"""Temporary credentials of the IAM roles that users' connectors name."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.domain.connectors.credentials import ROLE_PREFIX, S3Role, is_connector_role
from shared.domain.connectors.store_problem import StoreProblem
from shared.domain.errors import Unavailable
from shared.ports.stores import StoreFailed

_SESSION_NAME: Final = "videovector-server"
_SERVICE: Final = "STS"
_REFUSED: Final = frozenset({"AccessDenied", "ValidationError", "InvalidParameterValue"})
"""Codes of a role that does not exist, does not trust the server, or is of another partition of AWS."""


class RoleSession(NamedTuple):
    """Temporary credentials of a role."""

    access_key_id: str
    secret_access_key: str
    session_token: str


class AssumedRoles:
    """Assumes roles. A session lasts one hour, the longest that STS permits to a role that assumes a role.

    The external id, which the server made, keeps other users of this server from naming the role: its trust
    policy requires the id of one connector ("The confused deputy problem", IAM user guide).
    """

    def __init__(self, client: Callable[[], Any]) -> None:
        """``client`` returns a botocore client for STS, which only connectors with a role need."""
        self._client = client

    def assume(self, role: S3Role) -> RoleSession:
        """Assume a role. Its session is valid in every region.

        Raises: StoreFailed: the role does not permit it, or STS does not answer.
        """
        if not is_connector_role(role.role_arn):
            raise StoreFailed(
                f"The name of the role must start with {ROLE_PREFIX}.", StoreProblem.WRONG_CREDENTIALS
            )
        try:
            with translated_errors(_SERVICE):
                made = self._client().assume_role(
                    RoleArn=role.role_arn, RoleSessionName=_SESSION_NAME, ExternalId=role.external_id
                )["Credentials"]
        except Unavailable as error:
            raise StoreFailed(error.message, StoreProblem.NO_ANSWER, retryable=True) from error
        except ClientError as error:
            if code_of(error) not in _REFUSED:
                raise
            raise StoreFailed(
                "The role cannot be assumed: it must exist in this server's partition of AWS, and its trust "
                "policy must name this server's account and the connector's external id.",
                StoreProblem.WRONG_CREDENTIALS,
            ) from error
        return RoleSession(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])

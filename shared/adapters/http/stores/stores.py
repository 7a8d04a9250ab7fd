"""Stores of users through obstore, each in a process of its own.

obstore's constructors read variables of the environment that no argument can undo
(``docs/adr/0022-stores-of-users.md``). So every store lives in a process with an empty environment, and
all its connections go through a proxy in that process.
"""

from collections.abc import Callable
from typing import Final, assert_never

from shared.adapters.http.stores import address_rules, credential_rules
from shared.adapters.http.stores.process_store import ProcessStore
from shared.adapters.http.stores.specifications import (
    OperatorAddresses,
    S3Session,
    specification_of_azure,
    specification_of_gcs,
    specification_of_s3,
)
from shared.adapters.http.stores.store_process.messages import StoreSpecification
from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.credentials import (
    AzureClientSecret,
    Credentials,
    GcsServiceAccount,
    S3Keys,
    S3Role,
)
from shared.domain.errors import InvalidRequest
from shared.ports.stores import Store, StoreFailed, StoreProblem
from shared.settings import Settings

AssumeRole = Callable[[S3Role, str], S3Session]
"""Assumes a role, for use in a region. Raises: StoreFailed."""

_NO_ROLES: Final = "This server runs outside AWS and cannot assume a role. Use an access key."
_OTHER_PROVIDER: Final = "The credentials are not those of the provider."


class ObjectStores:
    """Implements ``shared.ports.stores.Stores``."""

    def __init__(self, settings: Settings, assume_role: AssumeRole | None = None) -> None:
        """Read the operator's addresses. Raises: ValueError: an address of the settings is invalid."""
        self._operator = OperatorAddresses.of(settings)
        self._assume_role = assume_role

    def check(self, address: StoreAddress) -> None:
        address_rules.check(address, self._operator.s3, only_amazon=self._operator.s3_default is None)

    def check_credentials(self, credentials: Credentials) -> None:
        credential_rules.check_credentials(credentials)

    def open(self, address: StoreAddress, credentials: Credentials) -> Store:
        """Open a store. The address is checked again: the operator's lists may have changed."""
        try:
            self.check(address)
        except InvalidRequest as error:
            raise StoreFailed(f"{error.field} {error.rule}.", StoreProblem.ADDRESS_REFUSED) from error
        try:
            self.check_credentials(credentials)
        except InvalidRequest as error:
            raise StoreFailed(f"{error.field} {error.rule}.", StoreProblem.WRONG_CREDENTIALS) from error
        return ProcessStore(self._specification(address, credentials))

    def _specification(self, address: StoreAddress, credentials: Credentials) -> StoreSpecification:
        match credentials:
            case S3Keys() if address.provider is ConnectorProvider.S3:
                return specification_of_s3(address, credentials, self._operator)
            case S3Role() if address.provider is ConnectorProvider.S3:
                session = self._session(credentials, address.region or "")
                return specification_of_s3(address, session, self._operator)
            case GcsServiceAccount() if address.provider is ConnectorProvider.GCS:
                return specification_of_gcs(address, credentials, self._operator)
            case AzureClientSecret() if address.provider is ConnectorProvider.AZURE:
                return specification_of_azure(address, credentials, self._operator)
            case S3Keys() | S3Role() | GcsServiceAccount() | AzureClientSecret():
                raise StoreFailed(_OTHER_PROVIDER, StoreProblem.WRONG_CREDENTIALS)
            case _:
                assert_never(credentials)

    def _session(self, role: S3Role, region: str) -> S3Session:
        if self._assume_role is None:
            raise StoreFailed(_NO_ROLES, StoreProblem.WRONG_CREDENTIALS)
        return self._assume_role(role, region)

"""Connections: open stores of users through their connectors."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from shared.domain import keys
from shared.domain.connectors.connector import Connector, ConnectorScope, ConnectorStatus
from shared.domain.connectors.credentials import Credentials, unseal
from shared.domain.errors import Conflict, NotFound
from shared.ports.secrets import TenantSecrets
from shared.ports.stores import Store, StoreFailed, StoreProblem, Stores
from shared.services.records.documents import Documents

_ATTEMPTS: Final = 3
"""A rotation keeps the version that it replaces, so that only two rotations within one opening can delete the
version that the opening has read."""

_CLOSE_AGAIN_SECONDS: Final = 1.0
"""After the deadline, the store is closed again and again: the next operation may have opened it again."""


class StoreDeadline:
    """Closes a store after some seconds, so that an operation of another thread fails."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.has_passed = False
        self._ends_at = time.monotonic() + seconds
        self._ended = threading.Event()

    def start(self, store: Store) -> None:
        threading.Thread(target=self._watch, args=(store,), daemon=True).start()

    def extend(self) -> None:
        """Let the seconds begin again."""
        self._ends_at = time.monotonic() + self.seconds

    def end(self) -> None:
        self._ended.set()

    def _watch(self, store: Store) -> None:
        while not self._ended.wait(max(0.0, self._ends_at - time.monotonic())):
            if time.monotonic() < self._ends_at:
                continue  # it was extended
            self.has_passed = True
            store.close()
            self._ends_at = time.monotonic() + _CLOSE_AGAIN_SECONDS


class Connections:
    """Opens the stores of connectors. The ports are built at first use."""

    def __init__(
        self,
        documents: Documents,
        secrets: Callable[[], TenantSecrets],
        stores: Callable[[], Stores],
    ) -> None:
        self._documents = documents
        self._secrets = secrets
        self._stores = stores

    def find(self, tenant_id: str, connector_id: str, scope: ConnectorScope) -> Connector:
        """Read a connector that may be used for ``scope``.

        Raises:
            NotFound: it is unknown or another tenant's.
            Conflict: it lacks the scope (``connector_scope_missing``) or is disabled.
        """
        connector = self._read(tenant_id, connector_id)
        if connector.status is ConnectorStatus.DISABLED:
            raise Conflict(f"The connector {connector.name!r} is disabled.", code="connector_disabled")
        if scope not in connector.scopes:
            raise Conflict(
                f"The connector {connector.name!r} does not have the scope {scope}. Add it to the scopes of"
                " the connector.",
                code="connector_scope_missing",
                details={"connector_id": connector_id, "scope": scope},
            )
        return connector

    @contextmanager
    def open(self, connector: Connector, deadline: StoreDeadline | None = None) -> Iterator[Store]:
        """Open the store of a connector, with the credentials that are in use now, and close it at the end.

        ``deadline`` limits the use of the store: whatever it is doing then fails. A store may hang for
        minutes, and the client of a request does not wait that long.

        Raises: StoreFailed: the store refuses, does not answer in time, or the credentials are missing.
            Unavailable: the secrets do not answer. NotFound: the connector was deleted meanwhile.
        """
        current, credentials = self._credentials(connector)
        store = self._stores().open(current.address, credentials)
        if deadline is not None:
            deadline.start(store)
        try:
            yield store
        except StoreFailed as failure:
            if deadline is None or not deadline.has_passed:
                raise
            raise StoreFailed(
                f"The store did not answer within {deadline.seconds:.0f} seconds. Try again later, or name a"
                " longer prefix.",
                StoreProblem.NO_ANSWER,
                retryable=True,
            ) from failure
        finally:
            if deadline is not None:
                deadline.end()
            store.close()

    def _credentials(self, connector: Connector) -> tuple[Connector, Credentials]:
        """Read the credentials of a connector. After a rotation, read the connector again."""
        for _ in range(_ATTEMPTS):
            try:
                secret = self._secrets().read(
                    connector.tenant_id, connector.secret_name, connector.secret_version
                )
                return connector, unseal(secret)
            except NotFound:
                current = self._read(connector.tenant_id, connector.connector_id)
                if current.secret_version == connector.secret_version:
                    break
                connector = current
        raise StoreFailed(
            "The credentials of the connector are missing. Set them again.", StoreProblem.WRONG_CREDENTIALS
        )

    def _read(self, tenant_id: str, connector_id: str) -> Connector:
        connector = self._documents.get(Connector, keys.connector(tenant_id, connector_id))
        if connector is None:
            raise NotFound("connector", connector_id)
        return connector

"""Connectors: create within a quota, list, get, change, delete.

Credentials are a secret of the tenant, and the record names the version in use. A change puts the new version
first; the transaction that names it makes it effective. The record also names the version that was in use
before, which the next rotation deletes: work that has read the record can still read its version. A crash
between the two steps leaves a version that no record names; it goes with the connector.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ulid import ULID

from shared.domain import clock, ids, keys
from shared.domain.access import Caller
from shared.domain.connectors.connector import (
    Connector,
    ConnectorChanges,
    ConnectorOptions,
    StoreAddress,
)
from shared.domain.connectors.credentials import Credentials, S3Role, seal, unseal
from shared.domain.connectors.rules import changed, checked_options
from shared.domain.errors import Conflict, InvalidRequest, NotFound, WriteRejected
from shared.domain.events.types import EventType
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Delete
from shared.ports.secrets import TenantSecrets
from shared.ports.stores import Stores
from shared.services.connectors.announcement import connector_event
from shared.services.connectors.given_credentials import GivenCredentials
from shared.services.records.documents import Documents, put
from shared.services.records.quota import changed_guard, check_quota
from shared.services.records.transact import Decision

NO_CREDENTIALS: Final = GivenCredentials()

_NOTHING_WRITTEN: Final = (InvalidRequest, NotFound, Conflict, WriteRejected)
"""Errors after which no record names the new secret. After any other error, a record may name it."""


@dataclass(frozen=True, slots=True)
class _Change:
    before: Connector
    after: Connector


class Connectors:
    """Connectors of all tenants. Each creation expects the version of one guard record of the tenant, so
    that concurrent creations cannot exceed the quota together."""

    def __init__(
        self,
        documents: Documents,
        secrets: Callable[[], TenantSecrets],
        stores: Callable[[], Stores],
        *,
        max_connectors: int,
        roles: bool = False,
    ) -> None:
        """``roles``: this server can assume roles of IAM."""
        self._documents = documents
        self._secrets = secrets
        self._stores = stores
        self._max_connectors = max_connectors
        self._roles = roles

    def create(
        self,
        caller: Caller,
        options: ConnectorOptions,
        address: StoreAddress,
        given: GivenCredentials,
        *,
        seed: str | None = None,
    ) -> Connector:
        """Create a connector. The store is not asked; ``ConnectionTest`` does that.

        ``seed`` is a ULID. A second request with the same seed returns the same connector.

        Raises:
            InvalidRequest: a field breaks a rule, or the operator does not permit the address.
            Conflict: the quota is used up (``resource_quota_exceeded``).
        """
        connector_id = f"{ids.CONNECTOR}_{seed or ULID()}"
        existing = self._find(caller, connector_id)
        if existing is not None:
            return existing
        options = checked_options(options)
        credentials = given.resolve(address, roles=self._roles)
        self._stores().check(address)
        self._stores().check_credentials(credentials)
        check_quota("connectors", len(self.list(caller)), self._max_connectors)
        version = self._secrets().put(caller.tenant_id, connector_id, seal(credentials))
        now = clock.timestamp()
        connector = Connector(
            **options.model_dump(),
            connector_id=connector_id,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            address=address,
            external_id=credentials.external_id if isinstance(credentials, S3Role) else None,
            secret_version=version,
            created_at=now,
            updated_at=now,
        )
        try:
            created = self._documents.transact(lambda: self._creation(caller, connector))
        except _NOTHING_WRITTEN:
            self._secrets().delete_version(caller.tenant_id, connector_id, version)
            raise
        if created.secret_version != version:
            self._secrets().delete_version(caller.tenant_id, connector_id, version)
        return created

    def list(self, caller: Caller) -> Sequence[Connector]:
        """List connectors in the order of their creation."""
        return self._documents.every(Connector, keys.connector(caller.tenant_id))

    def get(self, caller: Caller, connector_id: str) -> Connector:
        """Read a connector. Raises: NotFound: it is unknown or another tenant's."""
        found = self._find(caller, connector_id)
        if found is None:
            raise NotFound("connector", connector_id)
        return found

    def update(
        self,
        caller: Caller,
        connector_id: str,
        changes: ConnectorChanges,
        given: GivenCredentials = NO_CREDENTIALS,
    ) -> Connector:
        """Change a connector, and rotate its credentials if new ones are given.

        Work that has opened the store goes on with the credentials that it has.

        Raises: NotFound. InvalidRequest: a field breaks a rule.
        """
        known = self.get(caller, connector_id)
        changed(known, changes)  # a refused change puts no secret
        if given.is_empty:
            return self._documents.transact(lambda: self._change(caller, connector_id, changes)).after
        credentials = given.resolve(known.address, roles=self._roles, current=lambda: self._current(known))
        self._stores().check_credentials(credentials)
        version = self._secrets().put(caller.tenant_id, known.secret_name, seal(credentials))
        external_id = credentials.external_id if isinstance(credentials, S3Role) else None

        def rotate(connector: Connector) -> Connector:
            return connector.rotated(version, external_id)

        try:
            done = self._documents.transact(lambda: self._change(caller, connector_id, changes, rotate))
        except _NOTHING_WRITTEN:
            self._secrets().delete_version(caller.tenant_id, known.secret_name, version)
            raise
        if done.before.previous_secret_version is not None:
            self._secrets().delete_version(
                caller.tenant_id, known.secret_name, done.before.previous_secret_version
            )
        return done.after

    def delete(self, caller: Caller, connector_id: str) -> None:
        """Delete a connector and its credentials. Imported media stay. Raises: NotFound.

        The credentials go first, so that a crash leaves a connector that can be deleted again. They are
        deleted once more at the end, because a rotation may have put a version meanwhile.
        """
        name = self.get(caller, connector_id).secret_name
        self._secrets().delete(caller.tenant_id, name)

        def decide() -> Decision[None]:
            key = keys.connector(caller.tenant_id, connector_id)
            record = self._documents.records.get(key)
            if record is None:
                return Decision(None)
            connector = Connector.model_validate(record.body)
            event = connector_event(EventType.CONNECTOR_DELETED, connector, user_id=caller.user_id)
            return Decision(None, [Delete(key, record.version), event])

        self._documents.transact(decide)
        self._secrets().delete(caller.tenant_id, name)

    def _creation(self, caller: Caller, connector: Connector) -> Decision[Connector]:
        existing = self._find(caller, connector.connector_id)
        if existing is not None:
            return Decision(existing)
        guard = changed_guard(self._documents, keys.connector_guard(caller.tenant_id))
        check_quota("connectors", len(self.list(caller)), self._max_connectors)
        return Decision(
            connector,
            [
                guard,
                put(_key(connector), connector, expected_version=ABSENT),
                connector_event(EventType.CONNECTOR_CREATED, connector, user_id=caller.user_id),
            ],
        )

    def _change(
        self,
        caller: Caller,
        connector_id: str,
        changes: ConnectorChanges,
        rotate: Callable[[Connector], Connector] = lambda connector: connector,
    ) -> Decision[_Change]:
        """Decide the writes of a change. Raises: NotFound, InvalidRequest."""
        key = keys.connector(caller.tenant_id, connector_id)
        record = self._documents.records.get(key)
        if record is None:
            raise NotFound("connector", connector_id)
        before = Connector.model_validate(record.body)
        after = rotate(changed(before, changes))
        if after == before:
            return Decision(_Change(before, before))
        after = after.model_copy(update={"updated_at": clock.timestamp()})
        event = connector_event(EventType.CONNECTOR_UPDATED, after, user_id=caller.user_id)
        return Decision(_Change(before, after), [put(key, after, expected_version=record.version), event])

    def _current(self, connector: Connector) -> Credentials:
        """Read the credentials of a connector. Raises: Conflict: they are missing."""
        try:
            secret = self._secrets().read(
                connector.tenant_id, connector.secret_name, connector.secret_version
            )
        except NotFound:
            raise Conflict(
                "The credentials of the connector are missing or have just changed. Send all of them."
            ) from None
        return unseal(secret)

    def _find(self, caller: Caller, connector_id: str) -> Connector | None:
        return self._documents.get(Connector, keys.connector(caller.tenant_id, connector_id))


def _key(connector: Connector) -> Key:
    return keys.connector(connector.tenant_id, connector.connector_id)

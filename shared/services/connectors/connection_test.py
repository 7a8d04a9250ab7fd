"""Tests of connections: what does a store permit, and what is wrong, in one sentence."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ulid import ULID

from shared.domain import clock, keys
from shared.domain.access import Caller
from shared.domain.connectors.connector import Connector, ConnectorScope, ConnectorStatus
from shared.domain.connectors.rules import is_readable_key
from shared.domain.events.types import EventType
from shared.ports.stores import Store, StoreFailed, StoreProblem
from shared.services.connectors.announcement import connector_event
from shared.services.connectors.browsing import PROBE_PREFIX, is_file
from shared.services.connectors.connections import Connections, StoreDeadline
from shared.services.connectors.connectors import Connectors
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

TEST_SECONDS: Final = 20.0
"""Time for a test. API Gateway waits 29 seconds for an answer."""

_PROBE: Final = b"VideoVector has tested this connection. This object may be deleted.\n"


@dataclass(frozen=True, slots=True)
class ConnectionOutcome:
    """The outcome of a test. ``error`` is one sentence if it failed; ``result`` says what was checked."""

    success: bool
    result: str
    error: str | None = None


class ConnectionTest:
    """Tests connectors, and records the outcome with them."""

    def __init__(
        self,
        documents: Documents,
        connectors: Connectors,
        connections: Connections,
        *,
        seconds: float = TEST_SECONDS,
    ) -> None:
        """``seconds`` limits the time of a test."""
        self._seconds = seconds
        self._documents = documents
        self._connectors = connectors
        self._connections = connections

    def test(self, caller: Caller, connector_id: str) -> ConnectionOutcome:
        """Test a connector for each of its scopes.

        For import, the test lists the store and reads the first object's header. For export, it writes a
        small object below ``export_base_path`` and deletes it again. Credentials that may not delete pass:
        exports only write.

        Raises: NotFound: the connector does not exist. Unavailable: the secrets do not answer.
        """
        connector = self._connectors.get(caller, connector_id)
        try:
            with self._connections.open(connector, StoreDeadline(self._seconds)) as store:
                outcome = ConnectionOutcome(True, " ".join(_checks(store, connector)))
        except StoreFailed as failure:
            outcome = ConnectionOutcome(False, "failed", failure.message)
        self._record(caller, connector, outcome)
        return outcome

    def _record(self, caller: Caller, tested: Connector, outcome: ConnectionOutcome) -> None:
        """Store the outcome, unless the connector was deleted or its credentials changed during the test."""
        key = keys.connector(tested.tenant_id, tested.connector_id)

        def decide() -> Decision[None]:
            record = self._documents.records.get(key)
            current = None if record is None else Connector.model_validate(record.body)
            if record is None or current is None or current.secret_version != tested.secret_version:
                return Decision(None)
            after = current.model_copy(
                update={
                    "status": _status(current, outcome),
                    "last_tested_at": clock.timestamp(),
                    "last_test_result": outcome.result,
                    "last_test_error": outcome.error,
                }
            )
            event = connector_event(
                EventType.CONNECTOR_TESTED,
                after,
                user_id=caller.user_id,
                success=outcome.success,
                error=outcome.error,
            )
            return Decision(None, [put(key, after, expected_version=record.version), event])

        self._documents.transact(decide)


def _status(connector: Connector, outcome: ConnectionOutcome) -> ConnectorStatus:
    if connector.status is ConnectorStatus.DISABLED:
        return connector.status
    return ConnectorStatus.ACTIVE if outcome.success else ConnectorStatus.FAILED


def _checks(store: Store, connector: Connector) -> list[str]:
    """Check what the scopes need. Return a sentence for each scope. Raises: StoreFailed."""
    sentences = []
    if ConnectorScope.IMPORT in connector.scopes:
        sentences.append(_check_import(store))
    if ConnectorScope.EXPORT in connector.scopes:
        sentences.append(_check_export(store, connector.export_base_path))
    return sentences


def _check_import(store: Store) -> str:
    """Check listing and reading. A key that cannot be read is no fault of the connection."""
    for page in store.list():
        for each in page:
            if is_file(each.path) and is_readable_key(each.path):
                _read(store, each.path)
                return "Listing and reading work."
    return "Listing works. The store has no objects to read."


def _read(store: Store, path: str) -> None:
    try:
        store.stat(path)
    except StoreFailed as failure:
        if failure.problem is not StoreProblem.NO_SUCH_OBJECT:  # it may be deleted since the listing
            raise


def _check_export(store: Store, base_path: str | None) -> str:
    """Write an object with a new name: without the permission to delete, Google replaces no object."""
    name = f"{PROBE_PREFIX}{ULID()}"
    path = f"{base_path}/{name}" if base_path else name
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe"
        source.write_bytes(_PROBE)
        store.write(path, source, "text/plain")
    try:
        store.delete(path)
    except StoreFailed as failure:
        if failure.problem is not StoreProblem.NOT_PERMITTED:
            raise
        return f"Writing works. The credentials may not delete, so that {path!r} stays."
    return "Writing works."

"""Whether an automation can use its connector."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.connectors.connector import Connector, ConnectorScope, ConnectorStatus
from shared.services.records.documents import Documents


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an automation does nothing, until somebody changes it or its connector."""

    code: str
    message: str


def connector_obstacle(
    documents: Documents, tenant_id: str, connector_id: str, scope: ConnectorScope
) -> Obstacle | None:
    """Return why a connector cannot be used for ``scope``, or None if it can."""
    return connector_obstacles(documents, tenant_id, [connector_id], scope)[connector_id]


def connector_obstacles(
    documents: Documents, tenant_id: str, connector_ids: Iterable[str], scope: ConnectorScope
) -> dict[str, Obstacle | None]:
    """Return, by connector id, why it cannot be used for ``scope``, or None if it can. One batch is read."""
    at = {connector_id: keys.connector(tenant_id, connector_id) for connector_id in connector_ids}
    found = documents.batch(at.values())
    return {
        connector_id: _obstacle(connector_id, found.get(Connector, key), scope)
        for connector_id, key in at.items()
    }


def _obstacle(connector_id: str, connector: Connector | None, scope: ConnectorScope) -> Obstacle | None:
    if connector is None:
        return Obstacle(
            "connector_deleted",
            f"The connector {connector_id} was deleted. Save the automation with another connector.",
        )
    if connector.status is ConnectorStatus.DISABLED:
        return Obstacle("connector_disabled", f"The connector {connector.name!r} is disabled.")
    if scope not in connector.scopes:
        return Obstacle(
            "connector_scope_missing",
            f"The connector {connector.name!r} does not have the scope {scope} any more.",
        )
    return None

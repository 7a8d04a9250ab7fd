"""Whether an automation can use its connector."""

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
    connector = documents.get(Connector, keys.connector(tenant_id, connector_id))
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

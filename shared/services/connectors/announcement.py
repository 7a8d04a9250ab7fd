"""Events of connectors."""

from shared.domain.connectors.connector import Connector
from shared.domain.events.event import Event
from shared.domain.events.payloads import ConnectorPayload
from shared.domain.events.types import EventType
from shared.ports.records import Put
from shared.services.records.event_log import event_write


def connector_event(
    event_type: EventType,
    connector: Connector,
    *,
    user_id: str,
    success: bool | None = None,
    error: str | None = None,
) -> Put:
    """Build the write of an event about a connector, caused by ``user_id``."""
    payload = ConnectorPayload(
        connector_id=connector.connector_id,
        name=connector.name,
        provider=connector.address.provider,
        status=connector.status,
        success=success,
        error=error,
    )
    return event_write(Event.of(event_type, payload, tenant_id=connector.tenant_id, user_id=user_id))

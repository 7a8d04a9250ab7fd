"""Events about exports."""

from shared.domain.events.event import Event
from shared.domain.events.payloads import ExportPayload
from shared.domain.events.types import EventType
from shared.domain.exports.content_scope import ExportType
from shared.domain.exports.export import Export, ExportStatus
from shared.ports.records import Put
from shared.services.records.event_log import event_writes


def export_ended(export: Export) -> list[Put]:
    """Build the event of the end of an export; none if it has not ended."""
    if not export.status.is_terminal:
        return []
    is_ready = export.status is ExportStatus.COMPLETED
    payload = ExportPayload(
        export_id=export.export_id,
        export_type=export.export_type,
        target_id=export.target_id,
        status=export.status,
        destination_connector_id=export.destination_connector_id,
        error=export.error_message,
    )
    event = Event.of(
        EventType.EXPORT_READY if is_ready else EventType.EXPORT_FAILED,
        payload,
        tenant_id=export.tenant_id,
        user_id=export.user_id,
        index_id=export.index_id,
        run_id=export.target_id if export.export_type is ExportType.PROMPT_RUN else None,
    )
    return event_writes(event)

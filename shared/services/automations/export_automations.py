"""Export automations as clients use them: read, save, pause, resume."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import ids, keys
from shared.domain.access import Caller
from shared.domain.automations.export_automation import ExportAutomation, ExportSettings
from shared.domain.clock import timestamp
from shared.domain.connectors.connector import ConnectorScope
from shared.domain.connectors.rules import checked_base_path
from shared.domain.errors import InvalidRequest, NotFound
from shared.ports.records import ABSENT, Delete
from shared.services.automations.connector_state import Obstacle, connector_obstacles
from shared.services.connectors.connections import Connections
from shared.services.library.index_access import unchanged_index_write, visible_index
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


@dataclass(frozen=True, slots=True)
class ExportAutomationView:
    """An automation, and why it cannot work, if it cannot."""

    automation: ExportAutomation
    obstacle: Obstacle | None


class ExportAutomations:
    """The export automation of each index. There is at most one."""

    def __init__(self, documents: Documents, connections: Connections) -> None:
        self._documents = documents
        self._connections = connections

    def get(self, caller: Caller, index_id: str) -> ExportAutomationView:
        """Read the automation of an index.

        Raises: NotFound: the index does not exist, or has no export automation.
        """
        visible_index(self._documents, caller.tenant_id, index_id)
        key = keys.export_automation(caller.tenant_id, index_id)
        found = self._documents.get(ExportAutomation, key)
        if found is None:
            raise NotFound("automation", index_id)
        return self._view(found)

    def every(self, caller: Caller) -> list[ExportAutomationView]:
        """List the automations of all indexes, in the order of their indexes' ids."""
        found = self._documents.every(ExportAutomation, keys.export_automation(caller.tenant_id))
        return self._views(caller.tenant_id, found)

    def save(self, caller: Caller, index_id: str, settings: ExportSettings) -> ExportAutomationView:
        """Create the automation of an index, or replace its settings.

        Raises:
            NotFound: the index or the connector does not exist.
            NotPermitted: the index is the default index.
            InvalidRequest: the subpath breaks a rule.
            Conflict: the connector is disabled or lacks the scope export.
        """
        caller.require_own(index_id)
        chosen = _checked(settings)
        visible_index(self._documents, caller.tenant_id, index_id)
        self._connections.find(caller.tenant_id, chosen.destination_connector_id, ConnectorScope.EXPORT)
        key = keys.export_automation(caller.tenant_id, index_id)

        def decide() -> Decision[ExportAutomation]:
            guard = unchanged_index_write(self._documents, caller.tenant_id, index_id)
            record = self._documents.records.get(key)
            before = None if record is None else ExportAutomation.model_validate(record.body)
            now = timestamp()
            after = ExportAutomation(
                **chosen.model_dump(),
                automation_id=before.automation_id if before else ids.new_id(ids.AUTOMATION),
                tenant_id=caller.tenant_id,
                index_id=index_id,
                user_id=caller.user_id,
                history=before.history if before else [],
                created_at=before.created_at if before else now,
                updated_at=now,
            )
            version = ABSENT if record is None else record.version
            return Decision(after, [guard, put(key, after, expected_version=version)])

        return self._view(self._documents.transact(decide))

    def delete(self, caller: Caller, index_id: str) -> None:
        """Delete the automation of an index.

        Raises: NotFound: the index does not exist, or has no export automation. NotPermitted.
        """
        caller.require_own(index_id)
        visible_index(self._documents, caller.tenant_id, index_id)
        key = keys.export_automation(caller.tenant_id, index_id)

        def decide() -> Decision[bool]:
            record = self._documents.records.get(key)
            return Decision(False) if record is None else Decision(True, [Delete(key, record.version)])

        if not self._documents.transact(decide):
            raise NotFound("automation", index_id)

    def set_paused(self, caller: Caller, index_id: str, *, paused: bool) -> ExportAutomationView:
        """Pause or resume the automation. It keeps its settings. Raises: NotFound, NotPermitted."""
        caller.require_own(index_id)
        visible_index(self._documents, caller.tenant_id, index_id)

        def changed(automation: ExportAutomation) -> ExportAutomation:
            if automation.paused == paused:
                return automation
            return automation.model_copy(update={"paused": paused, "updated_at": timestamp()})

        key = keys.export_automation(caller.tenant_id, index_id)
        found = self._documents.update(ExportAutomation, key, changed)
        if found is None:
            raise NotFound("automation", index_id)
        return self._view(found)

    def _view(self, automation: ExportAutomation) -> ExportAutomationView:
        return self._views(automation.tenant_id, [automation])[0]

    def _views(self, tenant_id: str, automations: Sequence[ExportAutomation]) -> list[ExportAutomationView]:
        ids = [automation.destination_connector_id for automation in automations]
        obstacles = connector_obstacles(self._documents, tenant_id, ids, ConnectorScope.EXPORT)
        return [ExportAutomationView(each, obstacles[each.destination_connector_id]) for each in automations]


def _checked(settings: ExportSettings) -> ExportSettings:
    """Raises: InvalidRequest: the subpath is absolute, too long, or has a part that is no name."""
    try:
        subpath = checked_base_path(settings.destination_subpath)
    except InvalidRequest as refused:
        raise InvalidRequest("destination_subpath", refused.rule) from refused
    return settings.model_copy(update={"destination_subpath": subpath})

"""The composition root: the only package that knows which adapter implements a port.

``Runtime`` holds the ports and, in one room for each capability, the services over them. ``local``
and ``aws`` implement the ports. Rooms, services and adapters are imported and built at first use, so
that an entry point loads only what it uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.services.records.documents import Documents
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.runtime.ports import Ports
    from shared.runtime.rooms.access import AccessRoom
    from shared.runtime.rooms.alerts import AlertsRoom
    from shared.runtime.rooms.automations import AutomationsRoom
    from shared.runtime.rooms.connectors import ConnectorsRoom
    from shared.runtime.rooms.deletion import DeletionRoom
    from shared.runtime.rooms.editing import EditingRoom
    from shared.runtime.rooms.exports import ExportsRoom
    from shared.runtime.rooms.imports import ImportsRoom
    from shared.runtime.rooms.library import LibraryRoom
    from shared.runtime.rooms.notifications import NotificationsRoom
    from shared.runtime.rooms.prompts import PromptsRoom
    from shared.runtime.rooms.runs import RunsRoom
    from shared.runtime.rooms.search import SearchRoom
    from shared.runtime.rooms.system import SystemRoom
    from shared.runtime.rooms.workflow import WorkflowRoom
    from shared.services.records.idempotency import Idempotency


class Runtime:
    """The ports, the services of the ground floor (``documents``, ``idempotency``), and the rooms.

    Services keep in memory only what one process of the API needs: rate limits, recently used API
    keys, claims of idempotency keys. All other state is in the ports, which several runtimes may share.
    """

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.settings = ports.settings

    @lazy
    def documents(self) -> Documents:
        return Documents(self.ports.records)

    @lazy
    def idempotency(self) -> Idempotency:
        from shared.services.records.idempotency import Idempotency

        hours = self.settings.idempotency_hours
        return Idempotency(self.ports.records, keep_hours=hours, sole_server=self.ports.sole_server)

    @lazy
    def access(self) -> AccessRoom:
        from shared.runtime.rooms.access import AccessRoom

        return AccessRoom(self)

    @lazy
    def library(self) -> LibraryRoom:
        from shared.runtime.rooms.library import LibraryRoom

        return LibraryRoom(self)

    @lazy
    def prompts(self) -> PromptsRoom:
        from shared.runtime.rooms.prompts import PromptsRoom

        return PromptsRoom(self)

    @lazy
    def connectors(self) -> ConnectorsRoom:
        from shared.runtime.rooms.connectors import ConnectorsRoom

        return ConnectorsRoom(self)

    @lazy
    def notifications(self) -> NotificationsRoom:
        from shared.runtime.rooms.notifications import NotificationsRoom

        return NotificationsRoom(self)

    @lazy
    def alerts(self) -> AlertsRoom:
        from shared.runtime.rooms.alerts import AlertsRoom

        return AlertsRoom(self)

    @lazy
    def exports(self) -> ExportsRoom:
        from shared.runtime.rooms.exports import ExportsRoom

        return ExportsRoom(self)

    @lazy
    def imports(self) -> ImportsRoom:
        from shared.runtime.rooms.imports import ImportsRoom

        return ImportsRoom(self)

    @lazy
    def runs(self) -> RunsRoom:
        from shared.runtime.rooms.runs import RunsRoom

        return RunsRoom(self)

    @lazy
    def search(self) -> SearchRoom:
        from shared.runtime.rooms.search import SearchRoom

        return SearchRoom(self)

    @lazy
    def editing(self) -> EditingRoom:
        from shared.runtime.rooms.editing import EditingRoom

        return EditingRoom(self)

    @lazy
    def deletion(self) -> DeletionRoom:
        from shared.runtime.rooms.deletion import DeletionRoom

        return DeletionRoom(self)

    @lazy
    def automations(self) -> AutomationsRoom:
        from shared.runtime.rooms.automations import AutomationsRoom

        return AutomationsRoom(self)

    @lazy
    def workflow(self) -> WorkflowRoom:
        from shared.runtime.rooms.workflow import WorkflowRoom

        return WorkflowRoom(self)

    @lazy
    def system(self) -> SystemRoom:
        from shared.runtime.rooms.system import SystemRoom

        return SystemRoom(self)


def base_url(settings: Settings) -> str:
    """Return the origin under which clients reach the server, without a path."""
    return (settings.public_base_url or f"http://{settings.host}:{settings.port}").rstrip("/")

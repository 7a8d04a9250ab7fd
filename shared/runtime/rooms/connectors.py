"""Services that give access to stores of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.connectors.browsing import Browsing
    from shared.services.connectors.connection_test import ConnectionTest
    from shared.services.connectors.connections import Connections
    from shared.services.connectors.connectors import Connectors


class ConnectorsRoom(Room):
    """Connectors: their credentials, tests and listings."""

    @lazy
    def connectors(self) -> Connectors:
        from shared.services.connectors.connectors import Connectors

        ports = self._ports
        return Connectors(
            self._documents,
            lambda: ports.tenant_secrets,
            lambda: ports.stores,
            max_connectors=ports.settings.max_connectors,
            roles=ports.assumes_roles,
        )

    @lazy
    def connections(self) -> Connections:
        from shared.services.connectors.connections import Connections

        ports = self._ports
        return Connections(self._documents, lambda: ports.tenant_secrets, lambda: ports.stores)

    @lazy
    def connection_test(self) -> ConnectionTest:
        from shared.services.connectors.connection_test import ConnectionTest

        return ConnectionTest(self._documents, self.connectors, self.connections)

    @lazy
    def browsing(self) -> Browsing:
        from shared.services.connectors.browsing import Browsing

        return Browsing(self.connections, is_streamed=self._ports.streams_answers)

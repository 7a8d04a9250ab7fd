"""The base of all rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.runtime import Runtime
    from shared.runtime.ports import Ports
    from shared.services.records.documents import Documents


class Room:
    """Services of one capability. A subclass has one ``lazy`` method for each service."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @property
    def _documents(self) -> Documents:
        return self._runtime.documents

    @property
    def _ports(self) -> Ports:
        return self._runtime.ports

"""Services of the simplified workflow API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.workflow.media_grants import MediaGrants
    from shared.services.workflow.search import WorkflowSearch
    from shared.services.workflow.workflow import WorkflowFacade


class WorkflowRoom(Room):
    @lazy
    def facade(self) -> WorkflowFacade:
        from shared.services.workflow.workflow import WorkflowFacade

        runtime = self._runtime
        return WorkflowFacade(
            self._documents,
            runtime.library.indexes,
            runtime.prompts.definitions,
            runtime.runs.prompt_runs,
            runtime.runs.waiting_runs,
        )

    @lazy
    def media_grants(self) -> MediaGrants:
        from shared.services.workflow.media_grants import MediaGrants

        ports = self._ports
        return MediaGrants(self._documents, ports.blobs, ports.settings.signed_link_seconds)

    @lazy
    def search(self) -> WorkflowSearch:
        from shared.services.workflow.search import WorkflowSearch

        ports, search = self._ports, self._runtime.search
        return WorkflowSearch(
            self._documents,
            self._runtime.library.indexes,
            search.scopes,
            search.queries,
            search.hits,
            lambda: ports.search_index,
            window=ports.settings.search_result_window,
        )

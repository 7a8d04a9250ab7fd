"""Search scope: the indexes, runs and media that a query covers. Each is checked to be the caller's."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.media import Index
from shared.domain.runs.prompt_run import PromptRun
from shared.ports.search_index import Level, SearchFilter
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents

PLAYGROUND = ""
"""The index id of the playground in the search index."""

MAX_RUNS = 100
"""The number of runs that a search covers if it names an index and no runs."""


@dataclass(frozen=True, slots=True)
class SearchScope:
    """The conditions of a search on ids and level. ``None`` does not restrict."""

    index_ids: frozenset[str] | None = None
    run_ids: frozenset[str] | None = None
    media_ids: frozenset[str] | None = None
    level: Level | None = None

    def filter(self, caller: Caller) -> SearchFilter:
        """Build the filter for a caller. It covers the default index only if the scope names the index, its
        run or its medium."""
        named = [*(self.index_ids or ()), *(self.run_ids or ()), *(self.media_ids or ())]
        shared = frozenset(map(caller.tenant_of, named)) - {caller.tenant_id}
        return SearchFilter(
            caller.tenant_id, self.index_ids, self.run_ids, self.media_ids, self.level, shared
        )


class SearchScopes:
    """Builds search scopes and checks their ids."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def of_indexes(self, caller: Caller, index_ids: Sequence[str], run_ids: Sequence[str]) -> SearchScope:
        """Build the scope of ``index_ids``, narrowed by ``run_ids`` if there are any.

        Raises:
            NotFound: an index or a run is unknown or another tenant's.
        """
        self.require_indexes(caller, index_ids)
        return SearchScope(frozenset(index_ids), self.runs(caller, run_ids))

    def of_playground(self, caller: Caller, run_ids: Sequence[str]) -> SearchScope:
        """Build the scope of the playground, narrowed by ``run_ids`` if there are any. Raises: NotFound."""
        return SearchScope(frozenset({PLAYGROUND}), self.runs(caller, run_ids))

    def of_runs(self, caller: Caller, run_ids: Sequence[str], index_id: str | None) -> SearchScope:
        """Build the scope of ``run_ids``; without any, of the newest runs of the index.

        Raises:
            NotFound: a run or the index is unknown or another tenant's.
        """
        if index_id:
            self.require_indexes(caller, [index_id])
        if not run_ids:
            tenant_id = caller.tenant_of(index_id or PLAYGROUND)
            pointers = self._documents.sort_keys(
                keys.index_run(tenant_id, index_id), limit=MAX_RUNS, descending=True
            )
            return SearchScope(frozenset({index_id or PLAYGROUND}), frozenset(pointers.items))
        return SearchScope(frozenset({index_id}) if index_id else None, self.runs(caller, run_ids))

    def runs(self, caller: Caller, run_ids: Sequence[str]) -> frozenset[str] | None:
        """Check run ids; None if there are none. Raises: NotFound."""
        if not run_ids:
            return None
        found = self._documents.get_many(
            PromptRun,
            [keys.prompt_run(caller.tenant_of(run_id), run_id) for run_id in dict.fromkeys(run_ids)],
        )
        _require_all("prompt_run", run_ids, {run.run_id for run in found})
        return frozenset(run_ids)

    def require_indexes(self, caller: Caller, index_ids: Sequence[str]) -> None:
        """Check index ids. Raises: NotFound."""
        found = self._documents.get_many(
            Index,
            [keys.index(caller.tenant_of(index_id), index_id) for index_id in dict.fromkeys(index_ids)],
        )
        _require_all("index", index_ids, {index.index_id for index in found if not index.deleting})

    def media(self, caller: Caller, media_ids: Sequence[str]) -> frozenset[str] | None:
        """Check media ids; None if there are none. Raises: NotFound."""
        if not media_ids:
            return None
        found, _ = self._visible.readable_with(caller, media_ids)
        _require_all("video", media_ids, {medium.media_id for medium in found})
        return frozenset(media_ids)


def _require_all(kind: str, requested: Sequence[str], found: set[str]) -> None:
    for identifier in requested:
        if identifier not in found:
            raise NotFound(kind, identifier)

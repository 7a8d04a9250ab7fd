"""Types of the fields in filters that omit them, from the schemas of the runs that a search covers."""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.runs.card import RunCard
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.schema.json_schema import JsonObject, resolved
from shared.domain.schema.paths import leaf_paths
from shared.ports.search_index import Level
from shared.services.records.documents import Documents
from shared.services.search.scope import PLAYGROUND, SearchScope

_MAX_RUNS: Final = 20
"""Maximum number of runs whose schemas are read if the search names no runs."""


class FilterTypes:
    """Reads the types that prompts declare for their fields."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, caller: Caller, scope: SearchScope, filters: Sequence[JsonObject]) -> dict[str, str]:
        """Map field paths to types. The newest run decides for a field that several prompts declare.

        If the scope names no runs, the newest runs of its indexes or of its media are read. If every filter
        has a type, nothing is read.
        """
        if all(condition.get("type") is not None for condition in filters):
            return {}
        run_ids = scope.run_ids or self._newest_runs(caller, scope)
        run_keys = [keys.prompt_run(caller.tenant_of(run_id), run_id) for run_id in sorted(run_ids)]
        types: dict[str, str] = {}
        for run in self._documents.get_many(PromptRun, run_keys):
            for schema in _schemas(run, scope.level):
                types |= leaf_paths(resolved(schema))
        return types

    def _newest_runs(self, caller: Caller, scope: SearchScope) -> list[str]:
        """Return the ids of the newest runs of a scope. Ids of runs sort by time."""
        found: set[str] = set()
        for index_id in scope.index_ids or ():
            key = keys.index_run(caller.tenant_of(index_id), None if index_id == PLAYGROUND else index_id)
            found |= set(self._documents.sort_keys(key, limit=_MAX_RUNS, descending=True).items)
        if scope.index_ids is None:
            cards = [
                keys.run_card(caller.tenant_of(media_id), media_id) for media_id in scope.media_ids or ()
            ]
            for card in self._documents.get_many(RunCard, cards):
                found |= set(card.run_ids[:_MAX_RUNS])
        return sorted(found, reverse=True)[:_MAX_RUNS]


def _schemas(run: PromptRun, level: Level | None) -> Iterable[JsonObject]:
    """Return the schemas of the results of a run at a level; None is every level."""
    video_level = run.prompt.video_level
    if video_level is not None and level is not Level.SEGMENT:
        yield video_level.json_schema
    if level is not Level.VIDEO:
        yield run.prompt.json_schema

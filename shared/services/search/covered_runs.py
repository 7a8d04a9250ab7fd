"""The prompt runs whose results a search covers, and the schemas of those results."""

from collections.abc import Iterable

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.runs.card import RunCard
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.schema.json_schema import JsonObject
from shared.ports.search_index import Level
from shared.services.records.documents import Documents
from shared.services.search.scope import PLAYGROUND, SearchScope


class CoveredRuns:
    """Reads the runs of a search scope."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, caller: Caller, scope: SearchScope, limit: int) -> list[PromptRun]:
        """Read the runs that a scope names, oldest first.

        If it names none, the newest ``limit`` runs of its indexes or of its media are read.
        """
        run_ids = scope.run_ids or self._newest(caller, scope, limit)
        run_keys = [keys.prompt_run(caller.tenant_of(run_id), run_id) for run_id in sorted(run_ids)]
        return sorted(self._documents.get_many(PromptRun, run_keys), key=lambda run: run.run_id)

    def _newest(self, caller: Caller, scope: SearchScope, limit: int) -> list[str]:
        """Return the ids of the newest runs of a scope. Ids of runs sort by time."""
        found: set[str] = set()
        for index_id in scope.index_ids or ():
            key = keys.index_run(caller.tenant_of(index_id), None if index_id == PLAYGROUND else index_id)
            found |= set(self._documents.sort_keys(key, limit=limit, descending=True).items)
        if scope.index_ids is None:
            cards = [
                keys.run_card(caller.tenant_of(media_id), media_id) for media_id in scope.media_ids or ()
            ]
            for card in self._documents.get_many(RunCard, cards):
                found |= set(card.run_ids[:limit])
        return sorted(found, reverse=True)[:limit]


def result_schemas(run: PromptRun, level: Level | None = None) -> Iterable[tuple[Level, JsonObject]]:
    """Return the schemas of the results of a run, media-wide first; ``level`` selects one of them."""
    video_level = run.prompt.video_level
    if video_level is not None and level is not Level.SEGMENT:
        yield Level.VIDEO, video_level.json_schema
    if level is not Level.VIDEO:
        yield Level.SEGMENT, run.prompt.json_schema

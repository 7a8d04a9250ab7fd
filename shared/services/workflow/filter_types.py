"""Types of the fields in filters that omit them, from the schemas of the runs that a search covers."""

from collections.abc import Sequence
from typing import Final

from shared.domain.access import Caller
from shared.domain.schema.json_schema import JsonObject, resolved
from shared.domain.schema.paths import leaf_paths
from shared.services.records.documents import Documents
from shared.services.search.covered_runs import CoveredRuns, result_schemas
from shared.services.search.scope import SearchScope

_MAX_RUNS: Final = 20
"""Maximum number of runs whose schemas are read if the search names no runs."""


class FilterTypes:
    """Reads the types that prompts declare for their fields."""

    def __init__(self, documents: Documents) -> None:
        self._runs = CoveredRuns(documents)

    def of(self, caller: Caller, scope: SearchScope, filters: Sequence[JsonObject]) -> dict[str, str]:
        """Map field paths to types. The newest run decides for a field that several prompts declare.

        If the scope names no runs, the newest runs of its indexes or of its media are read. If every filter
        has a type, nothing is read.
        """
        if all(condition.get("type") is not None for condition in filters):
            return {}
        types: dict[str, str] = {}
        for run in self._runs.of(caller, scope, _MAX_RUNS):
            for _, schema in result_schemas(run, scope.level):
                types |= leaf_paths(resolved(schema))
        return types

"""The fields that a segment or a result can have, from the schemas of runs."""

from collections.abc import Iterator

from shared.domain import keys
from shared.domain.ids import parse_segment_id, recipe_fingerprint
from shared.domain.runs.card import RunCard
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.schema.json_schema import JsonObject, resolved
from shared.domain.schema.paths import leaf_paths
from shared.domain.schema.system_fields import TRANSCRIPTION
from shared.services.library.markers.located_target import LocatedTarget
from shared.services.records.documents import Documents


class FieldPaths:
    """Reads the canonical paths of the fields that a target can have."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, located: LocatedTarget) -> frozenset[str]:
        """Return the leaf paths of the schema of a result's run, or of all newest runs over a segment, and
        ``transcription`` for either."""
        paths = {path for schema in self._schemas(located) for path in leaf_paths(resolved(schema))}
        return frozenset(paths | ({TRANSCRIPTION} if located.segment_id else set()))

    def _schemas(self, located: LocatedTarget) -> Iterator[JsonObject]:
        run_ids = [located.run_id] if located.run_id else self._run_ids(located)
        runs = [keys.prompt_run(located.tenant_id, run_id) for run_id in run_ids]
        for run in self._documents.get_many(PromptRun, runs):
            if located.segment_id:
                yield run.prompt.json_schema
            elif run.prompt.video_level is not None:
                yield run.prompt.video_level.json_schema

    def _run_ids(self, located: LocatedTarget) -> list[str]:
        """Return the newest runs that share the segmentation of a segment."""
        parsed = parse_segment_id(located.segment_id)
        card = self._documents.get(RunCard, keys.run_card(located.tenant_id, located.holder_id))
        if parsed is None or card is None:
            return []
        return [run.run_id for run in card.known_runs if recipe_fingerprint(run.recipe) == parsed[1]]

"""The fields that conditions can use in a scope, from the schemas of its runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shared.domain.access import Caller
from shared.domain.query.conditions import OPERATORS
from shared.domain.query.field_paths import display_label
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.schema.annotations import Annotation, Scalar, leaf_annotations
from shared.domain.schema.json_schema import JsonObject, resolved
from shared.domain.schema.paths import leaf_paths
from shared.ports.search_index import Level
from shared.services.records.documents import Documents
from shared.services.search.covered_runs import CoveredRuns, result_schemas
from shared.services.search.scope import SearchScope

MAX_RUNS: Final = 50
"""The number of runs whose schemas are read if a scope names no runs."""


@dataclass(slots=True)
class ConditionField:
    """A field for conditions. Its words are those of the newest run; ``run_ids`` are newest first.

    ``type`` is string, integer, number, boolean or array. ``values`` are those that a schema enumerates.
    """

    path: str
    type: str
    level: Level
    annotation: Annotation
    run_ids: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.annotation.title or display_label(self.path)

    @property
    def operators(self) -> tuple[str, ...]:
        return OPERATORS[self.type]

    @property
    def values(self) -> tuple[Scalar, ...]:
        return self.annotation.values


class ConditionFields:
    """Reads the fields of a search scope."""

    def __init__(self, documents: Documents) -> None:
        self._runs = CoveredRuns(documents)

    def of(self, caller: Caller, scope: SearchScope) -> list[ConditionField]:
        """List the fields of a scope: those of the newest run first, in the order of its schemas.

        A path with several types or on both levels is several fields. Scalar elements of an array
        (``tags[]``) are part of the array, which has operators for them. If the scope names no runs, the
        newest ``MAX_RUNS`` runs are read.
        """
        found: dict[tuple[Level, str, str], ConditionField] = {}
        for run in reversed(self._runs.of(caller, scope, MAX_RUNS)):
            for declared in _declared(run):
                key = declared.level, declared.path, declared.type
                found.setdefault(key, declared).run_ids.append(run.run_id)
        return list(found.values())


def _declared(run: PromptRun) -> Iterator[ConditionField]:
    """Yield the fields of one run, those of segments first."""
    for level, schema in sorted(result_schemas(run), key=lambda each: each[0] is Level.VIDEO):
        yield from _fields(level, resolved(schema))


def _fields(level: Level, schema: JsonObject) -> Iterator[ConditionField]:
    paths, words = leaf_paths(schema), leaf_annotations(schema)
    for path, kind in paths.items():
        if path.endswith("[]") and paths.get(path.removesuffix("[]")) == "array" and kind != "array":
            continue
        yield ConditionField(path, kind, level, words.get(path, Annotation()))

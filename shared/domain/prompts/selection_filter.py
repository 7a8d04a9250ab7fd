"""The selection filter of a prompt: conditions that select results of a run.

A client sends ``{"conditions": [...]}``, or the list of conditions alone. The rules of the conditions are
those of lenient search filters (``shared.domain.query.conditions``). The fields are leaves of the segment
schema, whose results are then selected, or of the media-wide schema. A filter whose fields are in both
schemas selects results of both levels. One result must satisfy all conditions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.domain.errors import InvalidRequest
from shared.domain.prompts.prompt import ConditionSet, PromptDefinition
from shared.domain.query.conditions import Condition, parse_conditions
from shared.domain.query.leaves import leaves
from shared.domain.query.matching import holds
from shared.domain.schema.json_schema import resolved
from shared.domain.schema.paths import leaf_paths
from shared.domain.schema.system_fields import TRANSCRIPTION

FIELD: Final = "selection_filter"
_CONDITIONS: Final = "conditions"


@dataclass(frozen=True, slots=True)
class SelectionFilter:
    """Parsed conditions for each level of results. None: the filter selects no result of the level."""

    segment: Sequence[Condition] | None
    video: Sequence[Condition] | None

    def selects_segment(self, metadata: Mapping[str, Any]) -> bool:
        """Return whether the extracted fields of a segment satisfy all conditions."""
        return _all_hold(self.segment, metadata)

    def selects_video(self, metadata: Mapping[str, Any]) -> bool:
        """Return whether the fields of a media-wide result satisfy all conditions."""
        return _all_hold(self.video, metadata)


def parse_selection_filter(prompt: PromptDefinition) -> SelectionFilter | None:
    """Parse the selection filter of a prompt. Return None if the prompt has none.

    Raises:
        InvalidRequest: names the value that breaks a rule, such as ``selection_filter.conditions[0].field``.
    """
    if prompt.selection_filter is None:
        return None
    where, conditions = _conditions(prompt.selection_filter)
    segment_fields = leaf_paths(resolved(prompt.json_schema)) | {TRANSCRIPTION: "string"}
    video_level = prompt.video_level
    video_fields = leaf_paths(resolved(video_level.json_schema)) if video_level else {}
    parse_conditions(conditions, lenient=True, field_types=video_fields | segment_fields, name=where)
    _check_fields(where, conditions, segment_fields, video_fields)
    return SelectionFilter(
        segment=_parsed(where, conditions, segment_fields), video=_parsed(where, conditions, video_fields)
    )


def _conditions(given: ConditionSet) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """Return the name of the list of conditions in the request, and the list."""
    if isinstance(given, list):
        return FIELD, given
    where = f"{FIELD}.{_CONDITIONS}"
    for name in given:
        if name != _CONDITIONS:
            raise InvalidRequest(f"{FIELD}.{name}", f"is not known; a selection filter has {_CONDITIONS}")
    conditions = given.get(_CONDITIONS)
    if not isinstance(conditions, list):
        raise InvalidRequest(where, "must be a list of conditions")
    return where, conditions


def _check_fields(
    where: str,
    conditions: Sequence[Mapping[str, Any]],
    segment_fields: Mapping[str, str],
    video_fields: Mapping[str, str],
) -> None:
    for position, condition in enumerate(conditions):
        if not _is_field(condition, segment_fields) and not _is_field(condition, video_fields):
            raise InvalidRequest(
                f"{where}[{position}].field",
                f"{_name(condition)!r} is no field of the prompt's schemas, such as 'people[].name'",
            )
    levels = (segment_fields, video_fields)
    if not any(all(_is_field(condition, fields) for condition in conditions) for fields in levels):
        raise InvalidRequest(where, "must all name fields of the segment schema, or all of the video level")


def _parsed(
    where: str, conditions: Sequence[Mapping[str, Any]], fields: Mapping[str, str]
) -> Sequence[Condition] | None:
    """Parse the conditions with the types of one level. None if a field is not of that level."""
    if not all(_is_field(condition, fields) for condition in conditions):
        return None
    return parse_conditions(conditions, lenient=True, field_types=fields, name=where)


def _is_field(condition: Mapping[str, Any], fields: Mapping[str, str]) -> bool:
    name = _name(condition)
    return name in fields or fields.get(name.removesuffix("[]")) == "array"


def _name(condition: Mapping[str, Any]) -> str:
    return str(condition["field"]).strip()


def _all_hold(conditions: Sequence[Condition] | None, metadata: Mapping[str, Any]) -> bool:
    if conditions is None:
        return False
    values = leaves(metadata)
    return all(holds(condition, values) for condition in conditions)

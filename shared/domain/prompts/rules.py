"""Limits of a prompt, with the lengths of the public contract, and the default prompt."""

from typing import Any, Final

from shared.domain.errors import InvalidRequest
from shared.domain.prompts.prompt import Prompt, PromptDefinition
from shared.domain.prompts.selection_filter import parse_selection_filter
from shared.domain.schema.json_schema import check_schema, resolved
from shared.domain.schema.paths import leaf_paths
from shared.domain.schema.shape import members
from shared.domain.schema.system_fields import FORMER_NAMES, SEARCHABLE_FIELDS

NAME_LENGTH: Final = (3, 100)
DESCRIPTION_LENGTH: Final = (0, 500)
TEXT_LENGTH: Final = (10, 5000)
VIDEO_INSTRUCTIONS_LENGTH: Final = (1, 12_000)
INSTRUCTION_LENGTH: Final = (3, 5000)
MAX_LISTED_FIELDS: Final = 200

DEFAULT_PROMPT: Final = Prompt(
    prompt_id="prm_default_scene",
    tenant_id="",
    user_id="system",
    name="Scene description",
    description="What can be seen, read and heard in each segment. Shared by everybody and read-only.",
    prompt_text="Describe what happens in this segment. List the objects that can be seen, the text that "
    "can be read on screen, and say whether somebody speaks.",
    json_schema={
        "type": "object",
        "properties": {
            "summary": {"type": "string", "description": "One or two sentences on what happens."},
            "objects": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Objects that can be seen.",
            },
            "visible_text": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Lines of text that can be read on screen.",
            },
            "has_speech": {"type": "boolean", "description": "Whether somebody speaks."},
        },
        "required": ["summary", "objects", "visible_text"],
        "additionalProperties": False,
    },
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
)


def check_length(field: str, text: str, limits: tuple[int, int]) -> None:
    """Check the length of a text. Surrounding blanks do not count towards the minimum.

    Raises:
        InvalidRequest: the text is too short or too long.
    """
    low, high = limits
    if not low <= len(text.strip()) or len(text) > high:
        rule = f"must have at most {high} characters" if low == 0 else f"must have {low} to {high} characters"
        raise InvalidRequest(field, rule)


def check_definition(definition: PromptDefinition, stored: PromptDefinition | None = None) -> None:
    """Check a prompt definition.

    ``stored`` is the definition before a change. Its schemas and its selection filter are not checked again:
    an earlier release may have accepted what this one refuses, and the rest of such a prompt can still be
    changed.

    Raises:
        InvalidRequest: names the first value that breaks a rule.
        InvalidSchema: names the first part of a schema that breaks a rule.
    """
    check_length("name", definition.name, NAME_LENGTH)
    check_length("description", definition.description, DESCRIPTION_LENGTH)
    check_length("prompt_text", definition.prompt_text, TEXT_LENGTH)
    if stored is None or definition.json_schema != stored.json_schema:
        check_schema(definition.json_schema, "json_schema")
    indexing = definition.semantic_indexing
    _check_leaves(
        "semantic_indexing.disabled_segment_fields", indexing.disabled_segment_fields, definition.json_schema
    )
    video_level = definition.video_level
    if video_level is not None:
        check_length(
            "video_level.instructions_text", video_level.instructions_text, VIDEO_INSTRUCTIONS_LENGTH
        )
        former = stored.video_level if stored else None
        if former is None or video_level.json_schema != former.json_schema:
            check_schema(video_level.json_schema, "video_level.json_schema")
        if len(video_level.included_segment_fields) > MAX_LISTED_FIELDS:
            rule = f"at most {MAX_LISTED_FIELDS} fields"
            raise InvalidRequest("video_level.included_segment_fields", rule)
    _check_leaves(
        "semantic_indexing.disabled_video_level_fields",
        indexing.disabled_video_level_fields,
        video_level.json_schema if video_level else {},
    )
    if stored is None or _selects_by(definition) != _selects_by(stored):
        parse_selection_filter(definition)


def _selects_by(definition: PromptDefinition) -> tuple[object, ...]:
    """Return what the check of a selection filter depends on."""
    video_level = definition.video_level
    return (
        definition.selection_filter,
        definition.json_schema,
        video_level.json_schema if video_level else None,
    )


def _check_leaves(field: str, paths: list[str], schema: dict[str, Any]) -> None:
    plain = resolved(schema)
    known = {
        *leaf_paths(plain),
        *SEARCHABLE_FIELDS,
        *(set(FORMER_NAMES) - {name for name, _ in members(plain)}),
    }
    for i, path in enumerate(paths):
        if path not in known:
            raise InvalidRequest(
                f"{field}[{i}]", f"{path!r} is no leaf of the schema, such as 'people[].name'"
            )

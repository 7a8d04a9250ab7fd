"""Prompts over real records: limits, partial updates, deletion of prompts in use, isolation of tenants."""

from pathlib import Path
from typing import Any

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.errors import (
    Conflict,
    DomainError,
    InvalidRequest,
    InvalidSchema,
    NotFound,
    NotPermitted,
    Unavailable,
)
from shared.domain.prompts.prompt import (
    Prompt,
    PromptChanges,
    PromptDefinition,
    SemanticIndexing,
    VideoLevel,
)
from shared.domain.prompts.rules import DEFAULT_PROMPT, check_definition
from shared.models.builtin.prompt_writer import BuiltinPromptWriter
from shared.ports.models import ExtractionFailed
from shared.ports.records import Put
from shared.services.prompts.prompts import Prompts
from shared.services.records.documents import Documents, put

ANNA = Caller(tenant_id="anna", user_id="usr_anna", scopes=frozenset({Scope.ADMIN}))
BERT = Caller(tenant_id="bert", user_id="usr_bert", scopes=frozenset({Scope.ADMIN}))
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "people": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}
    },
}


def definition(**changes: Any) -> PromptDefinition:
    given: dict[str, Any] = {"name": "People", "prompt_text": "List the people.", "json_schema": SCHEMA}
    return PromptDefinition(**{**given, **changes})


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents(SqliteRecords(tmp_path / "records.sqlite"))


@pytest.fixture
def prompts(documents: Documents) -> Prompts:
    return Prompts(documents, BuiltinPromptWriter)


def test_prompt_is_read_by_its_tenant_only(prompts: Prompts) -> None:
    prompt = prompts.create(
        ANNA, definition(), execution_config={"video_segmentation_type": "fixed", "own": None}
    )
    assert prompts.get(ANNA, prompt.prompt_id) == prompt
    assert prompt.user_id == "usr_anna"
    with pytest.raises(NotFound) as missing:
        prompts.get(BERT, prompt.prompt_id)
    assert missing.value.code == "resource_prompt_not_found"


def test_second_create_with_same_id_returns_first_prompt(prompts: Prompts) -> None:
    first = prompts.create(ANNA, definition(), prompt_id="prm_1")
    assert prompts.create(ANNA, definition(name="Other"), prompt_id="prm_1") == first


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "ab"}, "name"),
        ({"name": "   a   "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"description": "a" * 501}, "description"),
        ({"prompt_text": "too short"}, "prompt_text"),
        ({"prompt_text": "a" * 5001}, "prompt_text"),
        ({"json_schema": {"type": "array"}}, "json_schema.type"),
        (
            {"video_level": VideoLevel(instructions_text="", json_schema=SCHEMA)},
            "video_level.instructions_text",
        ),
        ({"video_level": VideoLevel(instructions_text="x", json_schema={})}, "video_level.json_schema.type"),
        (
            {"semantic_indexing": SemanticIndexing(disabled_segment_fields=["people[].name", "people.name"])},
            "semantic_indexing.disabled_segment_fields[1]",
        ),
        (
            {"semantic_indexing": SemanticIndexing(disabled_video_level_fields=["people[].name"])},
            "semantic_indexing.disabled_video_level_fields[0]",
        ),
    ],
)
def test_broken_rule_names_its_field(prompts: Prompts, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        prompts.create(ANNA, definition(**changes))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "schema", "accepted"),
    [
        ("[on_screen_text]", {"type": "string"}, True),
        ("on_screen_text", {"type": "string"}, True),
        ("on_screen_text", {"type": "object", "properties": {"first": {"type": "string"}}}, False),
        ("visual_tags", {"type": "string"}, True),
        ("[tags]", {"type": "string"}, False),
    ],
)
def test_fields_of_server_can_be_disabled(
    prompts: Prompts, name: str, schema: dict[str, Any], accepted: bool
) -> None:
    changes = {
        "json_schema": {"type": "object", "properties": {"on_screen_text": schema}},
        "semantic_indexing": SemanticIndexing(disabled_segment_fields=[name]),
    }
    if accepted:
        prompts.create(ANNA, definition(**changes), prompt_id="prm_1")
        return
    with pytest.raises(InvalidRequest, match="is no leaf"):
        prompts.create(ANNA, definition(**changes), prompt_id="prm_1")


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"video_segmentation_type": "sometimes"}, "execution_config.video_segmentation_type"),
        ({"video_segment_duration": 301}, "execution_config.video_segment_duration"),
        ({"enable_transcription": "perhaps"}, "execution_config.enable_transcription"),
    ],
)
def test_unusable_run_option_is_refused(prompts: Prompts, config: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        prompts.create(ANNA, definition(), execution_config=config)
    assert refused.value.field == field


def test_update_changes_given_fields_only(prompts: Prompts) -> None:
    video_level = VideoLevel(
        instructions_text="Sum up.", json_schema=SCHEMA, included_segment_fields=["people"]
    )
    indexing = SemanticIndexing(disabled_video_level_fields=["people[].name"])
    created = prompts.create(
        ANNA,
        definition(
            description="old",
            video_level=video_level,
            semantic_indexing=indexing,
            selection_filter={"conditions": [{"field": "people[].name", "operator": "is_not_empty"}]},
        ),
    )
    changed = prompts.update(
        ANNA, created.prompt_id, PromptChanges(description="", name="Persons", prompt_text=None)
    )
    assert (changed.description, changed.name, changed.prompt_text) == ("", "Persons", created.prompt_text)
    assert changed.video_level == video_level
    assert changed.created_at == created.created_at
    cleared = prompts.update(
        ANNA, created.prompt_id, PromptChanges(), clear_video_level=True, clear_selection_filter=True
    )
    assert cleared.video_level is None
    assert cleared.selection_filter is None
    assert cleared.semantic_indexing == SemanticIndexing()
    assert prompts.get(ANNA, created.prompt_id) == cleared


def test_null_in_execution_config_is_stored(prompts: Prompts) -> None:
    created = prompts.create(ANNA, definition())
    changed = prompts.update(ANNA, created.prompt_id, PromptChanges(execution_config={"own": None}))
    assert changed.execution_config == {"own": None}
    assert prompts.get(ANNA, created.prompt_id) == changed


def test_refused_update_changes_nothing(prompts: Prompts) -> None:
    created = prompts.create(ANNA, definition())
    for changes in (PromptChanges(name="x"), PromptChanges(json_schema={"type": "string"})):
        with pytest.raises(InvalidRequest):
            prompts.update(ANNA, created.prompt_id, changes)
    assert prompts.get(ANNA, created.prompt_id) == created
    with pytest.raises(NotFound):
        prompts.update(BERT, created.prompt_id, PromptChanges(name="Mine now"))


def test_list_is_newest_first_with_shared_prompt_last(prompts: Prompts) -> None:
    first, second = prompts.create(ANNA, definition()), prompts.create(ANNA, definition())
    prompts.create(BERT, definition())
    prompts.update(ANNA, first.prompt_id, PromptChanges(is_active=False))
    active = prompts.list_all(ANNA)
    assert [prompt.prompt_id for prompt in active.prompts] == [second.prompt_id, DEFAULT_PROMPT.prompt_id]
    assert (active.total_count, active.active_count) == (3, 2)
    every = prompts.list_all(ANNA, active_only=False, include_defaults=False)
    assert [prompt.prompt_id for prompt in every.prompts] == [second.prompt_id, first.prompt_id]


def test_prompt_with_runs_is_deleted_only_with_force(prompts: Prompts, documents: Documents) -> None:
    created = prompts.create(ANNA, definition())
    assert not prompts.usage(ANNA, created.prompt_id).is_in_use
    documents.write(Put(keys.prompt_usage("anna", created.prompt_id, "run_1"), {}))
    usage = prompts.usage(ANNA, created.prompt_id)
    assert (usage.is_in_use, usage.schema_properties_count) == (True, 1)
    with pytest.raises(Conflict) as refused:
        prompts.delete(ANNA, created.prompt_id)
    assert refused.value.code == "prompt_in_use"
    prompts.delete(ANNA, created.prompt_id, force=True)
    with pytest.raises(NotFound):
        prompts.delete(ANNA, created.prompt_id, force=True)


def test_shared_prompt_is_valid_and_read_only(prompts: Prompts) -> None:
    check_definition(DEFAULT_PROMPT)
    assert prompts.get(BERT, DEFAULT_PROMPT.prompt_id) == DEFAULT_PROMPT
    for change in (
        lambda: prompts.update(ANNA, DEFAULT_PROMPT.prompt_id, PromptChanges(name="Mine")),
        lambda: prompts.delete(ANNA, DEFAULT_PROMPT.prompt_id, force=True),
    ):
        with pytest.raises(NotPermitted, match="read-only"):
            change()


@pytest.mark.parametrize("part", ["json_schema", "video_level"])
def test_prompt_with_formerly_valid_schema_can_be_changed(
    prompts: Prompts, documents: Documents, part: str
) -> None:
    former = {"type": "object", "properties": {"words": {"type": "array", "min_items": 1}}}
    level = {"instructions_text": "Sum it up", "json_schema": former}
    stored = prompts.create(ANNA, definition())
    old = Prompt.model_validate(stored.model_dump() | {part: former if part == "json_schema" else level})
    documents.write(put(keys.prompt(ANNA.tenant_id, stored.prompt_id), old))
    changed = prompts.update(ANNA, stored.prompt_id, PromptChanges(name="Renamed"))
    assert (changed.name, getattr(changed, part)) == ("Renamed", getattr(old, part))
    other = {**former, "title": "Other"}
    changes = {part: other if part == "json_schema" else {**level, "json_schema": other}}
    with pytest.raises(InvalidSchema, match="use minItems"):
        prompts.update(ANNA, stored.prompt_id, PromptChanges.model_validate(changes))


def test_sample_is_validated_against_schema(prompts: Prompts) -> None:
    assert prompts.test_schema(SCHEMA, {"people": [{"name": "Anna"}]}) == []
    assert prompts.test_schema(SCHEMA, {"people": [{"name": 1}]})[0][0] == "people[0].name"
    with pytest.raises(InvalidSchema):
        prompts.test_schema({"type": "list"}, {})
    with pytest.raises(InvalidRequest, match="64 KiB"):
        prompts.test_schema(SCHEMA, {"people": [{"name": "Anna"}] * 10_000})


class FailingWriter:
    model = "failing"

    def define(self, instruction: str) -> PromptDefinition:
        raise ExtractionFailed(f"no answer for {instruction}", code="model_unreachable", retryable=True)


def test_prompt_is_written_from_instruction(prompts: Prompts, documents: Documents) -> None:
    written = prompts.define(ANNA, "Extract products and sentiment")
    assert list(written.json_schema["properties"]) == ["summary", "products", "sentiment"]
    assert prompts.list_all(ANNA, include_defaults=False).total_count == 0
    for instruction, expected in (
        ("a", InvalidRequest),
        ("a" * 5001, InvalidRequest),
        ("Find cats", Unavailable),
    ):
        failure: type[DomainError] = expected
        with pytest.raises(failure):
            Prompts(documents, FailingWriter).define(ANNA, instruction)

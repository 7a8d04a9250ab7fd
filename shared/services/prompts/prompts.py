"""Prompts: create, read, change, delete, test a schema, and write a prompt from an instruction."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from shared.domain import ids, keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, InvalidRequest, NotFound, NotPermitted, Unavailable
from shared.domain.prompts.prompt import JsonObject, Prompt, PromptChanges, PromptDefinition
from shared.domain.prompts.rules import DEFAULT_PROMPT, INSTRUCTION_LENGTH, check_definition, check_length
from shared.domain.runs.prompt_run import RunOptions
from shared.domain.schema.json_schema import check_schema, resolved, validate
from shared.domain.schema.paths import schema_properties_count
from shared.ports.models import ExtractionFailed, PromptWriter
from shared.ports.records import ABSENT, Delete
from shared.services.records.documents import Documents, put

MAX_SAMPLE_BYTES: Final = 64 * 1024
"""The size of a sample for a schema test, as JSON. A schema has the same limit."""


@dataclass(frozen=True, slots=True)
class PromptList:
    """Prompts, newest first and shared prompts last. The counts cover all prompts that the caller can see."""

    prompts: list[Prompt]
    total_count: int
    active_count: int


@dataclass(frozen=True, slots=True)
class PromptUsage:
    """Whether a prompt has runs, and the size of its schema."""

    prompt: Prompt
    is_in_use: bool
    schema_properties_count: int


class Prompts:
    """The prompts of all tenants. A prompt is in use while a run of it exists. A run stores a copy of its
    prompt."""

    def __init__(self, documents: Documents, prompt_writer: Callable[[], PromptWriter]) -> None:
        self._documents = documents
        self._prompt_writer = prompt_writer

    def create(
        self,
        caller: Caller,
        definition: PromptDefinition,
        *,
        execution_config: JsonObject | None = None,
        prompt_id: str | None = None,
    ) -> Prompt:
        """Create a prompt. A second request with the same ``prompt_id`` returns the existing prompt.

        Raises:
            InvalidRequest: a field breaks a rule.
            InvalidSchema: a schema is invalid or unsupported.
        """
        check_definition(definition)
        _check_execution_config(execution_config)
        now = timestamp()
        prompt = Prompt(
            **definition.model_dump(include=set(PromptDefinition.model_fields)),
            prompt_id=prompt_id or ids.new_id(ids.PROMPT),
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            execution_config=None if execution_config is None else dict(execution_config),
            created_at=now,
            updated_at=now,
        )
        key = keys.prompt(caller.tenant_id, prompt.prompt_id)
        if not self._documents.write_if_unchanged(put(key, prompt, expected_version=ABSENT)):
            return self.get(caller, prompt.prompt_id)
        return prompt

    def get(self, caller: Caller, prompt_id: str) -> Prompt:
        """Read a prompt. Raises: NotFound."""
        if prompt_id == DEFAULT_PROMPT.prompt_id:
            return DEFAULT_PROMPT.model_copy(deep=True)
        prompt = self._documents.get(Prompt, keys.prompt(caller.tenant_id, prompt_id))
        if prompt is None:
            raise NotFound("prompt", prompt_id)
        return prompt

    def list_all(
        self, caller: Caller, *, active_only: bool = True, include_defaults: bool = True
    ) -> PromptList:
        """List the prompts that the caller can see."""
        visible = self._documents.every(Prompt, keys.prompt(caller.tenant_id), descending=True)
        if include_defaults:
            visible.append(DEFAULT_PROMPT)
        active = [prompt for prompt in visible if prompt.is_active]
        return PromptList(active if active_only else visible, len(visible), len(active))

    def update(
        self,
        caller: Caller,
        prompt_id: str,
        changes: PromptChanges,
        *,
        clear_video_level: bool = False,
        clear_selection_filter: bool = False,
    ) -> Prompt:
        """Change a prompt. Existing runs keep the prompt that they started with.

        Raises:
            InvalidRequest, InvalidSchema: the prompt would break a rule.
            NotFound: the prompt does not exist.
            NotPermitted: the prompt is shared and read-only.
        """
        _check_not_shared(prompt_id)
        _check_execution_config(changes.execution_config)

        def change(prompt: Prompt) -> Prompt:
            changed = prompt.changed(changes)
            if clear_selection_filter:
                changed.selection_filter = None
            if clear_video_level:
                changed.video_level = None
                changed.semantic_indexing.disabled_video_level_fields = []
            if changed == prompt:
                return prompt
            check_definition(changed, prompt)
            return changed.model_copy(update={"updated_at": timestamp()})

        updated = self._documents.update(Prompt, keys.prompt(caller.tenant_id, prompt_id), change)
        if updated is None:
            raise NotFound("prompt", prompt_id)
        return updated

    def delete(self, caller: Caller, prompt_id: str, *, force: bool = False) -> None:
        """Delete a prompt.

        Raises:
            NotFound: the prompt does not exist.
            NotPermitted: the prompt is shared and read-only.
            Conflict: the prompt has runs and ``force`` is not set (``prompt_in_use``).
        """
        _check_not_shared(prompt_id)
        self.get(caller, prompt_id)
        if not force and self._is_in_use(caller, prompt_id):
            raise Conflict(
                "The prompt has runs. Delete it with force=true, or deactivate it (is_active: false).",
                code="prompt_in_use",
                details={"prompt_id": prompt_id},
            )
        self._documents.write(Delete(keys.prompt(caller.tenant_id, prompt_id)))

    def usage(self, caller: Caller, prompt_id: str) -> PromptUsage:
        """Report whether a prompt is in use. Raises: NotFound."""
        prompt = self.get(caller, prompt_id)
        count = schema_properties_count(resolved(prompt.json_schema))
        return PromptUsage(prompt, self._is_in_use(caller, prompt_id), count)

    def test_schema(self, schema: Any, sample: Any) -> list[tuple[str, str]]:
        """Validate ``sample`` against ``schema``. Return (path, message) for each violation.

        Raises:
            InvalidSchema: the schema is invalid or unsupported.
            InvalidRequest: the sample is too large.
        """
        check_schema(schema, "json_schema")
        if len(json.dumps(sample)) > MAX_SAMPLE_BYTES:
            raise InvalidRequest("sample_data", f"is larger than {MAX_SAMPLE_BYTES // 1024} KiB")
        return validate(schema, sample)

    def define(self, _caller: Caller, instruction: str) -> PromptDefinition:
        """Write a prompt for ``instruction`` without storing it.

        Raises:
            InvalidRequest: the instruction is too short or too long.
            Unavailable: the prompt writer failed.
        """
        check_length("instruction", instruction, INSTRUCTION_LENGTH)
        try:
            definition = self._prompt_writer().define(instruction)
        except ExtractionFailed as failure:
            raise Unavailable(f"No prompt could be written: {failure}", code=failure.code) from failure
        check_definition(definition)
        return definition

    def _is_in_use(self, caller: Caller, prompt_id: str) -> bool:
        return bool(self._documents.sort_keys(keys.prompt_usage(caller.tenant_id, prompt_id), limit=1).items)


def _check_not_shared(prompt_id: str) -> None:
    if prompt_id == DEFAULT_PROMPT.prompt_id:
        raise NotPermitted("This prompt is shared by all tenants and read-only.", code="prompt_read_only")


def _check_execution_config(config: JsonObject | None) -> None:
    """Check the values of known run options. Unknown options are stored for the client and not checked.

    Raises: InvalidRequest.
    """
    given = {name: value for name, value in (config or {}).items() if value is not None}
    try:
        options = RunOptions.model_validate(given)
    except ValidationError as refused:
        first = refused.errors()[0]
        field = ".".join(str(step) for step in ("execution_config", *first["loc"]))
        raise InvalidRequest(field, first["msg"]) from refused
    for name in ("video_segment_duration", "audio_segment_duration"):
        seconds = getattr(options, name)
        if seconds is not None and not 1 <= seconds <= 300:
            raise InvalidRequest(
                f"execution_config.{name}", "must be a whole number of seconds from 1 to 300"
            )

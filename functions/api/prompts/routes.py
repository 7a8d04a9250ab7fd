"""Prompts: create, read, update, delete, test a schema, and generate one from an instruction."""

from typing import Annotated

from fastapi import Depends, Response

from functions.api.prompts.schemas import (
    DeleteResponse,
    GeneratedPrompt,
    GenerateRequest,
    Prompt,
    PromptCreateRequest,
    PromptListResponse,
    PromptUpdateRequest,
    PromptUsageStats,
    TestSchemaRequest,
    TestSchemaResponse,
)
from shared.domain.access import Scope
from shared.domain.errors import InvalidSchema
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED

router = ApiRouter(tags=["prompts"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
Admin = Annotated[Call, Depends(authorised(Scope.ADMIN))]


@router.post("/prompts", status_code=201, response_model=Prompt, openapi_extra=KEYED)
async def create_prompt(body: PromptCreateRequest, call: Writer) -> Response:
    """Create a prompt."""

    async def work(seed: str) -> Prompt:
        prompt = await call.run(
            call.runtime.prompts.definitions.create,
            call.caller,
            body.definition(),
            execution_config=body.execution_config,
            prompt_id=f"prm_{seed}",
        )
        return Prompt.from_domain(prompt)

    return await call.once(body.model_dump(mode="json"), work, status_code=201)


@router.get("/prompts")
async def list_prompts(
    call: Reader, active_only: bool = True, include_defaults: bool = True
) -> PromptListResponse:
    """List prompts, newest first, the default prompt last.

    ``active_only`` leaves out inactive prompts. ``include_defaults`` adds the default prompt of the server.
    """
    found = await call.run(
        call.runtime.prompts.definitions.list_all,
        call.caller,
        active_only=active_only,
        include_defaults=include_defaults,
    )
    return PromptListResponse.from_domain(found)


@router.post("/prompts/test-schema")
async def test_schema(body: TestSchemaRequest, call: Writer) -> TestSchemaResponse:
    """Check whether a prompt can use a JSON schema, and whether a sample is valid for it."""
    try:
        errors = await call.run_in(
            Lane.SCHEMA_TRIAL,
            call.runtime.prompts.definitions.test_schema,
            body.json_schema,
            body.sample_data,
        )
    except InvalidSchema as refused:
        return TestSchemaResponse(valid=False, error=refused.message, message="The schema cannot be used.")
    if errors:
        text = "; ".join(f"{path or 'root'}: {message}" for path, message in errors)
        return TestSchemaResponse(valid=False, error=text, message="The sample does not fit the schema.")
    return TestSchemaResponse(
        valid=True, validated_data=body.sample_data, message="The sample fits the schema."
    )


@router.post("/prompts/generate")
async def generate_prompt(body: GenerateRequest, call: Writer) -> GeneratedPrompt:
    """Generate a prompt from an instruction in plain language. The prompt is not saved."""
    definition = await call.run_in(
        Lane.PROMPT_GENERATION, call.runtime.prompts.definitions.define, call.caller, body.instruction
    )
    return GeneratedPrompt.from_domain(definition)


@router.get("/prompts/{prompt_id}")
async def get_prompt(prompt_id: str, call: Reader) -> Prompt:
    """Get a prompt."""
    return Prompt.from_domain(await call.run(call.runtime.prompts.definitions.get, call.caller, prompt_id))


@router.put("/prompts/{prompt_id}", response_model=Prompt, openapi_extra=KEYED)
async def update_prompt(prompt_id: str, body: PromptUpdateRequest, call: Writer) -> Response:
    """Update a prompt. Existing runs keep their copy of the prompt. The default prompt is read-only."""

    async def work(_seed: str) -> Prompt:
        prompt = await call.run(
            call.runtime.prompts.definitions.update,
            call.caller,
            prompt_id,
            body.changes(),
            clear_video_level=body.clear_video_level,
            clear_selection_filter=body.clear_selection_filter,
        )
        return Prompt.from_domain(prompt)

    return await call.once(body.model_dump(mode="json"), work)


@router.delete("/prompts/{prompt_id}", response_model=DeleteResponse, openapi_extra=KEYED)
async def delete_prompt(prompt_id: str, call: Admin, force: bool = False) -> Response:
    """Delete a prompt. A prompt that has runs is deleted only with ``force``; the runs remain."""

    async def work(_seed: str) -> DeleteResponse:
        await call.run(call.runtime.prompts.definitions.delete, call.caller, prompt_id, force=force)
        return DeleteResponse(message=f"The prompt {prompt_id} is deleted.")

    return await call.once({"force": force}, work)


@router.get("/prompts/{prompt_id}/usage")
async def prompt_usage(prompt_id: str, call: Reader) -> PromptUsageStats:
    """Get the usage of a prompt. A prompt is in use while it has runs."""
    return PromptUsageStats.from_domain(
        await call.run(call.runtime.prompts.definitions.usage, call.caller, prompt_id)
    )

"""Import and export automations of indexes: get, save, pause, resume."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response

from functions.api.automations.requests import ExportAutomationRequest, ImportAutomationRequest
from functions.api.automations.schemas import AutomationList, ExportAutomation, ImportAutomation
from functions.api.wire import DeleteResponse
from shared.domain.access import Scope
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED

router = ApiRouter(tags=["automations"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
Admin = Annotated[Call, Depends(authorised(Scope.ADMIN))]


@router.get("/automations")
async def list_automations(call: Reader) -> AutomationList:
    """List the automations of all indexes."""
    automations = call.runtime.automations
    imports = await call.run(automations.import_automations.every, call.caller)
    exports = await call.run(automations.export_automations.every, call.caller)
    return AutomationList(
        import_automations=[ImportAutomation.of(view) for view in imports],
        export_automations=[ExportAutomation.of(view) for view in exports],
    )


@router.get("/indexes/{index_id}/automations/import")
async def get_import_automation(index_id: str, call: Reader) -> ImportAutomation:
    """Get the import automation of an index: its settings, what it did last, and when it looks again."""
    automations = call.runtime.automations.import_automations
    return ImportAutomation.of(await call.run(automations.get, call.caller, index_id))


@router.put("/indexes/{index_id}/automations/import", response_model=ImportAutomation, openapi_extra=KEYED)
async def save_import_automation(index_id: str, body: ImportAutomationRequest, call: Writer) -> Response:
    """Create the import automation of an index, or replace its settings. Its history stays."""

    async def work(_seed: str) -> ImportAutomation:
        preset = body.prompt_preset.given() if body.prompt_preset else None
        automations = call.runtime.automations.import_automations
        saved = await call.run(automations.save, call.caller, index_id, body.settings(), preset)
        return ImportAutomation.of(saved)

    return await call.once(body.model_dump(mode="json"), work)


@router.post(
    "/indexes/{index_id}/automations/import/pause", response_model=ImportAutomation, openapi_extra=KEYED
)
async def pause_import_automation(index_id: str, call: Writer) -> Response:
    """Pause an import automation. It keeps its settings; an import that is at work goes on."""

    async def work(_seed: str) -> ImportAutomation:
        automations = call.runtime.automations.import_automations
        return ImportAutomation.of(await call.run(automations.pause, call.caller, index_id))

    return await call.once({}, work)


@router.post(
    "/indexes/{index_id}/automations/import/resume", response_model=ImportAutomation, openapi_extra=KEYED
)
async def resume_import_automation(index_id: str, call: Writer) -> Response:
    """Resume a paused import automation. A check that fell into the pause is made now."""

    async def work(_seed: str) -> ImportAutomation:
        automations = call.runtime.automations.import_automations
        return ImportAutomation.of(await call.run(automations.resume, call.caller, index_id))

    return await call.once({}, work)


@router.delete("/indexes/{index_id}/automations/import", response_model=DeleteResponse, openapi_extra=KEYED)
async def delete_import_automation(index_id: str, call: Admin) -> Response:
    """Delete an import automation and its history. An import that it has started goes on, with its run."""

    async def work(_seed: str) -> DeleteResponse:
        await call.run(call.runtime.automations.import_automations.delete, call.caller, index_id)
        return DeleteResponse(message=f"The import automation of {index_id} is deleted.")

    return await call.once({}, work)


@router.get("/indexes/{index_id}/automations/export")
async def get_export_automation(index_id: str, call: Reader) -> ExportAutomation:
    """Get the export automation of an index: its settings, and what it did last."""
    automations = call.runtime.automations.export_automations
    return ExportAutomation.of(await call.run(automations.get, call.caller, index_id))


@router.put("/indexes/{index_id}/automations/export", response_model=ExportAutomation, openapi_extra=KEYED)
async def save_export_automation(index_id: str, body: ExportAutomationRequest, call: Writer) -> Response:
    """Create the export automation of an index, or replace its settings. Its history stays.

    Each run over the index that ends from now on is exported as JSON through the connector.
    """

    async def work(_seed: str) -> ExportAutomation:
        automations = call.runtime.automations.export_automations
        saved = await call.run(automations.save, call.caller, index_id, body.settings())
        return ExportAutomation.of(saved)

    return await call.once(body.model_dump(mode="json"), work)


@router.post(
    "/indexes/{index_id}/automations/export/pause", response_model=ExportAutomation, openapi_extra=KEYED
)
async def pause_export_automation(index_id: str, call: Writer) -> Response:
    """Pause an export automation. It keeps its settings."""
    return await _set_export_paused(index_id, call, paused=True)


@router.post(
    "/indexes/{index_id}/automations/export/resume", response_model=ExportAutomation, openapi_extra=KEYED
)
async def resume_export_automation(index_id: str, call: Writer) -> Response:
    """Resume a paused export automation."""
    return await _set_export_paused(index_id, call, paused=False)


@router.delete("/indexes/{index_id}/automations/export", response_model=DeleteResponse, openapi_extra=KEYED)
async def delete_export_automation(index_id: str, call: Admin) -> Response:
    """Delete an export automation."""

    async def work(_seed: str) -> DeleteResponse:
        await call.run(call.runtime.automations.export_automations.delete, call.caller, index_id)
        return DeleteResponse(message=f"The export automation of {index_id} is deleted.")

    return await call.once({}, work)


async def _set_export_paused(index_id: str, call: Call, *, paused: bool) -> Response:
    async def work(_seed: str) -> ExportAutomation:
        automations = call.runtime.automations.export_automations
        changed = await call.run(automations.set_paused, call.caller, index_id, paused=paused)
        return ExportAutomation.of(changed)

    return await call.once({}, work)

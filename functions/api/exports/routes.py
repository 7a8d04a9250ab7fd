"""Exports: create, list and get them."""

from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.responses import Response

from functions.api.exports import download
from functions.api.exports.requests import ExportIndexRequest, ExportRunRequest
from functions.api.exports.schemas import Export, ExportCreateResult, ExportDownloadUrlResult
from shared.domain.access import Scope
from shared.domain.ids import EXPORT
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.openapi import KEYED

router = ApiRouter(tags=["exports"])
router.include_router(download.router)
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]

MAX_LISTED: Final = 100
_WHOLE_INDEX: Final = ExportIndexRequest()
_WHOLE_RUN: Final = ExportRunRequest()


@router.post(
    "/exports/index/{index_id}", status_code=202, response_model=ExportCreateResult, openapi_extra=KEYED
)
async def export_index(index_id: str, call: Writer, body: ExportIndexRequest = _WHOLE_INDEX) -> Response:
    """Export the results of an index: those of all runs that have ended, or of ``prompt_run_ids``.

    The runs and media that exist now are exported. A medium that is deleted meanwhile is left out.
    """

    async def work(seed: str) -> ExportCreateResult:
        options = body.options()
        exports = call.runtime.exports.exports
        return ExportCreateResult.of(
            await call.run(exports.create_of_index, call.caller, index_id, options, f"{EXPORT}_{seed}")
        )

    return await call.once(body.model_dump(mode="json"), work, status_code=202)


@router.post(
    "/exports/prompt-run/{run_id}", status_code=202, response_model=ExportCreateResult, openapi_extra=KEYED
)
async def export_prompt_run(run_id: str, call: Writer, body: ExportRunRequest = _WHOLE_RUN) -> Response:
    """Export the results of a run that has ended."""

    async def work(seed: str) -> ExportCreateResult:
        options = body.options()
        exports = call.runtime.exports.exports
        return ExportCreateResult.of(
            await call.run(exports.create_of_run, call.caller, run_id, options, f"{EXPORT}_{seed}")
        )

    return await call.once(body.model_dump(mode="json"), work, status_code=202)


@router.get("/exports")
async def list_exports(
    call: Reader,
    limit: Annotated[
        int, Query(description="Maximum number of exports, 1 to 100. Other numbers are brought into it.")
    ] = 50,
) -> list[Export]:
    """List the latest exports, newest first."""
    shown = max(1, min(limit, MAX_LISTED))
    found = await call.run(call.runtime.exports.exports.latest, call.caller, shown)
    downloads = call.runtime.exports.downloads
    return [Export.of(each, downloads) for each in found]


@router.get("/exports/{export_id}")
async def get_export(export_id: str, call: Reader) -> Export:
    """Get an export, with its progress."""
    found = await call.run(call.runtime.exports.exports.get, call.caller, export_id)
    return Export.of(found, call.runtime.exports.downloads)


@router.post("/exports/{export_id}/download-url")
async def create_export_download_url(export_id: str, call: Reader) -> ExportDownloadUrlResult:
    """Create a link that downloads the file of an export without a credential, for some minutes.

    Over plain HTTP ``download_url`` is null: the official clients accept links over TLS only.
    """
    room = call.runtime.exports
    found = await call.run(room.exports.get, call.caller, export_id)
    return ExportDownloadUrlResult.of(found, await call.run(room.downloads.link, found))

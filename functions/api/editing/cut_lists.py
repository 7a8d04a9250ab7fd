"""Cut lists for editing programs."""

from typing import Annotated, Final

from fastapi import Depends
from fastapi.responses import Response

from functions.api.editing.cut_list_schemas import CutListRequest
from functions.api.editing.text_file import text_file
from shared.domain.access import Scope
from shared.domain.editing.cut_list import CutListFormat
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter(tags=["editing"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]

_MEDIA_TYPES: Final = {
    CutListFormat.EDL: "text/plain; charset=utf-8",
    CutListFormat.FCPXML: "application/xml",
    CutListFormat.OTIO: "application/json",
    CutListFormat.CSV: "text/csv; charset=utf-8",
}
_TEXT: Final = {"type": "string"}
_JSON_OBJECT: Final = {"type": "object", "additionalProperties": True}
_CONTENT: Final = {
    media_type.partition(";")[0]: {"schema": _JSON_OBJECT if kind is CutListFormat.OTIO else _TEXT}
    for kind, media_type in _MEDIA_TYPES.items()
}


@router.post(
    "/videos/cut-list",
    response_class=Response,
    responses={200: {"content": _CONTENT}},
)
async def create_cut_list(body: CutListRequest, call: Reader) -> Response:
    """Write a cut list of parts of media: CMX 3600 (``edl``), FCPXML 1.9, OpenTimelineIO or CSV.

    Pictures are left out. Status 404 if a medium, a segment or the run does not exist.
    """

    def write() -> Response:
        found = call.runtime.editing.cut_lists.write(
            call.caller, body.source.to_domain(), body.format, body.options()
        )
        return text_file(found.content, found.file_name, _MEDIA_TYPES[body.format])

    return await call.run_in(Lane.BATCH, write)

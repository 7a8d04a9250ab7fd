"""Transcripts as subtitles, as text and as JSON."""

from enum import StrEnum
from typing import Annotated, Final, assert_never

from fastapi import Depends, Query
from fastapi.responses import Response

from functions.api.editing.schemas import Transcript
from functions.api.editing.text_file import text_file
from shared.domain.access import Scope
from shared.domain.file_names import title_stem
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.services.exports.subtitles.formats import plain_text, subrip, webvtt
from shared.services.exports.subtitles.transcripts import CueKind, MediumTranscript

router = ApiRouter(tags=["editing"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]


class TranscriptFormat(StrEnum):
    JSON = "json"
    SRT = "srt"
    VTT = "vtt"
    TXT = "txt"


_MEDIA_TYPES: Final = {
    TranscriptFormat.JSON: "application/json",
    TranscriptFormat.SRT: "application/x-subrip; charset=utf-8",
    TranscriptFormat.VTT: "text/vtt; charset=utf-8",
    TranscriptFormat.TXT: "text/plain; charset=utf-8",
}
_CONTENT: Final = {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in _MEDIA_TYPES.values()}
_ANSWER: Final = {200: {"content": {**_CONTENT, "application/json": {}}}}


@router.get(
    "/videos/{video_id}/transcript",
    response_model=Transcript,
    responses=_ANSWER,  # type: ignore[arg-type]
)
async def get_transcript(
    video_id: str,
    call: Reader,
    format: Annotated[  # noqa: A002 - the name of the parameter
        TranscriptFormat, Query(description="SubRip, WebVTT, plain text or JSON.")
    ] = TranscriptFormat.JSON,
    cues: Annotated[
        CueKind,
        Query(description="A cue is a sentence of at most two lines and 7 s, a segment, or a word."),
    ] = CueKind.SENTENCE,
    words: Annotated[bool, Query(description="Include the times of words, in JSON and WebVTT.")] = False,
    language: Annotated[str | None, Query(max_length=16, description="ISO 639-1.")] = None,
) -> Response:
    """Get what is said in a medium, as a file.

    A medium in which nothing is said has a file without cues. Status 404 if the medium has not been
    transcribed yet, not in ``language``, or is a picture.
    """

    def read() -> Response:
        found = call.runtime.editing.transcripts.read(call.caller, video_id, cues, language)
        name = f"{title_stem(found.media.title)}.{format.value}"
        headers = {"Content-Language": found.language} if found.language else {}
        return text_file(_content(found, format, with_words=words), name, _MEDIA_TYPES[format], headers)

    return await call.run_in(Lane.BATCH, read)


def _content(found: MediumTranscript, form: TranscriptFormat, *, with_words: bool) -> str:
    match form:
        case TranscriptFormat.JSON:
            return Transcript.of(found, with_words=with_words).model_dump_json()
        case TranscriptFormat.SRT:
            return subrip(found.cues)
        case TranscriptFormat.VTT:
            return webvtt(found.cues, language=found.language, with_words=with_words)
        case TranscriptFormat.TXT:
            return plain_text(found.cues)
        case _:
            assert_never(form)

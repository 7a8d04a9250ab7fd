"""Wire models of transcripts and clips."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from functions.api.editing.cut_list_schemas import Identifier, Seconds
from shared.domain.editing import clip
from shared.domain.editing.clip import ClipFailure, ClipStatus
from shared.domain.editing.cues import Cue
from shared.domain.media import Media
from shared.services.exports.clips.clips import Wanted
from shared.services.exports.subtitles.transcripts import MediumTranscript


class TranscriptWord(BaseModel):
    text: str
    start: float
    end: float
    confidence: float


class TranscriptCue(BaseModel):
    """Text with its time in seconds of the medium. ``words`` is null unless they are requested."""

    start: float
    end: float
    text: str
    words: list[TranscriptWord] | None = None

    @classmethod
    def of(cls, cue: Cue, *, with_words: bool) -> Self:
        words = [TranscriptWord.model_validate(word.model_dump()) for word in cue.words]
        return cls(start=cue.start, end=cue.end, text=cue.text, words=words if with_words else None)


class Transcript(BaseModel):
    """A transcript. ``language`` is an ISO 639-1 code, null without speech."""

    video_id: str
    language: str | None
    cues: list[TranscriptCue]

    @classmethod
    def of(cls, found: MediumTranscript, *, with_words: bool) -> Self:
        cues = [TranscriptCue.of(cue, with_words=with_words) for cue in found.cues]
        return cls(video_id=found.media.media_id, language=found.language, cues=cues)


class CreateClipRequest(BaseModel):
    """A part of a medium: a segment by its id, or the span of ``start_seconds`` and ``end_seconds``.

    A ``precise`` clip starts at the very frame of its start.
    """

    segment_id: Identifier | None = None
    start_seconds: Seconds | None = None
    end_seconds: Seconds | None = None
    precise: bool = False

    @model_validator(mode="after")
    def _is_one_part(self) -> Self:
        has_span = self.start_seconds is not None and self.end_seconds is not None
        has_some = self.start_seconds is not None or self.end_seconds is not None
        if (self.segment_id is None) is not has_span or (self.segment_id is not None and has_some):
            raise ValueError("give either segment_id, or start_seconds and end_seconds")
        return self

    def wanted(self) -> Wanted:
        return Wanted(self.segment_id, self.start_seconds, self.end_seconds, self.precise)


class Clip(BaseModel):
    """A clip.

    ``progress`` is from 0 to 1. ``file_start_seconds`` is the time of the medium at which the file starts:
    at most half a second before ``start_seconds`` if its streams were copied (``copied``). ``download_url``
    works without a key for a limited time; each answer has a new one. It is null until the clip is ready.
    """

    clip_id: str
    video_id: str
    status: ClipStatus
    progress: Annotated[float, Field(ge=0, le=1)]
    start_seconds: float
    end_seconds: float
    precise: bool
    copied: bool | None
    file_start_seconds: float | None
    duration_seconds: float | None
    content_type: str | None
    size_bytes: int | None
    file_name: str | None
    download_url: str | None
    error: ClipFailure | None
    created_at: str
    completed_at: str | None
    expires_at: str

    @classmethod
    def of(cls, found: clip.Clip, media: Media, download_url: str | None) -> Self:
        return cls(
            clip_id=found.clip_id,
            video_id=found.media_id,
            status=found.status,
            progress=found.progress,
            start_seconds=found.start,
            end_seconds=found.end,
            precise=found.precise,
            copied=found.is_copied,
            file_start_seconds=found.file_start,
            duration_seconds=found.duration_seconds,
            content_type=found.content_type,
            size_bytes=found.size_bytes,
            file_name=found.file_name(media.title),
            download_url=download_url,
            error=found.failure,
            created_at=found.created_at,
            completed_at=found.completed_at,
            expires_at=found.expires_at,
        )


class Clips(BaseModel):
    """The clips of a medium, newest first: at most 100."""

    clips: list[Clip]

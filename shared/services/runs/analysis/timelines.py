"""Reads of stored analyses as timelines. Nothing is analysed here."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter

from shared.domain.access import Caller
from shared.domain.evidence import SpeechSpan, Transcript
from shared.domain.media import Media, MediaType
from shared.domain.timeline import SeenPictures, Timeline, line_spans, tag_spans
from shared.ports.blobs import Blobs
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents
from shared.services.runs.analysis.optional_blob import read_optional
from shared.services.runs.analysis.stored_results import picture_keys, speech_span_keys, transcript_keys

_SPANS = TypeAdapter(tuple[SpeechSpan, ...])


class Timelines:
    """Timelines of media. Analyses are stored per content, so media with the same bytes have the same.

    If several models have analysed a medium, the results whose keys sort last are read: an API function does
    not know which models the workers use now.
    """

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._visible = VisibleMedia(documents)
        self._blobs = blobs

    def read(self, caller: Caller, media_id: str) -> Timeline:
        """Read the timeline of a medium. Raises: NotFound."""
        media = self._visible.get(caller.tenant_of(media_id), media_id)
        transcript, pictures = self._transcript(media), self._pictures(media)
        spans = None if transcript else self._spans(media)
        if transcript is None and pictures is None and spans is None:
            return Timeline(analysed=False, frame_rate=media.frame_rate)
        seen = pictures or SeenPictures(shots=(), frames=())
        return Timeline(
            analysed=True,
            frame_rate=media.frame_rate,
            language=transcript.language if transcript else None,
            utterances=transcript.utterances if transcript else (),
            speech=_heard(transcript) if transcript else spans or (),
            shots=seen.shots,
            frames=seen.frames,
            text_lines=line_spans(seen),
            tags=tag_spans(seen),
        )

    def transcript(self, caller: Caller, media_id: str) -> tuple[Media, Transcript | None]:
        """Read a medium and its transcript: None if it is a picture, or has not been transcribed yet.

        A video without sound has an empty one. Raises: NotFound.
        """
        media = self._visible.get(caller.tenant_of(media_id), media_id)
        if media.media_type is MediaType.IMAGE:
            return media, None
        if not media.has_audio and media.media_type is MediaType.VIDEO:
            return media, Transcript(language=None, utterances=(), model="")
        return media, self._transcript(media)

    def _transcript(self, media: Media) -> Transcript | None:
        stored = self._last(transcript_keys(self._blobs, media))
        return None if stored is None else Transcript.model_validate_json(stored)

    def _pictures(self, media: Media) -> SeenPictures | None:
        stored = self._last(picture_keys(self._blobs, media))
        return None if stored is None else SeenPictures.model_validate_json(stored)

    def _spans(self, media: Media) -> tuple[SpeechSpan, ...] | None:
        stored = self._last(speech_span_keys(self._blobs, media))
        return None if stored is None else _SPANS.validate_json(stored)

    def _last(self, keys: Sequence[str]) -> bytes | None:
        return read_optional(self._blobs, keys[-1]) if keys else None


def _heard(transcript: Transcript) -> tuple[SpeechSpan, ...]:
    return tuple(SpeechSpan(start=said.start, end=said.end) for said in transcript.utterances)

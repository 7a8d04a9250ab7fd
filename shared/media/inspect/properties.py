"""Properties of a medium, as measured by the probe."""

from dataclasses import dataclass

from shared.domain.media import MediaType, MediaWarning, SourceStream


@dataclass(frozen=True, slots=True)
class Probe:
    """Properties of a medium.

    ``width`` and ``height`` are as displayed: upright, square pixels. ``rotation`` is the counter-clockwise
    rotation in degrees that a player applies to the stored frames, after it mirrors them left to right if
    ``mirrored``. ``playable``: browsers play the file unchanged. ``must_encode_video``: browsers would show
    the video wrongly although they decode its codec. ``must_encode_audio``: a copy of the audio would not be
    heard as the file is. ``is_continuous``: the file's clock goes on from start
    to end; ``has_restarts``: it starts again. ``streams`` are all streams of a file with video or
    audio, with the ones that are used marked. ``warnings`` tell the owner of the file what its medium does
    not show.
    """

    media_type: MediaType
    container: str
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    rotation: int = 0
    frame_rate: float | None = None
    variable_frame_rate: bool = False
    has_audio: bool = False
    has_video: bool = False
    video_codec: str | None = None
    audio_codec: str | None = None
    audio_rate: int | None = None
    pixel_format: str | None = None
    pixel_aspect: float = 1.0
    mirrored: bool = False
    must_encode_video: bool = False
    must_encode_audio: bool = False
    playable: bool = False
    is_continuous: bool = True
    has_restarts: bool = False
    streams: tuple[SourceStream, ...] = ()
    warnings: tuple[MediaWarning, ...] = ()

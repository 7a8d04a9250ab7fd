"""The choice of the streams that are the content of a container; docs/media.md states its rules.

The choice depends on the file alone, so that every reader of a file takes the same streams. A file with one
video stream and one audio stream costs nothing; otherwise excerpts are read from the file again.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.stream import Stream as AnyStream
from av.video.stream import VideoStream

from shared.media.decode.stream_trial import Sound, has_frames, has_many_packets, sound_of

_NOT_CONTENT: Final = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
_SECONDARY_AUDIO: Final = (
    Disposition.comment
    | Disposition.visual_impaired
    | Disposition.hearing_impaired
    | Disposition.descriptions
    | Disposition.karaoke
)
_PICTURE_CODECS: Final = frozenset({"mjpeg", "png", "bmp", "gif", "webp", "tiff", "jpeg2000", "ljpeg"})
_MAX_MIXED: Final = 16
_SAME_LENGTH: Final = 0.005
"""Share by which the lengths of the tracks of one recording may differ; at least half a second."""


def chosen_video(container: InputContainer) -> VideoStream | None:
    """Return the video stream that is the content, if there is one."""
    moving = [stream for stream in container.streams.video if not is_cover(container, stream)]
    candidates = [stream for stream in moving if stream.codec_context is not None]
    if len(candidates) > 1:
        path = Path(container.name)
        candidates = [s for s in candidates if has_many_packets(path, s)] or candidates
        candidates.sort(key=_video_rank)
        candidates = [s for s in candidates if has_frames(path, s)] if len(candidates) > 1 else candidates
        candidates = candidates or sorted(moving, key=_video_rank)
    return candidates[0] if candidates and candidates[0].codec_context is not None else None


def chosen_audio(container: InputContainer) -> tuple[AudioStream, ...]:
    """Return the audio streams that are the content: none, one, or the mono tracks of one recording."""
    candidates = [stream for stream in container.streams.audio if stream.codec_context is not None]
    if len(candidates) < 2:
        return tuple(candidates)
    path = Path(container.name)
    primary = [s for s in candidates if not s.disposition & _SECONDARY_AUDIO]
    ranked = _ranked(container, primary or candidates)
    tracks = [stream for stream in ranked if has_many_packets(path, stream)]
    if _are_one_recording(tracks):
        return tuple(sorted(tracks, key=lambda stream: stream.index))
    others = _ranked(container, [s for s in candidates if s not in ranked])
    return (_first_audible(path, ranked) or _first_audible(path, others) or ranked[0],)


def is_cover(container: InputContainer, stream: VideoStream) -> bool:
    """Return whether a stream is a picture beside the content: by its flag, or because it is a single picture
    beside audio."""
    if stream.disposition & _NOT_CONTENT:
        return True
    if stream.codec_context is None or stream.codec_context.codec.canonical_name not in _PICTURE_CODECS:
        return False
    return bool(container.streams.audio) and not has_many_packets(Path(container.name), stream)


def language_of(stream: AnyStream) -> str | None:
    """Return the stream's language as the file states it; None if it states none."""
    language = stream.metadata.get("language", "").strip()
    return None if language.lower() in ("", "und", "unk", "zxx", "mis", "mul") else language


def title_of(stream: AnyStream) -> str | None:
    """Return the stream's title. The handler name of MP4 is none: writers put in names of their own."""
    return stream.metadata.get("title", "").strip() or None


def _video_rank(stream: VideoStream) -> tuple[bool, int, int]:
    pixels = 0 if stream.codec_context is None else stream.codec_context.width * stream.codec_context.height
    return not stream.disposition & Disposition.default, -pixels, stream.index


def _ranked(container: InputContainer, streams: Iterable[AudioStream]) -> list[AudioStream]:
    """Order by default flag, then by position. A transport stream may hold several programmes; the audio of
    the chosen video's programme precedes the others."""
    others: set[int] = set()
    if container.format.name == "mpegts":
        video = chosen_video(container)
        others = {s.index for s in container.streams.audio if not _share_programme(container, video, s)}
    return sorted(
        streams, key=lambda s: (not s.disposition & Disposition.default, s.index in others, s.index)
    )


def _share_programme(container: InputContainer, video: VideoStream | None, audio: AudioStream) -> bool:
    """Return whether the streams are of one programme: FFmpeg then finds the same best audio for both."""
    best = container.streams.best("audio", related=video)
    return best is container.streams.best("audio", related=audio)


def _are_one_recording(streams: Sequence[AudioStream]) -> bool:
    """Return whether the streams are the microphones or channels of one recording."""
    if not 2 <= len(streams) <= _MAX_MIXED:
        return False
    lengths = [length for stream in streams if (length := _length(stream)) is not None]
    kinds = {(s.codec_context.codec.canonical_name, s.codec_context.sample_rate) for s in streams}
    return (
        all(stream.codec_context.channels == 1 for stream in streams)
        and len(lengths) == len(streams)
        and max(lengths) - min(lengths) <= max(0.5, _SAME_LENGTH * max(lengths))
        and len(kinds) == 1
        and len({language_of(stream) for stream in streams}) == 1
        and len({title_of(stream) for stream in streams}) == 1
        and len({stream.metadata.get("handler_name") for stream in streams}) == 1
    )


def _length(stream: AudioStream) -> float | None:
    """Return the stream's length in seconds as the header states it. Matroska states it in a tag."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    try:
        hours, minutes, seconds = stream.metadata.get("DURATION", "").split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return None


def _first_audible(path: Path, streams: Iterable[AudioStream]) -> AudioStream | None:
    """Return the first stream that is audible, else the first that is silent but can be decoded."""
    silent = None
    for stream in streams:
        match sound_of(path, stream):
            case Sound.AUDIBLE:
                return stream
            case Sound.SILENT:
                silent = silent or stream
            case Sound.NONE:
                continue
    return silent

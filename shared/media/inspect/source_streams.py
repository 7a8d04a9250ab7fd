"""The streams of a file with the part that each plays, and the warnings about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.stream import Stream as AnyStream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from shared.domain.media import MediaWarning, SourceStream, StreamKind
from shared.media.decode import container as containers
from shared.media.decode.stream_choice import is_cover, language_of, title_of
from shared.media.decode.stream_trial import has_frames
from shared.media.inspect.extent import Extent
from shared.media.inspect.refusal import codec_name

_MAX_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Content:
    """The streams of a file that can be decoded: those that are the content, and audio that is only kept."""

    video: VideoStream | None
    audio: tuple[AudioStream, ...]
    kept: tuple[AudioStream, ...]

    @property
    def used(self) -> list[containers.Stream]:
        return [*self.audio] if self.video is None else [self.video, *self.audio]


def content_of(path: Path, container: InputContainer) -> Content:
    """Choose the streams and try whether they can be decoded. Each trial ends with the first frame."""
    video = containers.video_stream(container)
    chosen = containers.audio_streams(container)
    audio = tuple(stream for stream in chosen if has_frames(path, stream))
    others = [s for s in container.streams.audio if s not in chosen and s.codec_context is not None]
    kept = [stream for stream in others if has_frames(path, stream)] if audio else []
    if video is not None and not has_frames(path, video):
        video = None
    return Content(video, audio, tuple(kept[:_MAX_KEPT]))


def described(path: Path, container: InputContainer, content: Content) -> tuple[SourceStream, ...]:
    """Describe all streams of the container in their order."""
    used = {stream.index for stream in content.used}
    kept = used | {stream.index for stream in content.kept}
    return tuple(
        SourceStream(
            index=stream.index,
            kind=_kind(container, stream),
            codec=_codec(path, container, stream),
            language=language_of(stream),
            title=title_of(stream),
            is_default=bool(stream.disposition & Disposition.default),
            is_used=stream.index in used,
            is_kept=stream.index in kept,
        )
        for stream in container.streams
    )


def stream_warnings(streams: Sequence[SourceStream]) -> list[MediaWarning]:
    """Warn about video and audio that is not seen or heard in the medium."""
    warnings = []
    unused = [s for s in streams if s.kind in (StreamKind.VIDEO, StreamKind.AUDIO) and not s.is_used]
    mixed = [s for s in streams if s.kind is StreamKind.AUDIO and s.is_used]
    if any(stream.kind is StreamKind.VIDEO for stream in unused):
        warnings.append(_unused("video", "other_video_streams", streams))
    if any(stream.kind is StreamKind.AUDIO for stream in unused):
        warnings.append(_unused("audio", "other_audio_streams", streams))
    if len(mixed) > 1:
        message = f"The {len(mixed)} mono tracks of the file are mixed: they belong to one recording."
        warnings.append(MediaWarning(code="audio_tracks_mixed", message=message))
    return warnings


def time_warnings(extent: Extent) -> list[MediaWarning]:
    """Warn about time that the medium has and the file's clock has not, or the reverse."""
    warnings = []
    if extent.restarts:
        message = (
            f"The clock of the file starts again {_times(extent.restarts)}. The parts follow one another."
        )
        warnings.append(MediaWarning(code="time_restarted", message=message))
    if extent.holes:
        message = f"The file pauses for over five minutes {_times(extent.holes)}. The pauses are left out."
        warnings.append(MediaWarning(code="time_hole_removed", message=message))
    if extent.claimed is not None:
        message = (
            f"The file claims to last {extent.claimed:.0f} seconds but holds {extent.duration:.0f}. It is "
            "cut off or damaged."
        )
        warnings.append(MediaWarning(code="duration_overstated", message=message))
    return warnings


def _unused(name: str, code: str, streams: Sequence[SourceStream]) -> MediaWarning:
    of_kind = [stream for stream in streams if stream.kind == name]
    if len(of_kind) == 1:
        message = f"The {name} stream {_label(of_kind[0])} cannot be decoded. The medium is without {name}."
        return MediaWarning(code=f"{name}_undecodable", message=message)
    used = [_label(stream) for stream in of_kind if stream.is_used]
    unused = [
        _label(stream) + (" (kept as a further track)" if stream.is_kept else "")
        for stream in of_kind
        if not stream.is_used
    ]
    taken = f"Stream {', '.join(used)} is used" if used else "None of them can be decoded"
    message = f"The file has {len(of_kind)} {name} streams. {taken}; not used: {', '.join(unused)}."
    return MediaWarning(code=code, message=message)


def _label(stream: SourceStream) -> str:
    details = ", ".join(part for part in (stream.codec, stream.language, stream.title) if part)
    return f"{stream.index} ({details})"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _kind(container: InputContainer, stream: AnyStream) -> StreamKind:
    if isinstance(stream, VideoStream):
        return StreamKind.COVER if is_cover(container, stream) else StreamKind.VIDEO
    if isinstance(stream, AudioStream):
        return StreamKind.AUDIO
    return StreamKind.SUBTITLES if isinstance(stream, SubtitleStream) else StreamKind.DATA


def _codec(path: Path, container: InputContainer, stream: AnyStream) -> str:
    if isinstance(stream, VideoStream | AudioStream | SubtitleStream):
        return codec_name(path, container, stream)
    return stream.type

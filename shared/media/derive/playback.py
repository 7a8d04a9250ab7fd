"""The file that browsers play.

It is the source itself if possible, a remuxed copy of its streams if only the container is unsuitable, and an
encoded file otherwise.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer, OutputContainer

from shared.domain.errors import UnsupportedMedia
from shared.domain.media import MediaType
from shared.domain.runs.segmentation import plan_parts
from shared.media.decode import container as containers
from shared.media.decode.frames import Geometry
from shared.media.decode.still_image import convert_to_jpeg
from shared.media.derive.audio_tracks import audio_tracks, is_mixed, kept_audio_codecs
from shared.media.derive.source_packets import source_packets
from shared.media.derive.tracks import CopiedTrack, EncodedVideo, Track
from shared.media.inspect.browser_support import plays, video_fits_mp4
from shared.media.inspect.formats.riff import states_its_size
from shared.media.inspect.mp4_boxes import starts_fast
from shared.media.inspect.properties import Probe

_PROGRESS_STEP: Final = 1.0
_LATE_SECONDS: Final = 0.5
_DIGITS: Final = 6
_ESTIMATED_SHARE: Final = 0.01
"""Share by which a player's estimate may deviate for files without a length in their header, such as MP3."""
_TYPES: Final[dict[tuple[MediaType, str], tuple[str, str]]] = {
    (MediaType.VIDEO, "mp4"): ("video/mp4", ".mp4"),
    (MediaType.VIDEO, "webm"): ("video/webm", ".webm"),
    (MediaType.AUDIO, "mp4"): ("audio/mp4", ".m4a"),
    (MediaType.AUDIO, "webm"): ("audio/webm", ".webm"),
    (MediaType.AUDIO, "mp3"): ("audio/mpeg", ".mp3"),
    (MediaType.AUDIO, "wav"): ("audio/wav", ".wav"),
    (MediaType.AUDIO, "flac"): ("audio/flac", ".flac"),
    (MediaType.AUDIO, "ogg"): ("audio/ogg", ".ogg"),
    (MediaType.IMAGE, "jpeg"): ("image/jpeg", ".jpg"),
    (MediaType.IMAGE, "png"): ("image/png", ".png"),
    (MediaType.IMAGE, "webp"): ("image/webp", ".webp"),
    (MediaType.IMAGE, "gif"): ("image/gif", ".gif"),
}

Progress = Callable[[float], None]
"""Called with the completed share, 0..1."""


@dataclass(frozen=True, slots=True)
class Playable:
    """A playable file.

    ``unchanged``: the file has the source's bytes. ``duration_seconds`` is None for images.
    """

    path: Path
    content_type: str
    suffix: str
    duration_seconds: float | None
    unchanged: bool = False


def make_playable(
    source: Path,
    probe: Probe,
    destination: Path,
    *,
    start: float = 0.0,
    end: float | None = None,
    progress: Progress | None = None,
) -> Playable:
    """Write the part [``start``, ``end``) of ``source`` to ``destination``, which may exist.

    A whole file that is already playable is hard-linked if the file system allows it, else copied byte for
    byte. The parts of a source tile it: each starts where the previous one ends. If streams are copied and a
    cut is not at a key frame, parts overlap by a few frames (``plan_cuts`` avoids it). A video without sound
    starts with its first key frame.

    Raises:
        UnsupportedMedia: ``media_undecodable``: the source is too damaged to be written.
    """
    if probe.media_type is MediaType.IMAGE:
        return _playable_image(source, probe, destination)
    duration = probe.duration_seconds or 0.0
    stop = duration if end is None else min(end, duration)
    is_whole = start <= 0 and stop >= duration - 0.001
    if is_whole and probe.playable and _is_streamable(source, probe):
        _link_or_copy(source, destination)
        return Playable(destination, *_TYPES[probe.media_type, probe.container], duration, unchanged=True)
    target_container = _target_container(probe)
    if start <= 0 and probe.has_video and not probe.has_audio:
        first = _first_key_frame(source, probe)
        start = first if first < stop else start
    try:
        _write(source, probe, destination, target_container, start, stop, progress)
    except (av.FFmpegError, ValueError) as error:
        raise UnsupportedMedia(
            "The medium is damaged and cannot be prepared for playback.", code="media_undecodable"
        ) from error
    length = round(stop - start, _DIGITS)
    return Playable(destination, *_TYPES[probe.media_type, target_container], length)


def plan_cuts(source: Path, probe: Probe, max_part_seconds: float) -> list[tuple[float, float]]:
    """Return the fewest parts of at most ``max_part_seconds``.

    Parts are cut at key frames if their lengths allow it, so that copied parts neither overlap nor start with
    hidden frames.
    """
    parts = plan_parts(probe.duration_seconds or 0.0, max_part_seconds)
    if len(parts) == 1 or not probe.has_video or not probe.is_continuous:
        return parts
    cuts = [0.0, *(_key_frame_before(source, start) for start, _ in parts[1:]), parts[-1][1]]
    at_key_frames = list(pairwise(cuts))
    return at_key_frames if all(0 < b - a <= max_part_seconds for a, b in at_key_frames) else parts


def _key_frame_before(source: Path, time: float) -> float:
    with containers.open_container(source) as container:
        video = containers.video_stream(container)
        if video is None:
            return time
        start = containers.origin(container)
        for packet in source_packets(container, [video], time, is_continuous=True):
            span = containers.packet_span(packet)
            if packet.is_keyframe and span is not None:
                return span[0] - start
    return time


def _first_key_frame(source: Path, probe: Probe) -> float:
    """Return the time of the first key frame, or 0 if the video starts with it."""
    with containers.open_container(source) as container:
        video = containers.video_stream(container)
        if video is None:
            return 0.0
        start = containers.origin(container)
        for packet in source_packets(container, [video], 0.0, is_continuous=probe.is_continuous):
            span = containers.packet_span(packet)
            if packet.is_keyframe and span is not None:
                return span[0] - start if span[0] - start > _LATE_SECONDS else 0.0
    return 0.0


def _playable_image(source: Path, probe: Probe, destination: Path) -> Playable:
    if probe.playable:
        _link_or_copy(source, destination)
        return Playable(destination, *_TYPES[MediaType.IMAGE, probe.container], None, unchanged=True)
    convert_to_jpeg(source, destination)
    return Playable(destination, *_TYPES[MediaType.IMAGE, "jpeg"], None)


def _link_or_copy(source: Path, destination: Path) -> None:
    destination.unlink(missing_ok=True)
    try:
        os.link(source, destination)
    except OSError:
        shutil.copyfile(source, destination)


def _is_streamable(source: Path, probe: Probe) -> bool:
    """Return whether a player can start at once, seek, and show the correct duration."""
    if probe.container == "mp4" and not starts_fast(source):
        return False
    if probe.container == "wav" and not states_its_size(source):
        return False
    duration = probe.duration_seconds or 0.0
    with containers.open_container(source) as container:
        header_duration = (container.duration or 0) / av.time_base
    is_estimated = probe.container not in ("mp4", "webm")
    allowed = max(1.0, _ESTIMATED_SHARE * duration) if is_estimated else 1.0
    return abs(header_duration - duration) <= allowed


def _target_container(probe: Probe) -> str:
    """Return webm if browsers play all tracks in it, otherwise mp4."""
    if probe.container not in ("webm", "mkv") or not probe.is_continuous or probe.must_encode_video:
        return "mp4"
    fits = all(
        plays("webm", video_codec=probe.video_codec, pixel_format=probe.pixel_format, audio_codec=codec)
        for codec in kept_audio_codecs(probe) or [None]
    )
    return "webm" if fits and not is_mixed(probe) else "mp4"


def _write(
    source: Path,
    probe: Probe,
    destination: Path,
    target_container: str,
    start: float,
    end: float,
    progress: Progress | None,
) -> None:
    options = {"movflags": "+faststart"} if target_container == "mp4" else {}
    with (
        containers.open_container(source) as container,
        av.open(str(destination), "w", format=target_container, options=options) as out,
    ):
        begin = containers.origin(container)
        tracks = _tracks(container, out, probe, target_container, begin + start, begin + end)
        streams: list[containers.Stream] = [*container.streams.video, *container.streams.audio]
        chosen = [stream for stream in streams if stream.index in tracks]
        packets = source_packets(container, chosen, start, is_continuous=probe.is_continuous)
        _feed_tracks(packets, tracks, begin + start, begin + end, progress)
        for track in dict.fromkeys(tracks.values()):
            track.finish()


def _feed_tracks(
    packets: Iterator[containers.MediaPacket],
    tracks: dict[int, Track],
    start: float,
    end: float,
    progress: Progress | None,
) -> None:
    open_tracks = set(tracks)
    reported = start
    for packet in packets:
        if packet.stream_index in open_tracks and not tracks[packet.stream_index].feed(packet):
            open_tracks.discard(packet.stream_index)
            if not open_tracks:
                return
        span = None if progress is None else containers.packet_span(packet)
        if progress is not None and span is not None and span[0] - reported >= _PROGRESS_STEP:
            reported = span[0]
            progress(min(1.0, (reported - start) / (end - start)))


def _tracks(
    container: InputContainer,
    out: OutputContainer,
    probe: Probe,
    target_container: str,
    start: float,
    end: float,
) -> dict[int, Track]:
    """Add the tracks: the video, the audio that is heard, then the audio that is kept."""
    tracks: dict[int, Track] = {}
    is_webm = target_container == "webm"
    # A copy needs presentation times, and AVI has none.
    has_presentation_times = probe.container != "avi"
    video = containers.video_stream(container) if probe.has_video else None
    if video is not None:
        fits = video_fits_mp4(probe.video_codec or "", probe.pixel_format or "") and has_presentation_times
        # Each restart may bring other parameters, which a copied track cannot state.
        if (is_webm or fits) and not probe.has_restarts and not probe.must_encode_video:
            tracks[video.index] = CopiedTrack(out, video, start, end)
        else:
            geometry = Geometry(probe.rotation, probe.pixel_aspect, probe.mirrored)
            tracks[video.index] = EncodedVideo(out, video, geometry, start, end)
    return tracks | audio_tracks(container, out, probe, is_webm, start, end)

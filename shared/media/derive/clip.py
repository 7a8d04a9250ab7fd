"""A clip: a part of a playable file, as a file of its own.

The streams are copied if a key frame is near the start, so that the clip is made fast and without loss.
Otherwise the part is decoded and encoded as a playable file is.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import av

from shared.domain.media import MediaType
from shared.media.decode import container as containers
from shared.media.derive.playback import Progress, make_playable
from shared.media.derive.source_packets import source_packets
from shared.media.inspect.properties import Probe

NEAR_SECONDS: Final = 0.5
"""A clip that need not be precise starts at a key frame that is at most this long before its start."""

_SLOWEST_RATE: Final = 10.0
_DEFAULT_RATE: Final = 25.0
_TIME_TOLERANCE: Final = 1e-3  # Matroska's clock ticks in milliseconds


@dataclass(frozen=True, slots=True)
class ClipFile:
    """A clip as a file. ``start`` is the time of the source at which it starts, in seconds."""

    path: Path
    content_type: str
    suffix: str
    start: float
    duration_seconds: float
    is_copied: bool


def make_clip(
    source: Path,
    probe: Probe,
    destination: Path,
    *,
    start: float,
    end: float,
    precise: bool,
    progress: Progress | None = None,
) -> ClipFile:
    """Write the part [``start``, ``end``) of an audio or video file to ``destination``, which may exist.

    A ``precise`` clip is copied only if it starts with a key frame and no frame is stored out of the order
    of its time, because the last frames of such a copy lie behind ``end``. A precise clip of audio is always
    encoded: packets of audio last up to 0.1 s.

    Raises:
        UnsupportedMedia: ``media_undecodable``: the part is too damaged to be written.
    """
    copied_from = _copy_start(source, probe, start, precise=precise)
    begin = start if copied_from is None else copied_from
    given = probe if copied_from is not None else _encoded(probe)
    made = make_playable(source, given, destination, start=begin, end=end, progress=progress)
    return ClipFile(
        path=destination,
        content_type=made.content_type,
        suffix=made.suffix,
        start=begin,
        duration_seconds=_measured_duration(destination, end - begin),
        is_copied=copied_from is not None,
    )


def _encoded(probe: Probe) -> Probe:
    """Return a probe that has all streams encoded."""
    return replace(probe, playable=False, must_encode_video=True, must_encode_audio=True, container="mp4")


def _copy_start(source: Path, probe: Probe, start: float, *, precise: bool) -> float | None:
    """Return the time from which the streams are copied, None if they are encoded."""
    if not probe.is_continuous or probe.has_restarts or probe.must_encode_video or probe.must_encode_audio:
        return None
    if probe.media_type is not MediaType.VIDEO:
        return None if precise else start
    key_frame = _last_key_frame(source, start + _half_frame(probe), may_reorder=not precise)
    if key_frame is None:
        return None
    tolerance = _half_frame(probe) if precise else max(NEAR_SECONDS, _half_frame(probe))
    return key_frame if start - key_frame <= tolerance else None


def _last_key_frame(source: Path, time: float, *, may_reorder: bool) -> float | None:
    """Return the time of the last key frame up to ``time``.

    None if there is none, or if the stream stores frames out of order and ``may_reorder`` is false.
    """
    with containers.open_container(source) as container:
        video = containers.video_stream(container)
        if video is None or (video.codec_context.reorder_depth and not may_reorder):
            return None
        begin = containers.origin(container)
        found: float | None = None
        for packet in source_packets(container, [video], time, is_continuous=True):
            span = containers.packet_span(packet)
            if span is None:
                continue
            if packet.is_keyframe and span[0] - begin <= time + _TIME_TOLERANCE:
                found = max(0.0, span[0] - begin)
            elif packet.is_keyframe or span[0] - begin > time + NEAR_SECONDS:
                break
        return found


def _half_frame(probe: Probe) -> float:
    return 0.5 / max(probe.frame_rate or _DEFAULT_RATE, _SLOWEST_RATE)


def _measured_duration(path: Path, expected: float) -> float:
    """Return the duration that the file's header states; ``expected`` if it states none."""
    with containers.open_container(path) as container:
        stated = (container.duration or 0) / av.time_base
    return round(stated or expected, 6)

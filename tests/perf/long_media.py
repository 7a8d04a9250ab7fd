"""Long 720p media for measurements, made from the sample reel."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from shared.cli.demo.sample import SAMPLE

WIDTH, HEIGHT, RATE = 1280, 720, 24


def reel_720p(path: Path) -> Path:
    """Write the sample reel as 1280x720 H.264 at 24 frames a second with AAC sound."""
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as target:
        video = target.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.options = {"preset": "veryfast", "crf": "21", "g": "48"}
        sound = target.add_stream("aac", rate=44_100)
        for packet in source.demux(source.streams.video[0], source.streams.audio[0]):
            for frame in packet.decode():
                _encode(frame, target, video, sound)
        for stream in (video, sound):
            target.mux(stream.encode(None))
    return path


def _encode(frame: Any, target: Any, video: Any, sound: Any) -> None:
    if isinstance(frame, av.VideoFrame):
        target.mux(video.encode(frame.reformat(WIDTH, HEIGHT, "yuv420p")))
    else:
        frame.pts = None
        target.mux(sound.encode(frame))


def repeated(source: Path, target: Path, times: int) -> Path:
    """Write ``source`` ``times`` times in sequence, with its packets copied and their timestamps shifted."""
    with av.open(str(target), "w") as joined:
        streams: dict[int, Any] = {}
        offset = Fraction(0)
        for _ in range(times):
            with av.open(str(source)) as opened:
                for stream in opened.streams:
                    if stream.index not in streams:
                        streams[stream.index] = joined.add_stream_from_template(stream)
                for packet in _moved(opened, offset):
                    packet.stream = streams[packet.stream.index]
                    joined.mux(packet)
                offset += Fraction(opened.duration or 0, av.time_base)
    return target


def _moved(opened: Any, offset: Fraction) -> Iterator[Any]:
    for packet in opened.demux():
        if packet.dts is None:
            continue
        shift = int(offset / packet.time_base)
        packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
        yield packet

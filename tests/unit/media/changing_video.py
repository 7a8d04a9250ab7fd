"""Videos whose frames change in size, pixel format or colour in the middle, and frames of one colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext

RATE = 12


@dataclass(frozen=True, slots=True)
class Section:
    """A second of video in one colour (RGB)."""

    colour: tuple[int, int, int]
    size: tuple[int, int] = (160, 120)
    pixel_format: str = "yuv420p"


def frame_of(section: Section) -> av.VideoFrame:
    image = np.empty((section.size[1], section.size[0], 3), np.uint8)
    image[:] = section.colour
    return av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=section.pixel_format)


def make_changing_video(path: Path, codec: str, sections: Sequence[Section]) -> Path:
    """Encode each section by itself, and write the packets of all into one stream.

    H.264 and HEVC repeat their parameters before each key frame, as recorders do that adapt the size.
    """
    clock = Fraction(1, RATE)
    with av.open(str(path), "w") as out:
        stream: av.VideoStream | None = None
        for number, section in enumerate(sections):
            encoder = av.CodecContext.create(codec, "w")
            assert isinstance(encoder, VideoCodecContext)
            (encoder.width, encoder.height), encoder.pix_fmt = section.size, section.pixel_format
            encoder.time_base, encoder.framerate = clock, Fraction(RATE)
            encoder.max_b_frames = 0
            if codec == "libx264":
                encoder.options = {"x264-params": "repeat-headers=1:log-level=none", "forced-idr": "1"}
                encoder.flags |= av.codec.context.Flags.global_header
            if stream is None:
                stream = _new_stream(out, codec, section)
            encoder.open()
            frames = [frame_of(section) for _ in range(RATE)]
            for index, frame in enumerate([*frames, None]):
                if frame is not None:
                    frame.pts, frame.time_base = number * RATE + index, clock
                for packet in encoder.encode(frame):
                    packet.stream, packet.time_base = stream, clock
                    out.mux(packet)
    return path


def _new_stream(out: OutputContainer, codec: str, section: Section) -> av.VideoStream:
    stream = out.add_stream(codec, rate=RATE)
    assert isinstance(stream, av.VideoStream)
    (stream.width, stream.height), stream.pix_fmt = section.size, section.pixel_format
    stream.codec_context.max_b_frames = 0
    return stream

"""Copies of media files with other timestamps."""

from collections.abc import Sequence
from pathlib import Path

import av


def moved(
    source: Path,
    destination: Path,
    *,
    holes: Sequence[tuple[float, float]] = (),
    last_duration: float | None = None,
) -> Path:
    """Copy the streams. ``holes`` are times of the source, each with the seconds to put in there;
    ``last_duration`` is what the last video packet claims to last."""
    formats = {".ts": "mpegts"}
    with (
        av.open(str(source)) as container,
        av.open(str(destination), "w", format=formats.get(destination.suffix)) as out,
    ):
        tracks = {s.index: out.add_stream_from_template(s) for s in container.streams if s.type != "data"}
        packets = [packet for packet in container.demux() if packet.size]
        last = max((p for p in packets if p.stream.type == "video"), key=lambda p: p.dts or 0, default=None)
        for packet in packets:
            stamp = packet.pts if packet.dts is None else packet.dts
            time = float((stamp or 0) * packet.time_base)
            ticks = round(sum(seconds for at, seconds in holes if time >= at) / packet.time_base)
            packet.pts = None if packet.pts is None else packet.pts + ticks
            packet.dts = None if packet.dts is None else packet.dts + ticks
            if packet is last and last_duration is not None:
                packet.duration = round(last_duration / packet.time_base)
            packet.stream = tracks[packet.stream_index]
            out.mux(packet)
    return destination

"""Tests of files made to open other resources or to exhaust memory."""

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from socket import create_server, socket
from typing import Any

import av
import pytest

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.container import MAX_FRAME_PIXELS, open_container
from shared.media.decode.container import packets as packets_of
from shared.media.decode.frames import Damage, decode_video
from shared.media.inspect.probe import probe
from tests.unit.media.samples import RATE, make_video

ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10)
"""An empty tag. The signature check takes the file for MP3, and only the demuxers see the rest."""


@pytest.fixture
def listener() -> Iterator[socket]:
    with create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def was_contacted(listener: socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("head", [b"", ID3, bytes(4) + b"free" + bytes(4), b"\xff\xfb\x90\x00"])
@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}\n#EXTINF:10,\n{file}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{file}'\nfile '{address}'\n",
        (
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
            "a=rtpmap:96 H264/90000\n"
        ),
        (
            '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "{address}">]><MPD '
            'xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>{address}&b;</BaseURL></Period></MPD>'
        ),
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}"/></svg>',
    ],
    ids=["hls", "concat", "sdp", "dash", "svg"],
)
def test_playlist_opens_none_of_its_files(
    tmp_path: Path, listener: socket, head: bytes, playlist: str
) -> None:
    port = listener.getsockname()[1]
    target = make_video(tmp_path / "target.mp4", seconds=0.5)
    path = tmp_path / "playlist.mp4"
    text = playlist.format(address=f"http://127.0.0.1:{port}/a.ts", file=target, port=port)
    path.write_bytes(head + text.encode() * 20)
    with pytest.raises(UnsupportedMedia):
        probe(path)
    assert not was_contacted(listener)


def test_movie_with_external_data_reference_is_refused(tmp_path: Path) -> None:
    """The index has a data reference (ISO/IEC 14496-12, 8.7.2) to all the bytes of another file."""
    other = make_video(tmp_path / "other.mp4", seconds=1.0, audio=None)
    path = tmp_path / "index.mp4"
    path.write_bytes(with_external_reference(other.read_bytes(), str(other)))
    with av.open(str(path), options={"enable_drefs": "1", "use_absolute_path": "1"}) as trusted:
        assert len(list(trusted.decode(video=0))) == RATE, "the file works without the restrictions"
    with pytest.raises(UnsupportedMedia):
        probe(path)


def with_external_reference(movie: bytes, elsewhere: str) -> bytes:
    """Return ``ftyp`` and ``moov`` of ``movie``, its data reference replaced by a Macintosh alias."""
    at = movie.index(b"moov") - 4
    index = movie[at : at + struct.unpack(">I", movie[at : at + 4])[0]]
    name = elsewhere.encode()
    # All zero, including the names of the volume and the file.
    fixed_fields = bytes(10 + 28 + 12 + 64 + 16 + 4 + 16)
    path = struct.pack(">hH", 2, len(name)) + name + bytes(len(name) % 2)
    record = fixed_fields + path + struct.pack(">h", -1)
    entry = struct.pack(">I4sI", 12 + len(record), b"alis", 0) + record
    old = struct.pack(">I4sI", 12, b"url ", 1)
    position = index.index(old)
    changed = bytearray(index[:position] + entry + index[position + len(old) :])
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        start = changed.index(box) - 4
        size = struct.unpack(">I", changed[start : start + 4])[0] + len(entry) - len(old)
        changed[start : start + 4] = struct.pack(">I", size)
    head = movie[: struct.unpack(">I", movie[:4])[0]]
    return head + bytes(changed)


@pytest.mark.slow
def test_stream_growing_beyond_limit_is_decoded_up_to_it(tmp_path: Path) -> None:
    """Forty kilobytes that would take gigabytes: H.264 may change its size with any key frame."""
    path = tmp_path / "grows.avi"
    side = 8704
    assert side * side > MAX_FRAME_PIXELS
    with av.open(str(path), "w") as out:
        small = out.add_stream("libx264", rate=5)
        assert isinstance(small, av.VideoStream)
        small.width, small.height, small.pix_fmt = 64, 64, "yuv420p"
        packets = [packet for number in range(5) for packet in small.encode(blank_frame(64, number))]
        packets += small.encode()
        for packet in [*packets, *large_packets(side)]:
            packet.stream = small
            out.mux(packet)
    found = probe(path)
    assert (found.width, found.height) == (64, 64)
    with open_container(path) as container:
        (stream,) = container.streams.video
        damage = Damage()
        assert {frame.width for frame in decode_video(stream, packets_of(container, stream), damage)} == {64}
        assert damage.packets == 1


def large_packets(side: int) -> Iterator["av.Packet[Any]"]:
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width = encoder.height = side
    encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, 5)
    encoder.options = {"preset": "ultrafast", "x264-params": "threads=1"}
    for packet in (*encoder.encode(blank_frame(side, 0)), *encoder.encode()):
        packet.pts = packet.dts = 5
        yield packet


def blank_frame(side: int, number: int) -> av.VideoFrame:
    frame = av.VideoFrame(side, side, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.pts, frame.time_base = number, Fraction(1, 5)
    return frame

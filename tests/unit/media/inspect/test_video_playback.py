"""Videos that browsers decode and yet show wrongly."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.bitstream import BitStreamFilterContext
from av.video.reformatter import ColorPrimaries, ColorTrc

from shared.media.decode.container import open_container, video_stream
from shared.media.derive.playback import make_playable
from shared.media.inspect.probe import probe
from shared.media.inspect.video_playback import must_encode
from tests.unit.media.changing_video import Section, make_changing_video
from tests.unit.media.samples import make_video

RED, BLUE = (200, 40, 40), (40, 60, 200)
SAME = (Section(RED), Section(BLUE), Section(RED))
RESIZED = (Section(RED), Section(BLUE, (120, 160)), Section(RED))
OTHER_PIXELS = (Section(RED), Section(BLUE, pixel_format="yuv444p"))


def turned_video(path: Path, codec: str, degrees: int, *, mirrored: bool = False) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=12)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.set_display_rotation(degrees, hflip=mirrored)
        for number in range(6):
            frame = av.VideoFrame.from_ndarray(np.full((120, 160, 3), 90, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 12)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def is_shown_wrongly(path: Path) -> bool:
    with open_container(path) as container:
        stream = video_stream(container)
        assert stream is not None
        return must_encode(path, stream, next(container.decode(stream)))


@pytest.mark.parametrize(
    ("suffix", "codec", "sections", "encoded"),
    [
        ("mp4", "libx264", SAME, False),
        ("mkv", "libx264", SAME, False),
        ("mp4", "libx264", RESIZED, True),
        ("mkv", "libx264", RESIZED, True),
        ("mp4", "libx264", OTHER_PIXELS, True),
        ("webm", "libvpx-vp9", RESIZED, False),
        ("webm", "libvpx", RESIZED, False),
        ("webm", "libvpx-vp9", OTHER_PIXELS, True),
    ],
)
def test_change_of_format_is_found(
    tmp_path: Path, suffix: str, codec: str, sections: Sequence[Section], encoded: bool
) -> None:
    path = make_changing_video(tmp_path / f"changing.{suffix}", codec, sections)
    assert is_shown_wrongly(path) is encoded
    found = probe(path)
    assert (found.width, found.height) == sections[0].size


@pytest.mark.parametrize(
    ("suffix", "codec", "degrees", "mirrored", "encoded"),
    [
        ("mp4", "libx264", 0, False, False),
        ("mp4", "libx264", 90, False, False),
        ("mkv", "libx264", 90, False, False),
        ("mp4", "libx264", 0, True, True),
        ("mp4", "libx264", 90, True, True),
        ("webm", "libvpx-vp9", 90, False, True),
        ("webm", "libvpx", 180, False, True),
        ("webm", "libvpx-vp9", 0, True, True),
    ],
)
def test_orientation_that_players_ignore_is_found(
    tmp_path: Path, suffix: str, codec: str, degrees: int, mirrored: bool, encoded: bool
) -> None:
    found = probe(turned_video(tmp_path / f"turned.{suffix}", codec, degrees, mirrored=mirrored))
    assert found.must_encode_video is encoded
    assert (found.rotation % 180, found.mirrored) == (degrees % 180, mirrored)
    assert (found.width, found.height) == ((120, 160) if degrees == 90 else (160, 120))


def test_orientation_within_h264_is_found(tmp_path: Path) -> None:
    """Players honour the orientation of the container only."""
    source = make_video(tmp_path / "source.mp4", audio=None)
    path = tmp_path / "oriented.mp4"
    with av.open(str(source)) as container, av.open(str(path), "w") as out:
        stream = container.streams.video[0]
        copied = out.add_stream_from_template(stream)
        orient = BitStreamFilterContext("h264_metadata=display_orientation=insert:rotate=90", stream, copied)
        for packet in container.demux(stream):
            for filtered in orient.filter(packet if packet.size else None):
                filtered.stream = copied
                out.mux(filtered)
    found = probe(path)
    assert (found.rotation, found.must_encode_video, found.playable) == (90, True, False)
    played = probe(make_playable(path, found, tmp_path / "playable").path)
    assert (played.rotation, played.width, played.height, played.playable) == (90, 120, 160, True)


@pytest.mark.parametrize(
    ("transfer", "primaries", "encoded"),
    [
        (ColorTrc.BT709, ColorPrimaries.BT709, False),
        (ColorTrc.SMPTE2084, ColorPrimaries.BT2020, True),
        (ColorTrc.ARIB_STD_B67, ColorPrimaries.BT2020, True),
        (ColorTrc.BT709, ColorPrimaries.SMPTE432, True),
    ],
)
def test_eight_bit_hdr_and_wide_gamut_are_found(
    tmp_path: Path, transfer: int, primaries: int, encoded: bool
) -> None:
    path = tmp_path / "colours.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=12)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.color_trc, stream.codec_context.color_primaries = transfer, primaries
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
        frame.pts, frame.time_base = 0, Fraction(1, 12)
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    found = probe(path)
    assert (found.must_encode_video, found.playable) == (encoded, not encoded)


@pytest.mark.parametrize(("tag", "codes"), [(b"hvc1", []), (b"dvh1", ["dolby_vision_colours"])])
def test_dolby_vision_without_base_layer_has_warning(tmp_path: Path, tag: bytes, codes: list[str]) -> None:
    path = make_video(tmp_path / "phone.mp4", codec="libx265", audio=None, seconds=0.5)
    content = path.read_bytes()
    assert content.count(b"hev1") == 1
    path.write_bytes(content.replace(b"hev1", tag))
    assert [warning.code for warning in probe(path).warnings] == codes

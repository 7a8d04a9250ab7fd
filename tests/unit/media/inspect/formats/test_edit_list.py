"""Edit lists that show several stretches of a video, or leave out its ends."""

import struct
from collections.abc import Sequence
from pathlib import Path

import av
import pytest

from shared.media.decode.container import open_container
from shared.media.derive.playback import make_playable
from shared.media.inspect.formats.edit_list import joins_stretches
from shared.media.inspect.probe import probe
from tests.unit.media.samples import RATE, make_video

SECONDS = 6.0
MOVIE_SCALE = 1000


def edited(path: Path, stretches: Sequence[tuple[float, float]]) -> Path:
    """Write a video of six seconds with one key frame that shows ``stretches``: start and length in seconds.

    Its index is at its end, so that a playable file is a copy.
    """
    make_video(path, seconds=SECONDS, audio=None, keyframes=1000, scene_seconds=SECONDS)
    movie = path.read_bytes()
    at = movie.index(b"moov") - 4
    index = movie[at:]
    start = index.index(b"mdhd") - 4
    scale = struct.unpack_from(">I", index, start + 20)[0]
    first = struct.unpack_from(">i", index, index.index(b"elst") + 16)[0]
    entries = b"".join(
        struct.pack(">iiI", round(length * MOVIE_SCALE), round(begin * scale) + first, 0x10000)
        for begin, length in stretches
    )
    path.write_bytes(movie[:at] + with_edit_list(index, struct.pack(">II", 0, len(stretches)) + entries))
    return path


def with_edit_list(index: bytes, content: bytes) -> bytes:
    """Replace the only edit list of a movie, and adapt the sizes of the boxes around it."""
    at = index.index(b"elst") - 4
    size = struct.unpack_from(">I", index, at)[0]
    changed = bytearray(
        index[:at] + struct.pack(">I", 8 + len(content)) + b"elst" + content + index[at + size :]
    )
    for kind in (b"moov", b"trak", b"edts"):
        box = changed.index(kind) - 4
        before = struct.unpack_from(">I", changed, box)[0]
        struct.pack_into(">I", changed, box, before + 8 + len(content) - size)
    return bytes(changed)


def shown_frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize(
    ("stretches", "is_joined"),
    [
        ([(0.0, 6.0)], False),
        ([(2.0, 2.0)], False),
        ([(0.0, 1.0), (4.0, 1.0)], True),
        ([(4.0, 1.0), (1.0, 1.0)], True),
    ],
)
def test_playable_file_shows_the_stretches_and_no_more(
    tmp_path: Path, stretches: list[tuple[float, float]], is_joined: bool
) -> None:
    source = edited(tmp_path / "a.mp4", stretches)
    expected = round(sum(length for _, length in stretches) * RATE)
    found = probe(source)
    assert shown_frames(source) == pytest.approx(expected, abs=2)
    assert (found.must_encode_video, found.playable) == (is_joined, not is_joined)
    with open_container(source) as container:
        assert joins_stretches(container.streams.video[0]) == is_joined
    playable = make_playable(source, found, tmp_path / "playable").path
    assert shown_frames(playable) == pytest.approx(expected, abs=2)

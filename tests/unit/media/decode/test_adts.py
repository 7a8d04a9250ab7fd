"""Times of raw AAC whose sampling rate changes."""

from itertools import pairwise
from pathlib import Path

import av
import pytest

from shared.media.decode import adts
from shared.media.decode.demux import open_container, packet_span, packets
from tests.unit.media.samples import make_audio


def test_each_frame_lasts_as_long_as_its_rate_says(tmp_path: Path) -> None:
    first, second = tmp_path / "a.aac", tmp_path / "b.aac"
    make_audio(first, "aac", rate=44_100)
    make_audio(second, "aac", rate=22_050)
    joined = tmp_path / "joined.aac"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    with open_container(joined) as container:
        spans = [span for packet in packets(container) if (span := packet_span(packet)) is not None]
    with av.open(str(joined)) as container:
        timed = list(adts.timed(container.demux(audio=0)))
    assert [packet_span(packet) for packet in timed if packet.size] == spans
    assert spans[0][1] - spans[0][0] == pytest.approx(1024 / 44_100, abs=1e-5)
    assert spans[-1][1] - spans[-1][0] == pytest.approx(1024 / 22_050, abs=1e-5)
    assert all(later[0] == pytest.approx(earlier[1]) for earlier, later in pairwise(spans))
    assert spans[-1][1] == pytest.approx(4.0, abs=0.15)

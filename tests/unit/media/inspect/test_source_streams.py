"""Warnings about streams and times that a medium does not show."""

import pytest

from shared.domain.media import SourceStream, StreamKind
from shared.media.inspect.extent import Extent
from shared.media.inspect.source_streams import stream_warnings, time_warnings

VIDEO = SourceStream(index=0, kind=StreamKind.VIDEO, codec="h264", is_used=True, is_kept=True)
ENGLISH = SourceStream(
    index=1, kind=StreamKind.AUDIO, codec="aac", language="eng", title="Main", is_used=True, is_kept=True
)
GERMAN = SourceStream(index=2, kind=StreamKind.AUDIO, codec="aac", language="ger", is_kept=True)
UNKNOWN = SourceStream(index=2, kind=StreamKind.AUDIO, codec="ac-4")
COVER = SourceStream(index=3, kind=StreamKind.COVER, codec="mjpeg")


@pytest.mark.parametrize(
    ("streams", "messages"),
    [
        ([VIDEO, ENGLISH, COVER], []),
        (
            [VIDEO, ENGLISH, GERMAN],
            [
                (
                    "The file has 2 audio streams. Stream 1 (aac, eng, Main) is used; "
                    "not used: 2 (aac, ger) (kept as a further track)."
                )
            ],
        ),
        ([VIDEO, UNKNOWN], ["The audio stream 2 (ac-4) cannot be decoded. The medium is without audio."]),
        (
            [UNKNOWN, UNKNOWN],
            ["The file has 2 audio streams. None of them can be decoded; not used: 2 (ac-4), 2 (ac-4)."],
        ),
        ([ENGLISH, ENGLISH], ["The 2 mono tracks of the file are mixed: they belong to one recording."]),
    ],
)
def test_unused_streams_are_named(streams: list[SourceStream], messages: list[str]) -> None:
    assert [warning.message for warning in stream_warnings(streams)] == messages


@pytest.mark.parametrize(
    ("extent", "codes"),
    [
        (Extent(10.0), []),
        (Extent(10.0, restarts=1), ["time_restarted"]),
        (Extent(10.0, holes=2), ["time_hole_removed"]),
        (Extent(10.0, claimed=99.0), ["duration_overstated"]),
    ],
)
def test_times_that_differ_are_warned_about(extent: Extent, codes: list[str]) -> None:
    assert [warning.code for warning in time_warnings(extent)] == codes

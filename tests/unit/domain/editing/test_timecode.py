"""Timecode and frame rates, compared with OpenTimelineIO's own arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio import opentime

from shared.domain.editing.frame_rate import NAMED_RATES, FrameRate, measured_rate, named_rate
from shared.domain.editing.timecode import frame_of, frames_per_day, timecode
from shared.domain.errors import InvalidRequest

NTSC_30 = FrameRate(30, is_ntsc=True)
NTSC_60 = FrameRate(60, is_ntsc=True)
DROP_RATES = st.sampled_from([NTSC_30, NTSC_60])
RATES = st.sampled_from(sorted(NAMED_RATES.values()))


@given(RATES, st.integers(min_value=0, max_value=86_400 * 60))
def test_whole_numbers_equal_those_of_opentimelineio(rate: FrameRate, frame: int) -> None:
    frame %= frames_per_day(rate, drop_frame=False)
    expected = opentime.to_timecode(opentime.RationalTime(frame, rate.nominal), rate.nominal, False)
    assert timecode(frame, rate, drop_frame=False) == expected


@given(DROP_RATES, st.integers(min_value=0, max_value=86_400 * 60))
def test_drop_frame_numbers_equal_those_of_opentimelineio(rate: FrameRate, frame: int) -> None:
    frame %= frames_per_day(rate, drop_frame=True)
    at = opentime.RationalTime(frame, float(rate.exact))
    expected = opentime.to_timecode(at, float(rate.exact), True)
    assert timecode(frame, rate, drop_frame=True) == expected


@given(RATES, st.booleans(), st.integers(min_value=0, max_value=86_400 * 60))
def test_timecode_is_read_back(rate: FrameRate, drops: bool, frame: int) -> None:
    drop_frame = drops and rate.has_drop_frame
    frame %= frames_per_day(rate, drop_frame=drop_frame)
    text = timecode(frame, rate, drop_frame=drop_frame)
    assert frame_of(text, rate, drop_frame=drop_frame, field="start") == frame


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (1799, NTSC_30, "00:00:59;29"),
        (1800, NTSC_30, "00:01:00;02"),
        (17_981, NTSC_30, "00:09:59;29"),
        (17_982, NTSC_30, "00:10:00;00"),
        (107_892, NTSC_30, "01:00:00;00"),
        (2_589_407, NTSC_30, "23:59:59;29"),
        (3599, NTSC_60, "00:00:59;59"),
        (3600, NTSC_60, "00:01:00;04"),
        (215_784, NTSC_60, "01:00:00;00"),
    ],
)
def test_drop_frame_leaves_out_numbers_of_each_minute_but_the_tenth(
    frame: int, rate: FrameRate, text: str
) -> None:
    assert timecode(frame, rate, drop_frame=True) == text


@given(DROP_RATES, st.integers(min_value=0, max_value=2_500_000))
def test_drop_frame_timecode_agrees_with_the_clock(rate: FrameRate, frame: int) -> None:
    """To a few frames within ten minutes, and to 0.1 s in a day."""
    frame %= frames_per_day(rate, drop_frame=True)
    hours, minutes, rest = timecode(frame, rate, drop_frame=True).split(":")
    seconds, frames = rest.split(";")
    shown = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(frames) / rate.nominal
    assert shown == pytest.approx(float(frame / rate.exact), abs=0.16)


@pytest.mark.parametrize("frame", [-1, 86_400 * 25])
def test_frame_outside_of_a_day_has_no_timecode(frame: int) -> None:
    with pytest.raises(ValueError, match="no timecode"):
        timecode(frame, FrameRate(25), drop_frame=False)


@pytest.mark.parametrize(
    "text", ["00:01:00;00", "00:01:00:01", "1:00:00:00", "24:00:00:00", "00:00:00:30", "00:60:00:00", ""]
)
def test_text_that_is_no_drop_frame_timecode_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        frame_of(text, NTSC_30, drop_frame=True, field="start")


@pytest.mark.parametrize(
    ("measured", "name"),
    [
        (23.976, "23.976"),
        (23.98, "23.976"),
        (24.0, "24"),
        (25.0, "25"),
        (29.97, "29.97"),
        (29.97003, "29.97"),
        (30.0, "30"),
        (59.94, "59.94"),
        (59.9401, "59.94"),
        (60.0, "60"),
        (12.0, "12"),
        (14.985, "14.985"),
        (27.3, "27"),
        (0.2, "1"),
        (240.0, "120"),
    ],
)
def test_measured_rate_becomes_exact(measured: float, name: str) -> None:
    assert measured_rate(measured).name == name


def test_named_rates_have_their_names_and_fractions() -> None:
    assert all(named_rate(name).name == name for name in NAMED_RATES)
    assert str(named_rate("29.97").exact) == "30000/1001"
    assert str(named_rate("23.976").exact) == "24000/1001"
    assert str(named_rate("59.94").exact) == "60000/1001"
    with pytest.raises(InvalidRequest):
        named_rate("26")


def test_only_29_97_and_59_94_have_drop_frame_timecode() -> None:
    assert {name for name, rate in NAMED_RATES.items() if rate.has_drop_frame} == {"29.97", "59.94"}

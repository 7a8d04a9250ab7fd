"""Clocks that start again, jump, or have one broken timestamp."""

from collections.abc import Sequence

import pytest

from shared.media.decode.continuous_time import ContinuousTime

VIDEO, AUDIO = 0, 1


def places(
    packets: Sequence[tuple[int, float]], *, start: float = 0.0, alone: bool = False, length: float = 1.0
) -> tuple[list[float], ContinuousTime]:
    """Place packets of (stream, time) that last ``length`` seconds."""
    timeline = ContinuousTime(start, is_audio_alone=alone)
    return [time + timeline.shift_at(stream, time, length) for stream, time in packets], timeline


def test_clock_that_goes_on_is_kept() -> None:
    packets = [(VIDEO, 10.0), (AUDIO, 10.0), (VIDEO, 11.0), (AUDIO, 11.0), (VIDEO, 200.0)]
    found, timeline = places(packets, start=10.0)
    assert found == [time for _, time in packets]
    assert (timeline.restarts, timeline.holes, timeline.end) == (0, 0, 201.0)


def test_restarts_follow_one_another() -> None:
    found, timeline = places([(AUDIO, n % 3) for n in range(9)], alone=True)
    assert found == list(range(9))
    assert (timeline.restarts, timeline.holes) == (2, 0)


@pytest.mark.parametrize(("alone", "expected"), [(True, [0.0, 1.0, 2.0, 3.0]), (False, [0.0, 1.0, 0.5, 1.5])])
def test_small_step_back_is_restart_only_for_audio_alone(alone: bool, expected: list[float]) -> None:
    """Video frames arrive out of order."""
    assert places([(0, 0.0), (0, 1.0), (0, 0.5), (0, 1.5)], alone=alone)[0] == expected


def test_streams_join_a_restart_one_after_the_other() -> None:
    packets = [(VIDEO, 0), (AUDIO, 0), (VIDEO, 5), (AUDIO, 5), (VIDEO, 0), (AUDIO, 6), (AUDIO, 0), (VIDEO, 1)]
    found, timeline = places(packets)
    assert found == [0, 0, 5, 5, 6, 6, 6, 7]
    assert timeline.restarts == 1


def test_hole_of_all_streams_is_removed_once() -> None:
    packets = [(VIDEO, 0), (AUDIO, 0), (VIDEO, 7200), (AUDIO, 7200), (VIDEO, 7201), (VIDEO, 9000)]
    found, timeline = places(packets)
    assert found == [0, 0, 1, 1, 2, 3]
    assert (timeline.restarts, timeline.holes) == (0, 2)


def test_pause_of_one_stream_is_no_hole() -> None:
    packets = [(AUDIO, 0.0), *((VIDEO, float(n)) for n in range(400)), (AUDIO, 399.0)]
    found, timeline = places(packets)
    assert found == [time for _, time in packets]
    assert timeline.holes == 0


@pytest.mark.parametrize("broken", [90_000.0, -90_000.0, 0.0])
def test_time_goes_on_after_one_broken_timestamp(broken: float) -> None:
    times = [100.0, 101.0, 102.0, broken, 103.0, 104.0]
    found, _ = places([(VIDEO, time) for time in times], start=100.0)
    assert [*found[:3], *found[4:]] == [100.0, 101.0, 102.0, 103.0, 104.0]


def test_packet_that_claims_hours_lasts_a_moment() -> None:
    _, timeline = places([(VIDEO, 0.0)], length=48 * 3600.0)
    assert timeline.end == 0.0


def test_slow_frames_that_are_decoded_out_of_order_are_no_restart() -> None:
    """One frame per second, of which every fourth is shown as the last of its group."""
    timeline = ContinuousTime(0.0)
    shown = [0.0, 4.0, 2.0, 1.0, 3.0, 8.0, 6.0, 5.0, 7.0]
    shifts = [timeline.shift_at(VIDEO, time, 1.0, decoded=n - 2.0) for n, time in enumerate(shown)]
    assert shifts == [0.0] * len(shown)
    assert (timeline.restarts, timeline.end) == (0, 9.0)


def test_decoding_time_that_starts_again_is_restart() -> None:
    timeline = ContinuousTime(0.0)
    shifts = [timeline.shift_at(VIDEO, float(n % 4), 1.0, decoded=n % 4 - 1.0) for n in range(8)]
    assert shifts == [0.0] * 4 + [4.0] * 4
    assert timeline.restarts == 1

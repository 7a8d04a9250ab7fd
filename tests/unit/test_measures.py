"""Tests of the measures that replace absolute durations in tests."""

import pytest

from tests.measures import calls_at_most, ratio_to_floor


def test_ratio_uses_best_measurement_of_each() -> None:
    subject, floor = iter([9.0, 3.0, 5.0, 8.0]), iter([2.0, 4.0, 1.0, 7.0])
    assert ratio_to_floor(subject.__next__, floor.__next__, most=4.0) == 3.0


def test_ratio_stops_when_it_holds() -> None:
    taken: list[float] = []

    def subject() -> float:
        taken.append(1.0)
        return 1.0

    assert ratio_to_floor(subject, lambda: 1.0, most=1.0) == 1.0
    assert len(taken) == 3


def test_failing_ratio_is_returned_after_all_attempts() -> None:
    assert ratio_to_floor(lambda: 2.0, lambda: 1.0, most=1.0, attempts=5) == 2.0


def test_endless_work_is_ended_by_call_limit() -> None:
    def forever() -> None:
        while True:
            len("")

    with pytest.raises(AssertionError, match="more than 100 calls"), calls_at_most(100):
        forever()


def test_few_calls_pass() -> None:
    with calls_at_most(100):
        assert sorted([2, 1]) == [1, 2]

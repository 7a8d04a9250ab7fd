"""Tests of lazy attributes, alone and in concurrent threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from shared.domain.lazy import lazy
from tests.waiting import HANG_TIMEOUT


class Computed:
    """An object that counts its computations. Each calls ``compute``."""

    def __init__(self, compute: Callable[[], object] = lambda: None) -> None:
        self._compute = compute
        self.computations = 0

    @lazy
    def value(self) -> object:
        """The documented value."""
        self.computations += 1
        self._compute()
        return object()

    @lazy
    def pair(self) -> tuple[object, object]:
        return self.value, self.value


def _in_threads(count: int, read: Callable[[], object]) -> list[object]:
    """Call ``read`` in ``count`` threads at the same time and return the results."""
    begin = threading.Barrier(count)
    answers: list[object] = []

    def run() -> None:
        begin.wait()
        answers.append(read())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG_TIMEOUT)
    return answers


def test_value_is_computed_at_first_use_and_cached() -> None:
    computed = Computed()
    assert computed.computations == 0
    assert computed.value is computed.value
    assert computed.computations == 1


def test_each_object_has_its_own_value() -> None:
    first, second = Computed(), Computed()
    assert first.value is not second.value


def test_concurrent_first_uses_return_one_object() -> None:
    asked = threading.Event()
    computed = Computed(lambda: asked.wait(0.2))
    answers = _in_threads(8, lambda: computed.value)
    assert len(answers) == 8
    assert len(set(map(id, answers))) == 1
    assert computed.computations == 1


def test_objects_of_a_class_are_computed_in_parallel() -> None:
    both = threading.Barrier(2)
    objects = [Computed(lambda: both.wait(HANG_TIMEOUT)) for _ in range(2)]
    remaining = list(objects)
    assert len(_in_threads(2, lambda: remaining.pop().value)) == 2


def test_value_may_use_another_lazy_value() -> None:
    computed = Computed()
    first, second = computed.pair
    assert first is second is computed.value


def test_override_may_fall_back_to_its_base() -> None:
    class Child(Computed):
        @lazy
        def value(self) -> object:
            return super().value

    child = Child()
    assert child.value is child.value
    assert child.computations == 1


def test_error_is_not_cached() -> None:
    failures = [OSError("the disk was full")]

    def fail_once() -> None:
        if failures:
            raise failures.pop()

    computed = Computed(fail_once)
    with pytest.raises(OSError, match="full"):
        _ = computed.value
    assert computed.value is computed.value
    assert computed.computations == 2


def test_class_attribute_is_the_documented_descriptor() -> None:
    assert isinstance(Computed.value, lazy)
    assert Computed.value.__doc__ == "The documented value."


def test_frozen_dataclass_may_have_lazy_attributes() -> None:
    @dataclass(frozen=True)
    class Frozen:
        made: list[object] = field(default_factory=list)

        @lazy
        def value(self) -> object:
            self.made.append(object())
            return self.made[-1]

    frozen = Frozen()
    assert frozen.value is frozen.value
    assert len(frozen.made) == 1
    with pytest.raises(FrozenInstanceError):
        frozen.value = object()

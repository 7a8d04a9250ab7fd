"""Lazy attributes, safe for threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class lazy(Generic[Value]):  # noqa: N801 - decorators have lower-case names
    """A read-only attribute that is computed at first use, once for each object.

    Unlike ``functools.cached_property``, it is safe for threads: concurrent first uses compute the value
    once and return the same object. The decorated method may use other lazy attributes. If it raises,
    no value is stored, and the next use calls it again.

    It is not a data descriptor: once the value is in the object's ``__dict__``, Python finds it there
    without taking a lock. Frozen dataclasses may have lazy attributes; classes with ``__slots__`` may not.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name
        self._lock_name = f"_lock_of_{name}"

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[object]) -> Value: ...

    def __get__(self, instance: object | None, owner: type[object]) -> Self | Value:
        if instance is None:
            return self
        attributes = instance.__dict__
        # dict.setdefault is atomic, so every thread gets the same lock. Each object has its own lock:
        # a model that takes a minute to load does not block other models of its class.
        with attributes.setdefault(self._lock_name, threading.RLock()):
            if self._name not in attributes:
                attributes[self._name] = self._compute(instance)
            value: Value = attributes[self._name]
            return value

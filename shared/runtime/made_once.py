"""A property made at first use, once, whichever thread asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")


class made_once(Generic[Made]):  # noqa: N801 - a decorator
    """Unlike ``functools.cached_property``: two threads that ask first together get one object."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self._make = make
        self._lock = threading.RLock()
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name

    def __get__(self, owner: object, kind: type[object]) -> Made:
        with self._lock:
            if self._name not in owner.__dict__:
                owner.__dict__[self._name] = self._make(owner)
            made: Made = owner.__dict__[self._name]
            return made

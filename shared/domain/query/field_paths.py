"""Paths of leaves in extracted JSON.

- canonical: ``scene.people[].name``, the name of a field whatever its position
- instance: ``scene.people[2].name``, one value of that field
- instance key: ``scene.people[].name#2``, the canonical path and the positions in its repeated
  containers, outermost first and joined by dots (``a[].b[].c#2.0``). A field that does not repeat
  has no ``#``. It stays the same as long as the value keeps its place, and sorts under its field.
- display label: ``Scene > People > Name``; of an instance ``Scene > People 3 > Name``, counted from 1
"""

import re
from typing import Final

_POSITION: Final = re.compile(r"\[(\d+)\]")
_WORD_BREAK: Final = re.compile(r"[_\-\s]+|(?<=[a-z0-9])(?=[A-Z])")
_SEPARATOR: Final = " > "


def member(path: str, name: str) -> str:
    """The path of property ``name`` of the object at ``path`` ("" is the root)."""
    return f"{path}.{name}" if path else name


def canonical_path(instance_path: str) -> str:
    """``a.b[2].c`` to ``a.b[].c``; a canonical path is returned as it is."""
    return _POSITION.sub("[]", instance_path)


def positions(instance_path: str) -> tuple[int, ...]:
    """``a[2].b[0].c`` to (2, 0)."""
    return tuple(int(number) for number in _POSITION.findall(instance_path))


def instance_key(instance_path: str) -> str:
    """``a[2].b[0].c`` to ``a[].b[].c#2.0``."""
    places = positions(instance_path)
    if not places:
        return instance_path
    return f"{canonical_path(instance_path)}#{'.'.join(map(str, places))}"


def words(name: str) -> str:
    """A property's name in words: ``peopleCount`` and ``people_count`` to ``people count``."""
    parts = (part for part in _WORD_BREAK.split(name) if part)
    return " ".join(part if part.isupper() else part.lower() for part in parts)


def last_name(path: str) -> str:
    """The innermost property's name in words: ``people[].first_name`` to ``first name``."""
    return words(_POSITION.sub("", path).replace("[]", "").rsplit(".", 1)[-1])


def display_label(path: str) -> str:
    """The label of a field or, given an instance path, of one of its values."""
    return _SEPARATOR.join(_step_label(step) for step in path.split("."))


def _step_label(step: str) -> str:
    name = words(step.split("[", 1)[0])
    numbers = "".join(f" {position + 1}" for position in positions(step))
    return name[:1].upper() + name[1:] + numbers

"""Paths of leaves in extracted JSON.

- Canonical path: ``scene.people[].name``. It names a field regardless of positions in arrays.
- Instance path: ``scene.people[2].name``. It names one value of the field.
- Instance key: ``scene.people[].name#2``. It consists of the canonical path and the positions in the
  arrays, outermost first and joined by dots (``a[].b[].c#2.0``). The key of a field outside arrays has no
  ``#``. The key stays the same while the value keeps its position, and sorts with the keys of its field.
- Display label: ``Scene > People > Name``. The label of an instance is ``Scene > People 3 > Name``, with
  positions from 1.

The path of a field that the server adds is a name in brackets, ``[visual_tags]``. Its instances are
``[visual_tags][2]``, its label is ``Visual tags``.
"""

import re
from collections.abc import Iterable
from typing import Final

_POSITION: Final = re.compile(r"\[(\d+)\]")
_WORD_BREAK: Final = re.compile(r"[_\-\s]+|(?<=[a-z0-9])(?=[A-Z])")
_SEPARATOR: Final = " > "


def member(path: str, name: str) -> str:
    """Return the path of property ``name`` of the object at ``path`` ("" is the root)."""
    return f"{path}.{name}" if path else name


def canonical_path(instance_path: str) -> str:
    """Convert ``a.b[2].c`` to ``a.b[].c``. A canonical path stays the same."""
    return _POSITION.sub("[]", instance_path)


def with_elements(paths: Iterable[str]) -> frozenset[str]:
    """Return paths, and for each the path of its elements: ``tags`` and ``tags[]``.

    All text of an array is in its elements. Where texts are named, an array therefore means its elements.
    """
    return frozenset(path for given in paths for path in (given, f"{given}[]"))


def positions(instance_path: str) -> tuple[int, ...]:
    """Return the positions of an instance path: (2, 0) for ``a[2].b[0].c``."""
    return tuple(int(number) for number in _POSITION.findall(instance_path))


def instance_key(instance_path: str) -> str:
    """Convert ``a[2].b[0].c`` to ``a[].b[].c#2.0``."""
    numbers = positions(instance_path)
    if not numbers:
        return instance_path
    return f"{canonical_path(instance_path)}#{'.'.join(map(str, numbers))}"


def words(name: str) -> str:
    """Split the name of a property into words: ``peopleCount`` and ``people_count`` to ``people count``."""
    parts = (part for part in _WORD_BREAK.split(name) if part)
    return " ".join(part if part.isupper() else part.lower() for part in parts)


def last_name(path: str) -> str:
    """Return the words of the innermost property: ``first name`` for ``people[].first_name``."""
    return words(_POSITION.sub("", path).replace("[]", "").rsplit(".", 1)[-1])


def display_label(path: str) -> str:
    """Return the label of a field or, for an instance path, of one of its values."""
    return _SEPARATOR.join(_step_label(step) for step in path.split("."))


def _step_label(step: str) -> str:
    name = words(step.removeprefix("[").split("[", 1)[0].removesuffix("]"))
    numbers = "".join(f" {position + 1}" for position in positions(step))
    return name[:1].upper() + name[1:] + numbers

"""Patterns of file names: the globs of ``browse``, matched in linear time.

=============  ======================================================================
``*``          any characters except ``/``
``**``         as a whole part between slashes: any number of folders, also none
``?``          one character except ``/``
``[a-z]``      one character of a set; ``[!a-z]`` one character outside the set
``{a,b}``      one of several alternatives, which may be nested
``\\``          the next character stands for itself
=============  ======================================================================

A pattern without ``/`` is matched against the name of an object, what follows the last ``/`` of its key. A
pattern with ``/`` is matched against the whole key. Case matters. A bracket or brace that is not closed
stands for itself.

The syntax is that of ``glob(7)`` with the braces and the ``**`` of Bash. A pattern is split at ``/`` and each
part becomes a regular expression whose stars are atomic groups, so that no name makes the matcher backtrack
exponentially. The first fit of the text after a star is always a right one, because all stars of a part
match the same characters (the argument of ``fnmatch.translate`` in the standard library).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from shared.domain.errors import InvalidRequest

MAX_PATTERN_CHARACTERS: Final = 1024
MAX_ALTERNATIVES: Final = 64
"""Maximum number of patterns that the alternatives of one pattern expand to."""

_FOLDERS: Final = "**"


class FilePattern:
    """A pattern that keys of objects match or do not match."""

    def __init__(self, text: str, field: str = "pattern") -> None:
        """Compile a pattern. An empty pattern means ``*``.

        Raises: InvalidRequest: the pattern is too long, has too many alternatives or an invalid set.
        """
        try:
            self._compile(text)
        except InvalidRequest as error:
            if field == "pattern":
                raise
            raise InvalidRequest(field, error.rule) from None

    def _compile(self, text: str) -> None:
        if len(text) > MAX_PATTERN_CHARACTERS:
            raise InvalidRequest("pattern", f"must have at most {MAX_PATTERN_CHARACTERS} characters")
        alternatives = _expanded(text or "*")
        self._names = [_part(each) for each in alternatives if "/" not in each]
        self._paths = [_parts(each) for each in alternatives if "/" in each]

    def matches(self, key: str) -> bool:
        """Return whether the key of an object matches."""
        name = key.rpartition("/")[2]
        if any(part.fullmatch(name) for part in self._names):
            return True
        if not self._paths:
            return False
        folders = key.split("/")
        return any(_matches(parts, folders) for parts in self._paths)


Part = re.Pattern[str] | None
"""The expression of one part of a path. None is ``**``."""


def _matches(pattern: Sequence[Part], folders: Sequence[str]) -> bool:
    """Match the parts of a path. After ``**``, the first fit of what follows is always a right one."""
    at = start = 0
    resume: tuple[int, int] | None = None
    while start < len(folders):
        part = pattern[at] if at < len(pattern) else _END
        if part is None:
            at += 1
            resume = (at, start)
        elif part.fullmatch(folders[start]):
            at, start = at + 1, start + 1
        elif resume is not None:
            resume = (resume[0], resume[1] + 1)
            at, start = resume
        else:
            return False
    return all(part is None for part in pattern[at:])


_END: Final = re.compile(r"(?!)")
"""Matches nothing: the pattern has ended before the path."""


def _parts(pattern: str) -> list[Part]:
    return [None if part == _FOLDERS else _part(part) for part in pattern.lstrip("/").split("/")]


def _part(pattern: str) -> re.Pattern[str]:
    """Compile one part of a path."""
    pieces = [""]
    for token in _tokens(pattern):
        if token is None:
            pieces.append("")
        else:
            pieces[-1] += token
    first, *rest = pieces
    if not rest:
        return re.compile(first, re.DOTALL)
    *inner, last = rest
    middle = "".join(f"(?>.*?{piece})" for piece in inner if piece)
    return re.compile(f"{first}{middle}.*{last}", re.DOTALL)


def _tokens(pattern: str) -> Iterator[str | None]:
    """Yield the expressions of single characters, and None for a star."""
    at = 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        match character:
            case "*":
                yield None
            case "?":
                yield "."
            case "\\" if at < len(pattern):
                yield re.escape(pattern[at])
                at += 1
            case "[" if (end := _end_of_set(pattern, at)) is not None:
                yield _set(pattern[at:end])
                at = end + 1
            case _:
                yield re.escape(character)


def _end_of_set(pattern: str, start: int) -> int | None:
    """Return the position of the bracket that closes a set. The first character of a set may be one."""
    first = start + 1 if pattern[start : start + 1] in ("!", "^") else start
    end = pattern.find("]", first + 1)
    return None if end < 0 else end


def _set(content: str) -> str:
    negated = content[0] in "!^"
    members = content[1:] if negated else content
    escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", members)
    expression = f"[{'^' if negated else ''}{escaped}]"
    try:
        re.compile(expression)
    except re.error:
        raise InvalidRequest("pattern", f"has an invalid set: [{content}]") from None
    return expression


def _expanded(pattern: str) -> list[str]:
    """Expand the alternatives in braces. Raises: InvalidRequest: there are more than 64."""
    found, waiting = [], [pattern]
    while waiting:
        text = waiting.pop()
        group = _innermost_group(text)
        if group is None:
            found.append(text)
        else:
            start, commas, end = group
            edges = [start, *commas, end]
            pairs = pairwise(edges)
            waiting += [f"{text[:start]}{text[a + 1 : b]}{text[end + 1 :]}" for a, b in pairs]
        if len(found) + len(waiting) > MAX_ALTERNATIVES:
            raise InvalidRequest("pattern", f"must have at most {MAX_ALTERNATIVES} alternatives in braces")
    return found


def _innermost_group(text: str) -> tuple[int, list[int], int] | None:
    """Find a group without further groups: the positions of its braces and of its commas."""
    start, commas, at = None, list[int](), 0
    while at < len(text):
        match text[at]:
            case "\\":
                at += 1
            case "{":
                start, commas = at, []
            case ",":
                commas.append(at)
            case "}" if start is not None:
                return start, commas, at
        at += 1
    return None

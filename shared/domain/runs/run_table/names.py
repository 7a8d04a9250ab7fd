"""Names of tables and columns, unique in SQLite and in DuckDB, which both ignore case."""

import re
from collections.abc import Iterable
from typing import Final

MAX_NAME_CHARACTERS: Final = 120
"""Longer names are cut."""

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and surrogates without a partner, which UTF-8 cannot encode."""


class Names:
    """Names that are in use in one database, or in one table."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    def claim(self, wanted: str) -> str:
        """Return ``wanted``, or a name derived from it that no earlier call has returned.

        Control characters become ``_``, and a name over ``MAX_NAME_CHARACTERS`` is cut. A name that is taken
        in any case gets the first free suffix of ``_2``, ``_3`` and so on.
        """
        base = _UNPRINTABLE.sub("_", wanted)[:MAX_NAME_CHARACTERS]
        name, number = base, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name.casefold())
        return name


def quoted(name: str) -> str:
    """Return ``name`` as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'

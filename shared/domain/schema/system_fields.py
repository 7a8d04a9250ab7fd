"""Fields that the server adds to those of a schema, with names that no schema can define.

``transcription`` and ``metadata_text`` are reserved. The other names are in brackets, which no property name
contains, so that people may call a field ``on_screen_text``.
"""

from collections.abc import Collection, Iterable
from typing import Final

TRANSCRIPTION: Final = "transcription"
METADATA_TEXT: Final = "metadata_text"
ON_SCREEN_TEXT: Final = "[on_screen_text]"
VISUAL_TAGS: Final = "[visual_tags]"
SEGMENT_TIMES: Final = "[segment_times]"
"""The times of a segment, beside its fields, in the input of a media-wide extraction."""

RESERVED_NAMES: Final = frozenset({TRANSCRIPTION, METADATA_TEXT})
"""Names that no property at the root of a schema may have."""

SEARCHABLE_FIELDS: Final = frozenset({TRANSCRIPTION, METADATA_TEXT, ON_SCREEN_TEXT, VISUAL_TAGS})
"""Fields of the server that are embedded for semantic search."""

FORMER_NAMES: Final = {"on_screen_text": ON_SCREEN_TEXT, "visual_tags": VISUAL_TAGS}
"""Names of fields of the server that stored prompts may contain. A schema may define fields with these
names."""


def disabled_fields(listed: Iterable[str], defined: Collection[str]) -> frozenset[str]:
    """Return the paths that are not embedded, from the paths that a prompt lists.

    A former name of a field of the server means that field, unless the schema defines a property with the
    name. ``defined`` are the properties at the root of the schema.
    """
    return frozenset(path if path in defined else FORMER_NAMES.get(path, path) for path in listed)

"""Rules of markers and of filters by them."""

from collections.abc import Collection, Iterable
from typing import Final

from shared.domain.errors import InvalidRequest
from shared.domain.markers.marker import MarkerColor, MarkerInfo, MarkerTarget, MarkerTargetType

MAX_NOTE_CHARACTERS: Final = 500

MAX_MARKERS_OF_TARGET: Final = 50
"""Maximum number of markers on one segment or result and its fields together."""

MAX_MARKERS_OF_MEDIUM: Final = 1_000
"""Maximum number of markers on a medium, its segments, its results and their fields together."""

ANY_COLOR: Final = "any"
"""The value of a filter that every marker matches, also one without a color."""

_WITH_FIELDS: Final = frozenset({MarkerTargetType.SEGMENT, MarkerTargetType.RESULT})


def checked_note(color: MarkerColor | None, note: str | None) -> str | None:
    """Return a note without surrounding spaces; None if it is blank.

    Raises: InvalidRequest: it is too long, or neither ``color`` nor a note is given.
    """
    text = (note or "").strip() or None
    if text is not None and len(text) > MAX_NOTE_CHARACTERS:
        raise InvalidRequest("note", f"must have at most {MAX_NOTE_CHARACTERS} characters")
    if color is None and text is None:
        raise InvalidRequest("note", "must be given and not blank if there is no color")
    return text


def check_target(target: MarkerTarget) -> None:
    """Raises: InvalidRequest: a target of this type has no fields."""
    if target.field_path is not None and target.type not in _WITH_FIELDS:
        raise InvalidRequest("target.field_path", "must not be given unless type is segment or result")


def check_field_path(target: MarkerTarget, known: Collection[str]) -> None:
    """Check the field of a target. ``known`` are the canonical paths of the fields that the target can have.

    Raises: InvalidRequest: there is no such field.
    """
    if target.field_path is not None and target.field_path not in known:
        raise InvalidRequest(
            "target.field_path",
            "must be the canonical path of a field of the prompt's schema, such as people[].name",
        )


def matches_color(wanted: str | None, markers: Iterable[MarkerInfo | None]) -> bool:
    """Return whether one of ``markers`` has the color ``wanted``. None matches everything, ``ANY_COLOR`` each
    marker."""
    if wanted is None:
        return True
    return any(marker is not None and wanted in (ANY_COLOR, marker.color) for marker in markers)

"""Limits of the size of JSON bodies."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.settings import Settings

EXTENSION: Final = "x-body"
"""The member of ``openapi_extra`` that names the kind of a route's body."""


class BodyKind(StrEnum):
    """``plain`` bodies are texts, ids and schemas; ``picture`` bodies hold a picture as base64 too."""

    PLAIN = "plain"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """The limit of a body in bytes, and the setting that determines it."""

    rule: str
    bytes: int


def body_limit(settings: Settings, kind: BodyKind) -> BodyLimit:
    """Return the limit of bodies of ``kind``: no more than ``max_json_body_bytes``.

    A picture body may be larger than a plain body by the base64 of the largest picture.
    """
    limit = BodyLimit("max_plain_body_bytes", settings.max_plain_body_bytes)
    if kind is BodyKind.PICTURE:
        picture = settings.max_search_picture_bytes * 4 // 3
        limit = BodyLimit("max_search_picture_bytes", settings.max_plain_body_bytes + picture)
    return min(
        limit, BodyLimit("max_json_body_bytes", settings.max_json_body_bytes), key=lambda each: each.bytes
    )

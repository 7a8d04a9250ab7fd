"""What answers show of a document, as one compressed value for passages and one for pictures.

OpenSearch keeps the values as doc values. Reading one costs a fraction of reading ``_source``, which contains
the whole document, and the values of a hundred hits are decoded in about two milliseconds.
"""

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from shared.ports.search_index import SearchDocument

_LEVEL: Final = 6


class ShownText(NamedTuple):
    """The shown part of a passage. ``words`` are separated by spaces."""

    field_path: str
    instance_path: str
    text: str
    words: str


class ShownFrame(NamedTuple):
    """The shown part of a picture; ``timestamp`` in seconds."""

    timestamp: float
    picture_key: str


def packed_texts(document: SearchDocument, words: Sequence[Sequence[str]]) -> str | None:
    """Encode the passages, each with its ``words``; None if there are none."""
    values = [
        [passage.field_path, passage.instance_path, passage.text, " ".join(own_words)]
        for passage, own_words in zip(document.passages, words, strict=True)
    ]
    return _packed(document.result_id, values)


def texts(packed: str) -> tuple[str, list[ShownText]]:
    """Decode ``packed_texts``. Return the result's id and its passages."""
    result_id, values = _unpacked(packed)
    return result_id, [ShownText(*each) for each in values]


def packed_frames(document: SearchDocument) -> str | None:
    """Encode the pictures; None if there are none."""
    values = [[picture.timestamp, picture.picture_key] for picture in document.pictures]
    return _packed(document.result_id, values)


def frames(packed: str) -> tuple[str, list[ShownFrame]]:
    """Decode ``packed_frames``. Return the result's id and its pictures."""
    result_id, values = _unpacked(packed)
    return result_id, [ShownFrame(*each) for each in values]


def _packed(result_id: str, values: Sequence[Sequence[Any]]) -> str | None:
    # ASCII, because a lone surrogate has no UTF-8.
    encoded = json.dumps([result_id, values], separators=(",", ":")).encode("ascii")
    return base64.b64encode(zlib.compress(encoded, _LEVEL)).decode("ascii") if values else None


def _unpacked(packed: str) -> tuple[str, Sequence[Sequence[Any]]]:
    # OpenSearch returns base64 without padding.
    result_id, values = json.loads(zlib.decompress(base64.b64decode(f"{packed}==")))
    return result_id, values

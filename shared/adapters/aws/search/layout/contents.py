"""What answers show of a document, as one compressed value for passages and one for pictures.

OpenSearch keeps the values as doc values, which it reads faster than ``_source``. A value is a list of texts,
separated by NUL: JSON takes eight times as long to decode, and a search decodes hundreds of values.
"""

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from shared.ports.search_index import SearchDocument

_SEPARATOR: Final = "\0"
_ESCAPE: Final = "\x01"
_ESCAPES: Final = ((_ESCAPE, f"{_ESCAPE}1"), (_SEPARATOR, f"{_ESCAPE}0"))
_TEXTS_OF_PASSAGE: Final = 4


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


class ShownTexts:
    """The passages of a document, decoded when they are read."""

    def __init__(self, packed: str) -> None:
        """Decode ``packed_texts``."""
        self.all_words = _decoded(packed)
        """The words of all passages, among other text."""
        self._texts = self.all_words.split(_SEPARATOR)

    @property
    def result_id(self) -> str:
        return _unescaped(self._texts[0])

    def words(self, number: int) -> str:
        """Return the words of a passage."""
        return self._texts[_TEXTS_OF_PASSAGE * (number + 1)]

    def __iter__(self) -> Iterator[ShownText]:
        return (self[number] for number in range(len(self._texts) // _TEXTS_OF_PASSAGE))

    def __getitem__(self, number: int) -> ShownText:
        start = 1 + _TEXTS_OF_PASSAGE * number
        return ShownText(*map(_unescaped, self._texts[start : start + _TEXTS_OF_PASSAGE]))


def packed_texts(document: SearchDocument, words: Sequence[Sequence[str]]) -> str | None:
    """Encode the passages, each with its ``words``; None if there are none."""
    values = [
        text
        for passage, own_words in zip(document.passages, words, strict=True)
        for text in (passage.field_path, passage.instance_path, passage.text, " ".join(own_words))
    ]
    return _packed([document.result_id, *values]) if values else None


def packed_frames(document: SearchDocument) -> str | None:
    """Encode the pictures; None if there are none."""
    values = [
        text for picture in document.pictures for text in (repr(picture.timestamp), picture.picture_key)
    ]
    return _packed([document.result_id, *values]) if values else None


def frames(packed: str) -> tuple[str, list[ShownFrame]]:
    """Decode ``packed_frames``. Return the result's id and its pictures."""
    result_id, *values = map(_unescaped, _decoded(packed).split(_SEPARATOR))
    pairs = zip(values[::2], values[1::2], strict=True)
    return result_id, [ShownFrame(float(timestamp), picture_key) for timestamp, picture_key in pairs]


def _packed(texts: Iterable[str]) -> str:
    # A lone surrogate has no UTF-8 otherwise.
    encoded = _SEPARATOR.join(map(_escaped, texts)).encode("utf-8", "surrogatepass")
    return base64.b64encode(zlib.compress(encoded)).decode("ascii")


def _decoded(packed: str) -> str:
    # OpenSearch returns base64 without padding.
    return zlib.decompress(binascii.a2b_base64(f"{packed}==")).decode("utf-8", "surrogatepass")


def _escaped(text: str) -> str:
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


def _unescaped(text: str) -> str:
    if _ESCAPE in text:
        for character, escape in reversed(_ESCAPES):
            text = text.replace(escape, character)
    return text

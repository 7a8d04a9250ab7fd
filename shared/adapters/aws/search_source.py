"""A search document as JSON for OpenSearch."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from shared.adapters.aws.search_mapping import digest
from shared.adapters.aws.search_spread import spread
from shared.domain.conditions import Leaf, LeafType
from shared.domain.evidence import EmbeddingSpace
from shared.domain.folded_text import fold
from shared.domain.search_words import words
from shared.ports.search_index import PicturePassage, SearchDocument, TextPassage

if TYPE_CHECKING:
    from shared.ports.search_index import QueryVector

STRING, WHOLE_NUMBER, FRACTION, BOOLEAN, ARRAY = "string", "whole", "fraction", "boolean", "array"
"""Kinds of leaves."""

PIECE: Final = 8_000
OVERLAP: Final = 1_000
"""Characters. Lucene takes terms of up to 32,766 bytes, so a longer text is kept in pieces, and what is
looked for inside it is found up to the length of the overlap."""

_LARGEST: Final = 1.7976931348623157e308
_DECIMALS: Final = 7
_TAKEN_ELSEWHERE: Final = {0: 0x10F7FF, ord("\\"): 0x10F7FE} | {
    code: code + 0x102000 for code in range(0xD800, 0xE000)
}
"""NUL bounds n-grams in the wildcard field, a backslash in a pattern is never found there, escaped or not
(OpenSearch 2.19), and half a surrogate pair has no UTF-8: for matching, all move to where Unicode keeps
characters that nobody uses."""


def identifier(tenant_id: str, result_id: str) -> str:
    """Two tenants may use the same result id."""
    return digest(tenant_id, result_id)


def source(
    document: SearchDocument, text_space: EmbeddingSpace, picture_space: EmbeddingSpace
) -> dict[str, Any]:
    """Raises: ValueError: a vector is not of its space."""
    name = identifier(document.tenant_id, document.result_id)
    scope = {
        "tenant_id": document.tenant_id,
        "index_id": document.index_id,
        "run_id": document.run_id,
        "media_id": document.media_id,
        "level": str(document.level),
    }
    found = [words(passage.text) for passage in document.passages]
    vectors = [unit(passage.vector, text_space, passage.weight) for passage in document.passages]
    looks = [unit(picture.vector, picture_space) for picture in document.pictures]
    return scope | {
        "result_id": document.result_id,
        "executed_at": document.executed_at,
        "text_vectors": len(document.passages),
        "picture_vectors": len(document.pictures),
        "words": " ".join(word for passage in found for word in passage),
        "field_words": " ".join(_field_words(document.passages, found)),
        "passages": [
            scope | _passage(passage, inside) | {"vector": spread(vector, f"{name}/text/{i}")}
            for i, (passage, inside, vector) in enumerate(zip(document.passages, found, vectors, strict=True))
        ],
        "pictures": [
            scope | _picture(picture) | {"vector": spread(vector, f"{name}/picture/{i}")}
            for i, (picture, vector) in enumerate(zip(document.pictures, looks, strict=True))
        ],
        "leaves": [encoded for leaf in document.leaves for encoded in _leaf(leaf)],
    }


def unit(vector: "QueryVector", space: EmbeddingSpace, length: float = 1.0) -> list[float]:
    """``vector`` at ``length``. Raises: ValueError: it cannot belong to ``space``."""
    shape = (len(vector),) if isinstance(vector, Sequence) else vector.shape
    if shape != (space.dimension,):
        raise ValueError(f"A vector of shape {shape} is not of the space {space.name}.")
    numbers: list[float] = list(vector) if isinstance(vector, Sequence) else vector.tolist()
    present = math.hypot(*numbers)
    if not math.isfinite(present):
        raise ValueError(f"A vector of the space {space.name} has components that are not finite.")
    factor = length / present if present else 0.0
    return [round(number * factor, _DECIMALS) for number in numbers]


def field_word(field_path: str, word: str) -> str:
    """A word as it stands in one field."""
    return f"{digest(field_path)[:16]}|{word}"


def encode_text(text: str) -> str:
    """``text`` as conditions compare it, character by character."""
    return fold(text).translate(_TAKEN_ELSEWHERE)


def exact_text(text: str) -> str:
    return digest(fold(text))


def _field_words(passages: Sequence[TextPassage], found: Sequence[list[str]]) -> Iterator[str]:
    for passage, inside in zip(passages, found, strict=True):
        for word in inside:
            yield field_word(passage.field_path, word)


def _picture(picture: PicturePassage) -> dict[str, Any]:
    return {"timestamp": picture.timestamp, "picture_key": picture.picture_key}


def _passage(passage: TextPassage, inside: Sequence[str]) -> dict[str, Any]:
    return {
        "field": digest(passage.field_path),
        "field_path": passage.field_path,
        "instance_path": passage.instance_path,
        "text": passage.text,
        "words": " ".join(inside),
    }


def _leaf(leaf: Leaf) -> Iterator[dict[str, Any]]:
    """Nested documents of what a condition can see. A blank string counts as missing."""
    path = digest(leaf.path)
    if leaf.type is LeafType.STRING and leaf.text is not None and leaf.text.strip():
        exact, encoded = exact_text(leaf.text), encode_text(leaf.text)
        for start in range(0, max(len(encoded) - OVERLAP, 1), PIECE - OVERLAP):
            end = start + PIECE
            yield {
                "path": path,
                "kind": STRING,
                "exact": exact,
                "text": encoded[start:end],
                "first": start == 0,
                "last": end >= len(encoded),
            }
    elif leaf.type is LeafType.NUMBER and leaf.number is not None and not math.isnan(leaf.number):
        kind = WHOLE_NUMBER if leaf.number.is_integer() else FRACTION
        yield {"path": path, "kind": kind, "number": finite(leaf.number)}
    elif leaf.type is LeafType.BOOLEAN and leaf.boolean is not None:
        yield {"path": path, "kind": BOOLEAN, "number": float(leaf.boolean)}
    elif leaf.type is LeafType.ARRAY and leaf.length is not None:
        yield {"path": path, "kind": ARRAY, "number": float(leaf.length)}


def finite(number: float) -> float:
    """JSON has no infinity, and OpenSearch tells -0 from 0."""
    return min(max(number, -_LARGEST), _LARGEST) + 0.0

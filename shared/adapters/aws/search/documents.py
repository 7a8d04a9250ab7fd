"""Encoding of a search document as JSON for OpenSearch."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from shared.adapters.aws.search.layout.contents import packed_frames, packed_texts
from shared.adapters.aws.search.layout.mapping import FRAMES, KEY, RESULT_ID, TEXTS, digest
from shared.adapters.aws.search.layout.tie_breaker import spread
from shared.domain.evidence import EmbeddingSpace
from shared.domain.query.conditions import Leaf, LeafType
from shared.domain.query.folding import fold_case
from shared.domain.query.words import words
from shared.ports.search_index import SearchDocument, TextPassage

if TYPE_CHECKING:
    from shared.ports.search_index import QueryVector

STRING, WHOLE_NUMBER, FRACTION, BOOLEAN, ARRAY = "string", "whole", "fraction", "boolean", "array"
"""Kinds of leaves."""

PIECE_CHARACTERS: Final = 8_000
OVERLAP_CHARACTERS: Final = 1_000
"""Lucene accepts terms of up to 32,766 bytes, so a longer text is split into overlapping pieces. A search
string is found up to the length of the overlap."""

_LARGEST: Final = 1.7976931348623157e308
_DECIMALS: Final = 7
_REPLACED_CHARACTERS: Final = {0: 0x10F7FF, ord("\\"): 0x10F7FE} | {
    code: code + 0x102000 for code in range(0xD800, 0xE000)
}
"""Characters that are mapped to the private use area of Unicode for matching: NUL, which delimits n-grams
in the wildcard field; the backslash, which a pattern never matches there, escaped or not (OpenSearch
2.19); and lone surrogates, which have no UTF-8."""

_ORIGINAL_CHARACTERS: Final = {code: original for original, code in _REPLACED_CHARACTERS.items()}


def identifier(tenant_id: str, result_id: str) -> str:
    """Return the identifier of a result's document. Two tenants may use the same result id."""
    return digest(tenant_id, result_id)


def source(
    document: SearchDocument, text_space: EmbeddingSpace, picture_space: EmbeddingSpace
) -> dict[str, Any]:
    """Encode a document.

    Raises: ValueError: a vector is not of its space.
    """
    name = identifier(document.tenant_id, document.result_id)
    scope = {
        "tenant_id": document.tenant_id,
        "index_id": document.index_id,
        "run_id": document.run_id,
        "media_id": document.media_id,
        "level": str(document.level),
    }
    passage_words = [words(passage.text) for passage in document.passages]
    vectors = [unit(passage.vector, text_space, passage.weight) for passage in document.passages]
    picture_vectors = [unit(picture.vector, picture_space) for picture in document.pictures]
    return scope | {
        KEY: name,
        RESULT_ID: document.result_id,
        "executed_at": document.executed_at,
        "text_vectors": len(document.passages),
        "picture_vectors": len(document.pictures),
        "words": " ".join(word for passage in passage_words for word in passage),
        "field_words": " ".join(_field_words(document.passages, passage_words)),
        TEXTS: packed_texts(document, passage_words),
        FRAMES: packed_frames(document),
        "passages": [
            scope | {"field": digest(passage.field_path), "vector": spread(vector, f"{name}/text/{i}")}
            for i, (passage, vector) in enumerate(zip(document.passages, vectors, strict=True))
        ],
        "pictures": [
            scope | {"vector": spread(vector, f"{name}/picture/{i}")}
            for i, vector in enumerate(picture_vectors)
        ],
        "leaves": [encoded for leaf in document.leaves for encoded in _leaf(leaf)],
    }


def unit(vector: "QueryVector", space: EmbeddingSpace, length: float = 1.0) -> list[float]:
    """Scale ``vector`` to ``length``. Raises: ValueError: it does not belong to ``space``."""
    shape = (len(vector),) if isinstance(vector, Sequence) else vector.shape
    if shape != (space.dimension,):
        raise ValueError(f"A vector of shape {shape} is not of the space {space.name}.")
    numbers: list[float] = list(vector) if isinstance(vector, Sequence) else vector.tolist()
    current_length = math.hypot(*numbers)
    if not math.isfinite(current_length):
        raise ValueError(f"A vector of the space {space.name} has components that are not finite.")
    factor = length / current_length if current_length else 0.0
    return [round(number * factor, _DECIMALS) for number in numbers]


def field_word(field_path: str, word: str) -> str:
    """Encode a word together with its field, for searches within fields."""
    return f"{digest(field_path)[:16]}|{word}"


def encode_text(text: str) -> str:
    """Encode ``text`` for comparison by conditions, character by character."""
    return fold_case(text).translate(_REPLACED_CHARACTERS)


def decode_text(encoded: str) -> str:
    """Return the folded text that ``encode_text`` encoded."""
    return encoded.translate(_ORIGINAL_CHARACTERS)


def exact_text(text: str) -> str:
    return digest(fold_case(text))


def _field_words(passages: Sequence[TextPassage], passage_words: Sequence[list[str]]) -> Iterator[str]:
    for passage, own_words in zip(passages, passage_words, strict=True):
        for word in own_words:
            yield field_word(passage.field_path, word)


def _leaf(leaf: Leaf) -> Iterator[dict[str, Any]]:
    """Yield the nested documents of a leaf that conditions can match. A blank string counts as missing."""
    path = digest(leaf.path)
    if leaf.type is LeafType.STRING and leaf.text is not None and leaf.text.strip():
        exact, encoded = exact_text(leaf.text), encode_text(leaf.text)
        for start in range(
            0, max(len(encoded) - OVERLAP_CHARACTERS, 1), PIECE_CHARACTERS - OVERLAP_CHARACTERS
        ):
            end = start + PIECE_CHARACTERS
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
    """Replace infinities, which JSON lacks, and -0, which OpenSearch distinguishes from 0."""
    return min(max(number, -_LARGEST), _LARGEST) + 0.0

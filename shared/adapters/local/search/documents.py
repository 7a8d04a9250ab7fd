"""Encoding of a document for storage in the embedded index.

Vectors are 16-bit fixed point. Components of a unit vector are in -1..1, so the step of 1/32767 is finer
than that of half precision, and integers convert to floats several times faster.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.vocabulary import word_counts, word_hash
from shared.domain.evidence import EmbeddingSpace
from shared.domain.query.conditions import Leaf, LeafType
from shared.domain.query.folding import fold_case
from shared.ports.search_index import SearchDocument

if TYPE_CHECKING:
    from shared.ports.search_index import QueryVector, Vector

SCALE: Final = 32767.0

STRING, WHOLE_NUMBER, FRACTION, BOOLEAN, ARRAY = range(5)
"""Kinds of stored leaves."""

_MAX_WORD_FREQUENCY: Final = 255


class Row(NamedTuple):
    """The searchable data of a document, in the order of the store's columns.

    Per passage: ``fields`` (int64 hash of the path), ``weights`` (float32), ``text_vectors``
    (int16 x dimension), ``word_numbers`` (uint32, number of distinct words). Per distinct word of a passage,
    in the passages' order: ``word_hashes`` (int64), ``word_frequencies`` (uint8).
    """

    row: int
    tenant_id: str
    index_id: str
    run_id: str
    media_id: str
    level: str
    text_space: str
    picture_space: str
    passage_count: int
    picture_count: int
    fields: bytes
    weights: bytes
    text_vectors: bytes
    word_numbers: bytes
    word_hashes: bytes
    word_frequencies: bytes
    picture_vectors: bytes


def encode_row(
    row: int, document: SearchDocument, text_space: EmbeddingSpace, picture_space: EmbeddingSpace
) -> Row:
    """Encode the searchable data. Raises: ValueError: a vector is not of its space."""
    counts = [word_counts(passage.text) for passage in document.passages]
    frequencies = [min(count, _MAX_WORD_FREQUENCY) for words in counts for count in words.values()]
    return Row(
        row,
        document.tenant_id,
        document.index_id,
        document.run_id,
        document.media_id,
        str(document.level),
        text_space.name,
        picture_space.name,
        len(document.passages),
        len(document.pictures),
        np.array([word_hash(p.field_path) for p in document.passages], np.int64).tobytes(),
        np.array([p.weight for p in document.passages], np.float32).tobytes(),
        _fixed_point((p.vector for p in document.passages), text_space),
        np.array([len(words) for words in counts], np.uint32).tobytes(),
        np.array([word for words in counts for word in words], np.int64).tobytes(),
        np.array(frequencies, np.uint8).tobytes(),
        _fixed_point((p.vector for p in document.pictures), picture_space),
    )


def encode_texts(document: SearchDocument) -> tuple[str, str]:
    """Encode the passages and pictures that an answer shows, as JSON."""
    passages = [[p.field_path, p.instance_path, p.text] for p in document.passages]
    pictures = [[p.timestamp, p.picture_key] for p in document.pictures]
    return json.dumps(passages), json.dumps(pictures)


def encode_leaves(leaves: Iterable[Leaf]) -> Iterator[tuple[int, int, float, bytes]]:
    """Yield (path hash, kind, number, folded text) of every leaf that conditions can match.

    Blank strings are left out: they count as missing, and no value of a condition is blank.
    """
    for leaf in leaves:
        path = word_hash(leaf.path)
        if leaf.type is LeafType.STRING and leaf.text is not None and leaf.text.strip():
            yield path, STRING, 0.0, encode_text(leaf.text)
        elif leaf.type is LeafType.NUMBER and leaf.number is not None and not math.isnan(leaf.number):
            yield path, WHOLE_NUMBER if leaf.number.is_integer() else FRACTION, leaf.number, b""
        elif leaf.type is LeafType.BOOLEAN and leaf.boolean is not None:
            yield path, BOOLEAN, float(leaf.boolean), b""
        elif leaf.type is LeafType.ARRAY and leaf.length is not None:
            yield path, ARRAY, float(leaf.length), b""


def encode_text(text: str) -> bytes:
    """Encode as bytes: SQLite's text functions stop at a NUL, which JSON strings may contain."""
    return fold_case(text).encode("utf-8", "surrogatepass")


def unit(vector: QueryVector, space: EmbeddingSpace) -> NDArray[np.float32]:
    """Scale ``vector`` to length 1. Raises: ValueError: it does not belong to ``space``."""
    checked = np.asarray(vector, np.float32)
    if checked.shape != (space.dimension,):
        raise ValueError(f"A vector of shape {checked.shape} is not of the space {space.name}.")
    length = float(np.linalg.norm(checked))
    if not math.isfinite(length):
        raise ValueError(f"A vector of the space {space.name} has components that are not finite.")
    return checked / np.float32(length) if length else checked


def _fixed_point(vectors: Iterable[Vector], space: EmbeddingSpace) -> bytes:
    rows = [unit(vector, space) for vector in vectors]
    return np.rint(np.stack(rows) * SCALE).astype(np.int16).tobytes() if rows else b""

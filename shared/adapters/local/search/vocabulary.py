"""Hashes of words.

The index stores a word as a 64-bit hash. So it needs no dictionary, which would keep words of deleted
documents. With a million distinct words, one in 30 million indexes has a collision.
"""

import hashlib
from collections import Counter
from functools import lru_cache

from shared.domain.query.words import query_terms, words


def query_words(text: str) -> list[int]:
    """Return the hashes of the significant words of ``text``."""
    return [word_hash(word) for word in query_terms(text)]


def word_counts(text: str) -> dict[int, int]:
    """Count each word, by its hash."""
    return Counter(map(word_hash, words(text)))


@lru_cache(maxsize=100_000)
def word_hash(text: str) -> int:
    """Hash a word, or the path of a field, to a signed 64-bit number."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)

"""Words as numbers.

A word is kept as a 64-bit hash: the index needs no dictionary, which would keep words of documents
long deleted. Among a million different words two share a hash once in 30 million such indexes.
"""

import hashlib
from collections import Counter
from functools import lru_cache

from shared.domain.query.words import telling_words, words


def query_words(text: str) -> list[int]:
    """Hashes of what is worth looking up in ``text``."""
    return [word_hash(word) for word in telling_words(text)]


def word_counts(text: str) -> dict[int, int]:
    """How often each word occurs, by its hash."""
    return Counter(map(word_hash, words(text)))


@lru_cache(maxsize=100_000)
def word_hash(text: str) -> int:
    """A signed 64-bit number; also used for the paths of fields."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)

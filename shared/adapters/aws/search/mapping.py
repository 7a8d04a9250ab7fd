"""How results lie in OpenSearch: names, settings and the mapping.

One document a result, with three kinds of nested documents: passages, pictures, leaves. A result is
therefore replaced and removed in one step, and a k-NN search over nested vectors gives the nearest
*results* rather than the nearest passages. What filters a search (tenant, index, run, medium, level) is
repeated on every passage and picture, because the filter inside a k-NN search sees those alone.

``_source`` holds what answers show. Vectors and what else is only searched are left out of it: reading
an answer would otherwise mean parsing them. The whole index can be built anew from records and blobs.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.adapters.aws.search.tie_breaker import SPREAD
from shared.domain.evidence import EmbeddingSpace

SPACE_TYPE: Final = "innerproduct"
"""Stored vectors are unit vectors times the weight of their passage, so their inner product with a unit
vector is the weighted cosine that hits are ranked by; ``search_spread`` adds what does not change it."""

MOST_INNER_HITS: Final = 10_000

_SETTINGS: Final[dict[str, Any]] = {
    "index.knn": True,
    "index.mapping.nested_objects.limit": 100_000,
    "index.max_inner_result_window": MOST_INNER_HITS,
    # A wildcard query that several threads share misses matches; OpenSearch 3 would do so by default.
    "index.search.concurrent_segment_search.mode": "none",
    # A long document is not worth less: what counts is its best passage.
    "index.similarity.words": {"type": "BM25", "k1": 0.9, "b": 0.0},
}
KEY: Final = "key"
"""What replaces what: the identifier that a document has where identifiers can be chosen."""

VERSION: Final = "version"
"""Of documents with the same key, the one with the highest version is meant."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What an index has because of where it lives."""

    engine: str
    settings: Mapping[str, Any]
    fields: Mapping[str, Any]

    @classmethod
    def of_domain(cls, shards: int, replicas: int) -> "Layout":
        settings = {"index.number_of_shards": shards, "index.number_of_replicas": replicas}
        return cls("lucene", settings, {})

    @classmethod
    def of_collection(cls) -> "Layout":
        """A vector collection of OpenSearch Serverless: it makes identifiers by itself, takes Faiss alone,
        sees to shards and replicas, and cannot be asked to refresh."""
        fields = {KEY: {"type": "keyword"}, VERSION: {"type": "long"}}
        return cls("faiss", {"index.refresh_interval": "1s"}, fields)


_SCOPE: Final = ("tenant_id", "index_id", "run_id", "media_id", "level")
_SPACE_LETTERS: Final = 60


def alias_name(prefix: str, text_space: EmbeddingSpace, picture_space: EmbeddingSpace) -> str:
    """The name under which an index of these spaces is read and written.

    Other spaces have another name, so vectors of two spaces never meet, and an index for new models can
    be filled beside the one that is searched.
    """
    names = (text_space.name, picture_space.name)
    readable = re.sub(r"[^a-z0-9]+", "-", "-".join(names).lower()).strip("-")[:_SPACE_LETTERS]
    return f"{prefix}-{readable}-{digest(*names)[:8]}"


def digest(*parts: str) -> str:
    """A short name for any text, to be compared for equality: 128 bits in hexadecimal."""
    joined = "\x00".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def index_body(text_space: EmbeddingSpace, picture_space: EmbeddingSpace, layout: Layout) -> dict[str, Any]:
    """Settings and mapping of a new index."""
    mappings = _mapping(text_space, picture_space, layout)
    return {"settings": {**_SETTINGS, **layout.settings}, "mappings": mappings}


def _mapping(text_space: EmbeddingSpace, picture_space: EmbeddingSpace, layout: Layout) -> dict[str, Any]:
    unseen = ["words", "field_words", "leaves"]
    repeated = [f"{kind}.{name}" for kind in ("passages", "pictures") for name in (*_SCOPE, "vector")]
    return {
        "dynamic": "strict",
        "_source": {"excludes": [*unseen, *repeated]},
        "_meta": {"text_space": text_space.name, "picture_space": picture_space.name},
        "properties": {
            **_scope_fields(),
            **layout.fields,
            "result_id": {"type": "keyword"},
            "executed_at": {"type": "keyword"},
            "text_vectors": {"type": "integer", "index": False},
            "picture_vectors": {"type": "integer", "index": False},
            "words": _words(),
            "field_words": _words(),
            "passages": _passages(text_space, layout.engine),
            "pictures": _pictures(picture_space, layout.engine),
            "leaves": _leaves(),
        },
    }


def _scope_fields() -> dict[str, Any]:
    return {name: {"type": "keyword", "doc_values": False} for name in _SCOPE}


def _words() -> dict[str, Any]:
    """Words come apart already, so that every search index means the same by a word."""
    return {"type": "text", "analyzer": "whitespace", "similarity": "words", "index_options": "freqs"}


def _shown() -> dict[str, Any]:
    return {"type": "keyword", "index": False, "doc_values": False}


def _vector(space: EmbeddingSpace, engine: str) -> dict[str, Any]:
    graph = {"m": 16, "ef_construction": 128}
    method = {"name": "hnsw", "engine": engine, "space_type": SPACE_TYPE, "parameters": graph}
    return {"type": "knn_vector", "dimension": space.dimension + SPREAD, "method": method}


def _passages(space: EmbeddingSpace, engine: str) -> dict[str, Any]:
    return {
        "type": "nested",
        "properties": {
            **_scope_fields(),
            "field": {"type": "keyword", "doc_values": False},
            "field_path": _shown(),
            "instance_path": _shown(),
            "text": _shown(),
            "words": _shown(),
            "vector": _vector(space, engine),
        },
    }


def _pictures(space: EmbeddingSpace, engine: str) -> dict[str, Any]:
    return {
        "type": "nested",
        "properties": {
            **_scope_fields(),
            "timestamp": {"type": "double", "index": False, "doc_values": False},
            "picture_key": _shown(),
            "vector": _vector(space, engine),
        },
    }


def _leaves() -> dict[str, Any]:
    """``exact`` is the digest of a folded text; ``first`` and ``last`` say where a piece of a text lies."""
    return {
        "type": "nested",
        "properties": {
            "path": {"type": "keyword", "doc_values": False},
            "kind": {"type": "keyword", "doc_values": False},
            "number": {"type": "double"},
            "exact": {"type": "keyword", "doc_values": False},
            # Without values of its own it checks a match in _source, where it does not find nested ones.
            "text": {"type": "wildcard", "doc_values": True},
            "first": {"type": "boolean", "doc_values": False},
            "last": {"type": "boolean", "doc_values": False},
        },
    }

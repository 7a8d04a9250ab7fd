"""Names, settings and mapping of the OpenSearch indexes.

Each result is one document with three kinds of nested documents: passages, pictures and leaves. So a
result is replaced and deleted in one step, and a k-NN search over nested vectors returns the nearest
*results* instead of the nearest passages. The fields that filter a search (tenant, index, run, medium,
level) are copied to every passage and picture, because the filter inside a k-NN search sees only those.

Searches read doc values only. Texts and paths of all passages are one compressed value (see ``contents``),
and there is no ``_source``: OpenSearch would read and decompress it for every hit. The whole index can be
rebuilt from records and blobs.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.adapters.aws.search.layout.tie_breaker import SPREAD
from shared.domain.evidence import EmbeddingSpace

SPACE_TYPE: Final = "innerproduct"
"""Stored vectors are unit vectors times the weight of their passage, so their inner product with a unit
vector is the weighted cosine that hits are ranked by. The components that ``tie_breaker`` adds do not
change it."""

MAX_INNER_HITS: Final = 10_000

_SETTINGS: Final[dict[str, Any]] = {
    "index.knn": True,
    "index.mapping.nested_objects.limit": 100_000,
    "index.max_inner_result_window": MAX_INNER_HITS,
    # A wildcard query that runs in several threads misses matches. OpenSearch 3 does so by default.
    "index.search.concurrent_segment_search.mode": "none",
    # No length normalisation: a document's score is that of its best passage.
    "index.similarity.words": {"type": "BM25", "k1": 0.9, "b": 0.0},
}
KEY: Final = "key"
"""The field that identifies a document across versions; its value is the identifier of ``documents``."""

RESULT_ID: Final = "result_id"

TEXTS, FRAMES = "texts", "frames"
"""The fields with what answers show of the passages and of the pictures; see ``contents``."""

VERSION: Final = "version"
"""Of documents with the same key, the one with the highest version is current."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The settings and fields that depend on the kind of OpenSearch."""

    engine: str
    settings: Mapping[str, Any]
    fields: Mapping[str, Any]

    @classmethod
    def of_domain(cls, shards: int, replicas: int) -> "Layout":
        settings = {"index.number_of_shards": shards, "index.number_of_replicas": replicas}
        return cls("lucene", settings, {})

    @classmethod
    def of_collection(cls) -> "Layout":
        """Describe a vector collection of OpenSearch Serverless.

        It generates identifiers, supports only Faiss, chooses shards and replicas, and has no refresh
        request.
        """
        return cls("faiss", {"index.refresh_interval": "1s"}, {VERSION: {"type": "long"}})


_SCOPE: Final = ("tenant_id", "index_id", "run_id", "media_id", "level")
_MAX_SPACE_CHARACTERS: Final = 60


def alias_name(prefix: str, text_space: EmbeddingSpace, picture_space: EmbeddingSpace) -> str:
    """Return the alias under which the index of these spaces is read and written.

    Other spaces have another alias, so vectors of two spaces are never compared, and an index for new
    models can be filled beside the live one.
    """
    names = (text_space.name, picture_space.name)
    readable = re.sub(r"[^a-z0-9]+", "-", "-".join(names).lower()).strip("-")[:_MAX_SPACE_CHARACTERS]
    return f"{prefix}-{readable}-{digest(*names)[:8]}"


def index_name(alias: str, suffix: str) -> str:
    """Return the name of an index behind ``alias``. It tells an operator which layout the index has."""
    return f"{alias}-{suffix}-spread{SPREAD}-values"


def digest(*parts: str) -> str:
    """Hash texts to 128 bits in hexadecimal, for comparison by equality."""
    joined = "\x00".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def index_body(text_space: EmbeddingSpace, picture_space: EmbeddingSpace, layout: Layout) -> dict[str, Any]:
    """Build the settings and the mapping of a new index."""
    mappings = _mapping(text_space, picture_space, layout)
    return {"settings": {**_SETTINGS, **layout.settings}, "mappings": mappings}


def _mapping(text_space: EmbeddingSpace, picture_space: EmbeddingSpace, layout: Layout) -> dict[str, Any]:
    return {
        "dynamic": "strict",
        "_source": {"enabled": False},
        "_meta": {"text_space": text_space.name, "picture_space": picture_space.name},
        "properties": {
            **_scope_fields(),
            **layout.fields,
            KEY: {"type": "keyword"},
            RESULT_ID: {"type": "keyword"},
            "executed_at": {"type": "keyword"},
            "text_vectors": {"type": "integer", "index": False},
            "picture_vectors": {"type": "integer", "index": False},
            "words": _words(),
            "field_words": _words(),
            TEXTS: {"type": "binary", "doc_values": True},
            FRAMES: {"type": "binary", "doc_values": True},
            "passages": _vectors(text_space, layout.engine, field={"type": "keyword", "doc_values": False}),
            "pictures": _vectors(picture_space, layout.engine),
            "leaves": _leaves(),
        },
    }


def _scope_fields() -> dict[str, Any]:
    return {name: {"type": "keyword", "doc_values": False} for name in _SCOPE}


def _words() -> dict[str, Any]:
    """Map a field of words. The words are split beforehand, so that all search indexes split alike."""
    return {"type": "text", "analyzer": "whitespace", "similarity": "words", "index_options": "freqs"}


def _vectors(space: EmbeddingSpace, engine: str, **fields: Any) -> dict[str, Any]:
    """Map nested documents with a vector each. Doc values would be a second copy of the vectors."""
    graph = {"m": 16, "ef_construction": 128}
    method = {"name": "hnsw", "engine": engine, "space_type": SPACE_TYPE, "parameters": graph}
    vector = {
        "type": "knn_vector",
        "dimension": space.dimension + SPREAD,
        "method": method,
        "doc_values": False,
    }
    return {"type": "nested", "properties": {**_scope_fields(), **fields, "vector": vector}}


def _leaves() -> dict[str, Any]:
    """Map the leaves. ``exact`` is the digest of a folded text; ``first`` and ``last`` mark the pieces at
    the ends of a text."""
    return {
        "type": "nested",
        "properties": {
            "path": {"type": "keyword", "doc_values": False},
            "kind": {"type": "keyword", "doc_values": False},
            "number": {"type": "double"},
            "exact": {"type": "keyword", "doc_values": False},
            # Without doc values, OpenSearch verifies matches in _source, where it misses nested documents.
            "text": {"type": "wildcard", "doc_values": True},
            "first": {"type": "boolean", "doc_values": False},
            "last": {"type": "boolean", "doc_values": False},
        },
    }

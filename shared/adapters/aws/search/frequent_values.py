"""Counts of the values of a field, by aggregations over the leaves.

Leaves hold folded text. The spelling of a value comes from a passage of one of its documents.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shared.adapters.aws.search.conditions import Query
from shared.adapters.aws.search.documents import (
    BOOLEAN,
    FRACTION,
    STRING,
    WHOLE_NUMBER,
    decode_text,
    encode_text,
)
from shared.adapters.aws.search.layout.contents import ShownTexts
from shared.adapters.aws.search.layout.mapping import TEXTS, digest
from shared.domain.query.conditions import LeafType
from shared.domain.query.folding import fold_case
from shared.ports.search_index import MAX_VALUE_CHARACTERS, FrequentValues, ValueCount, ValueQuery

SAMPLE: Final = 10_000
"""The number of documents of each shard that are counted at most."""


def values_body(query: ValueQuery, filters: Sequence[Query]) -> dict[str, Any]:
    """Build the query for the most frequent values in the documents that pass ``filters``."""
    kinds = {name: _counted(query, name, kind, field) for name, kind, field in _parts(query)}
    leaves = {"nested": {"path": "leaves"}, "aggs": kinds}
    sample = {"sampler": {"shard_size": SAMPLE}, "aggs": {"leaves": leaves}}
    return {
        "size": 0,
        "track_total_hits": True,
        "query": {"bool": {"filter": list(filters)}},
        "aggs": {"sample": sample} if kinds else {},
    }


def frequent_values(answer: Mapping[str, Any], query: ValueQuery) -> FrequentValues:
    """Read the answer to ``values_body``."""
    sample = answer.get("aggregations", {}).get("sample")
    if sample is None:
        return FrequentValues([])
    found = [
        value
        for name, _, _ in _parts(query)
        for bucket in sample["leaves"][name]["values"]["buckets"]
        for value in _value(name, bucket, query.path)
    ]
    found.sort(key=lambda each: -each.documents)
    return FrequentValues(found[: query.limit], sample["doc_count"] < answer["hits"]["total"]["value"])


def _parts(query: ValueQuery) -> Iterator[tuple[str, list[str], str]]:
    """Yield (name, kinds, field) of each aggregation."""
    if LeafType.STRING in query.types:
        yield "texts", [STRING], "leaves.text"
    if query.prefix:
        return
    if LeafType.NUMBER in query.types:
        yield "numbers", [WHOLE_NUMBER] if query.whole else [WHOLE_NUMBER, FRACTION], "leaves.number"
    if LeafType.BOOLEAN in query.types:
        yield "booleans", [BOOLEAN], "leaves.number"


def _counted(query: ValueQuery, name: str, kinds: list[str], field: str) -> dict[str, Any]:
    filters: list[Query] = [
        {"term": {"leaves.path": digest(query.path)}},
        {"terms": {"leaves.kind": kinds}},
    ]
    documents: dict[str, Any] = {"reverse_nested": {}}
    if name == "texts":
        # A text in several pieces is longer than every value that is shown.
        filters += [{"term": {"leaves.first": True}}, {"term": {"leaves.last": True}}]
        spelling = {"size": 1, "_source": False, "stored_fields": "_none_", "docvalue_fields": [TEXTS]}
        documents["aggs"] = {"spelling": {"top_hits": spelling}}
    if query.prefix:
        wanted = "".join(f"\\{c}" if c in "*?" else c for c in encode_text(query.prefix))
        filters.append({"wildcard": {"leaves.text": {"value": f"{wanted}*"}}})
    terms = {"field": field, "size": query.limit, "order": [{"documents": "desc"}, {"_key": "asc"}]}
    # The ordinals of all texts of the index would be built at its first use after each change.
    hint = {"execution_hint": "map", "include": f".{{1,{MAX_VALUE_CHARACTERS}}}"} if name == "texts" else {}
    values = {"terms": terms | hint, "aggs": {"documents": documents}}
    return {"filter": {"bool": {"filter": filters}}, "aggs": {"values": values}}


def _value(name: str, bucket: Mapping[str, Any], path: str) -> Iterator[ValueCount]:
    documents = bucket["documents"]["doc_count"]
    if name != "texts":
        number = float(bucket["key"])
        yield ValueCount(bool(number) if name == "booleans" else number, documents)
        return
    folded = decode_text(str(bucket["key"]))
    if len(folded) <= MAX_VALUE_CHARACTERS:
        yield ValueCount(_spelling(bucket["documents"]["spelling"], path, folded), documents)


def _spelling(top: Mapping[str, Any], path: str, folded: str) -> str:
    for hit in top["hits"]["hits"]:
        for packed in hit.get("fields", {}).get(TEXTS, ()):
            for passage in ShownTexts(packed):
                if passage.field_path == path and fold_case(passage.text) == folded:
                    return passage.text
    return folded

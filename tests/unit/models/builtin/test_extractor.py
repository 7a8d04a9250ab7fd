"""Tests of the built-in extractor: values found, empty values, validity for any schema."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.errors import InvalidSchema
from shared.domain.evidence import SegmentEvidence
from shared.domain.schema.json_schema import check_schema, validate
from shared.models.builtin.extraction.words import word_set
from shared.models.builtin.extractor import BuiltinExtractor
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest
from tests.unit.models.evidence import (
    BOOLEAN,
    CAFE,
    FLIGHT,
    INTEGER,
    NO_EVIDENCE,
    NUMBER,
    RAIN,
    STRING,
    STRINGS,
    evidence,
    schema_of,
)


def run(
    schema: dict[str, Any], seen: SegmentEvidence, *results: dict[str, Any], ask: str = "Extract."
) -> Extraction:
    extraction = BuiltinExtractor().extract(ExtractionRequest(ask, schema, seen, segment_results=results))
    assert validate(schema, extraction.data) == []
    return extraction


def found(
    schema: dict[str, Any], seen: SegmentEvidence, *results: dict[str, Any], ask: str = ""
) -> dict[str, Any]:
    return run(schema, seen, *results, ask=ask).data


def test_fields_are_filled_from_text_on_screen() -> None:
    schema = schema_of(
        flight_number=STRING, gate=STRING, visible_text=STRINGS, has_text=BOOLEAN, summary=STRING
    )
    assert found(schema, FLIGHT) == {
        "flight_number": "TK417",
        "gate": "B12",
        "visible_text": ["FLIGHT TK417", "BOARDING AT GATE B12"],
        "has_text": True,
        "summary": "Text on screen: “FLIGHT TK417”, “BOARDING AT GATE B12”.",
    }


def test_uncertain_tag_is_summarised_with_reservation() -> None:
    schema = schema_of(summary=STRING)
    assert found(schema, evidence(tags=(("bubble", 0.21, "scene"),))) == {"summary": "Possibly shows bubble."}
    assert found(schema, evidence(tags=(("bubble", 0.1, "scene"),))) == {"summary": ""}


def test_table_on_screen_becomes_objects() -> None:
    city = schema_of(city=STRING, rainfall_mm={"type": "number"})
    schema = schema_of(cities={"type": "array", "items": city}, rainfall_mm=NUMBER, temperature=NUMBER)
    assert found(schema, RAIN) == {
        "cities": [{"city": "Lisbon", "rainfall_mm": 84}, {"city": "Oslo", "rainfall_mm": 52}],
        "rainfall_mm": 84,
        "temperature": None,
    }


def test_fields_are_filled_from_speech() -> None:
    schema = schema_of(
        transcript=STRING,
        quotes=STRINGS,
        language=STRING,
        people=STRINGS,
        brand_names=STRINGS,
        price_usd=NUMBER,
        has_speech=BOOLEAN,
        sentiment={"enum": ["positive", "neutral", "negative"]},
    )
    data = found(schema, CAFE)
    assert data["transcript"] == CAFE.transcript
    assert data["quotes"] == [CAFE.transcript]
    assert data["language"] == "en"
    assert data["people"][0] == "Anna Berg"
    assert data["brand_names"] == ["Blue Harbor Coffee"]
    assert data["price_usd"] == 3
    assert data["has_speech"] is True
    assert data["sentiment"] == "positive"


def test_tags_fill_objects_counts_and_booleans() -> None:
    thing = schema_of(
        label=STRING, confidence={"type": "number"}, count=INTEGER, start_time={"type": "number"}
    )
    schema = schema_of(
        objects={"type": "array", "items": thing},
        products=STRINGS,
        people_count=INTEGER,
        number_of_cups=INTEGER,
        contains_food=BOOLEAN,
        contains_dog=BOOLEAN,
    )
    data = found(schema, CAFE)
    assert data["objects"][0] == {"label": "person", "confidence": 0.9, "count": 1, "start_time": 11}
    assert {"label": "cup", "confidence": 0.7, "count": 2, "start_time": 11} in data["objects"]
    assert data["products"] == ["espresso", "cup"]
    assert data["people_count"] == 1
    assert data["number_of_cups"] == 2
    assert data["contains_food"] is True
    assert data["contains_dog"] is False


def test_only_times_of_segment_are_taken_from_it() -> None:
    names = ("end_time", "last_price", "first_score", "departure_time", "start_ms")
    fields: dict[str, Any] = {name: {"type": ["number", "null"]} for name in names}
    schema = schema_of(**fields)
    assert found(schema, NO_EVIDENCE) == dict.fromkeys(names) | {"end_time": 15.5}


def test_times_and_media_facts_need_no_findings() -> None:
    schema = schema_of(
        title=STRING,
        start_time={"type": "number"},
        end={"type": "number"},
        duration_seconds=INTEGER,
        media_type={"enum": ["audio", "video", "image"]},
    )
    assert found(schema, NO_EVIDENCE) == {
        "title": "Sample reel",
        "start_time": 10,
        "end": 15.5,
        "duration_seconds": 6,
        "media_type": "video",
    }


def test_enum_member_is_chosen_by_words_and_categories() -> None:
    topics = {"enum": ["sports", "weather_rainfall", "travel", "other"]}
    assert found(schema_of(topic=topics), RAIN) == {"topic": "weather_rainfall"}
    kinds = {"enum": ["animals", "food", "vehicles"]}
    assert found(schema_of(category=kinds), CAFE) == {"category": "food"}
    extraction = run(schema_of(topic=topics), CAFE)
    assert extraction.data == {"topic": "other"}
    assert "topic" in (extraction.warning or "")


def test_patterns_and_formats_are_matched_in_text() -> None:
    seen = evidence(lines=("Order AB-1234 before 2026-03-01", "hello@example.com"))
    schema = schema_of(
        reference={"type": "string", "pattern": "^[A-Z]{2}-\\d{4}$"},
        deadline={"type": "string", "format": "date"},
        contact={"type": "string", "format": "email"},
        word={"type": ["string", "null"], "pattern": "^\\w+$"},
    )
    expected = {
        "reference": "AB-1234",
        "deadline": "2026-03-01",
        "contact": "hello@example.com",
        "word": None,
    }
    assert found(schema, seen) == expected


def test_values_respect_schema_bounds() -> None:
    schema = schema_of(
        summary={"type": "string", "maxLength": 20},
        tags={"type": "array", "items": STRING, "maxItems": 2, "uniqueItems": True},
        confidence={"type": "integer", "minimum": 0, "maximum": 100},
        start_time={"type": "number", "multipleOf": 4},
    )
    data = found(schema, CAFE)
    assert data["summary"].endswith("…")
    assert data["tags"] == ["person", "espresso"]
    assert data["confidence"] == 90
    assert data["start_time"] == 8


def test_fields_without_evidence_are_empty_and_named() -> None:
    schema = schema_of(
        summary=STRING,
        location={"type": ["string", "null"]},
        items=STRINGS,
        price=NUMBER,
        rating={"type": "integer", "minimum": 1, "maximum": 5},
        code={"type": "string", "minLength": 3},
        mood={"enum": ["happy", "sad", "unknown"]},
        scene=schema_of(place=STRING),
        note=STRING,
        optional=("note",),
    )
    extraction = run(schema, NO_EVIDENCE)
    assert extraction.data == {
        "summary": "",
        "location": None,
        "items": [],
        "price": None,
        "rating": 1,
        "code": "unknown",
        "mood": "unknown",
        "scene": {"place": ""},
    }
    for name in ("summary", "location", "items", "price", "rating", "code", "mood", "scene"):
        assert name in (extraction.warning or "")


@pytest.mark.parametrize("required", [True, False])
def test_nullable_value_without_evidence_is_null(required: bool) -> None:
    nullable: dict[str, dict[str, Any]] = {
        "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "mood": {"type": "string", "enum": ["calm", "tense"]},
        "date": {"type": "string", "format": "date"},
        "code": {"type": "string", "minLength": 3, "default": "abc"},
        "is_live": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "person": {"allOf": [{"type": "object", "properties": {"name": {"type": "string"}}}]},
        "kind": {"const": "film"},
    }
    schema = {
        "type": "object",
        "properties": {name: {**member, "nullable": True} for name, member in nullable.items()},
        "required": list(nullable) if required else [],
    }
    check_schema(schema)
    assert run(schema, NO_EVIDENCE).data == dict.fromkeys(nullable)


def test_null_is_left_out_where_it_makes_answer_invalid() -> None:
    schema = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "price": {"type": "number", "nullable": True}},
        "dependentRequired": {"price": ["currency"]},
    }
    check_schema(schema)
    assert "price" not in run(schema, NO_EVIDENCE).data


def test_required_value_without_evidence_fails_with_code() -> None:
    schema = schema_of(date={"type": "string", "format": "date"})
    with pytest.raises(ExtractionFailed, match="date") as failure:
        run(schema, NO_EVIDENCE)
    assert (failure.value.code, failure.value.retryable) == ("schema_unsatisfiable", False)
    assert failure.value.calls[0].status == "failed"


@pytest.mark.parametrize("fewest", [1000, 2.0])
def test_nested_minimum_lengths_do_not_exhaust_memory(fewest: float) -> None:
    """Six levels of a thousand elements each: the size is known before the list is built."""
    lists: dict[str, Any] = STRING
    for _ in range(6):
        lists = {"type": "array", "minItems": fewest, "items": lists}
    schema = schema_of(a=lists)
    if fewest == 2:
        assert run(schema, NO_EVIDENCE).data["a"][1][1][1][1][1] == ["", ""]
        return
    with pytest.raises(ExtractionFailed) as raised:
        run(schema, NO_EVIDENCE)
    assert raised.value.code == "schema_unsatisfiable"


def test_bound_beyond_float_range_fails_with_code() -> None:
    schema = schema_of(a={"type": "number", "exclusiveMinimum": 10**400 + 1})
    with pytest.raises(ExtractionFailed):
        run(schema, NO_EVIDENCE)


def test_references_and_alternatives_are_resolved() -> None:
    schema = schema_of(
        main={"anyOf": [{"type": "null"}, {"$ref": "#/$defs/thing"}]},
        kind={"const": "segment"},
    ) | {"$defs": {"thing": schema_of(visible_text=STRINGS)}}
    assert found(schema, FLIGHT) == {
        "main": {"visible_text": ["FLIGHT TK417", "BOARDING AT GATE B12"]},
        "kind": "segment",
    }
    assert found(schema, NO_EVIDENCE) == {"main": None, "kind": "segment"}


def test_instructions_explain_field() -> None:
    schema = schema_of(found=STRINGS)
    assert found(schema, FLIGHT, ask="Fill found: lines of text on screen.")["found"] == [
        "FLIGHT TK417",
        "BOARDING AT GATE B12",
    ]
    assert found(schema, FLIGHT, ask="Do it.")["found"] == []


def test_media_wide_result_aggregates_segments() -> None:
    schema = schema_of(
        summary=STRING,
        products=STRINGS,
        sentiment={"enum": ["positive", "neutral", "negative"]},
        total_people_count=INTEGER,
        max_price=NUMBER,
        has_speech=BOOLEAN,
        segment_count=INTEGER,
    )
    results = (
        {
            "summary": "A cup.",
            "products": ["cup"],
            "sentiment": "positive",
            "people_count": 2,
            "has_speech": True,
        },
        {
            "summary": "A hat.",
            "products": ["hat", "Cup"],
            "sentiment": "negative",
            "people_count": 1,
            "price": 9.5,
        },
        {
            "summary": "A cup.",
            "products": ["cup"],
            "sentiment": "positive",
            "people_count": 0,
            "has_speech": False,
        },
    )
    assert found(schema, evidence(start=0, end=60), *results) == {
        "summary": "A cup. A hat.",
        "products": ["cup", "hat"],
        "sentiment": "positive",
        "total_people_count": 3,
        "max_price": 9.5,
        "has_speech": True,
        "segment_count": 3,
    }


def test_extraction_is_deterministic_and_recorded() -> None:
    schema = schema_of(summary=STRING, objects=STRINGS)
    first, second = run(schema, CAFE), run(schema, CAFE)
    assert first.data == second.data
    call = first.calls[0]
    assert (call.model, call.purpose, call.status) == (
        "builtin-extractor@1",
        "metadata_extraction",
        "success",
    )
    assert (call.segment_start, call.segment_end, call.input_tokens) == (10.0, 15.5, 0)


NAMES = st.sampled_from(
    sorted(
        word_set(
            "summary objects text people price count has_speech sentiment date start_time duration tags "
            "items name code confidence brand description x language scene quotes properties"
        )
    )
)
SCALARS = st.one_of(
    st.just({"type": "string"}),
    st.builds(
        lambda a, b: {"type": "string", "minLength": a, "maxLength": a + b},
        st.integers(0, 40),
        st.integers(0, 9),
    ),
    st.sampled_from([{"type": "string", "format": f} for f in ("date", "uri", "email", "uuid", "date-time")]),
    st.sampled_from([{"type": "string", "pattern": p} for p in ("^[A-Z]+$", "^$", "\\d", "^[a-z]{3,5}$")]),
    st.builds(
        lambda a, b, kind: {"type": kind, "minimum": a, "maximum": a + b},
        st.integers(-50, 50),
        st.integers(0, 90),
        st.sampled_from(["integer", "number"]),
    ),
    st.builds(
        lambda m: {"type": "number", "multipleOf": m, "exclusiveMinimum": 0},
        st.sampled_from([0.1, 0.5, 3, 7]),
    ),
    st.just({"type": "boolean"}),
    st.just({}),
    st.just({"type": ["string", "null"]}),
    st.just({"const": {"a": [1]}}),
    st.lists(
        st.one_of(st.text(max_size=5), st.integers(), st.none(), st.booleans()), min_size=1, max_size=4
    ).map(lambda members: {"enum": members}),
)


def wrapped(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        objects(inner),
        st.builds(
            lambda item, low, more, unique: {
                "type": "array",
                "items": item,
                "minItems": low,
                "maxItems": low + more,
                "uniqueItems": unique,
            },
            inner,
            st.integers(0, 3),
            st.integers(0, 3),
            st.booleans(),
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda branches: {"anyOf": branches}),
        st.lists(inner, min_size=1, max_size=2).map(lambda branches: {"oneOf": branches}),
        st.lists(inner, min_size=1, max_size=2).map(lambda branches: {"allOf": branches}),
        inner.map(lambda schema: {"not": schema}),
    )


def objects(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda members, needed, closed, least: {
            "type": "object",
            "properties": members,
            "required": [name for name, wanted in zip(members, needed, strict=False) if wanted],
            "additionalProperties": not closed,
            "minProperties": least,
        },
        st.dictionaries(NAMES, inner, max_size=4),
        st.lists(st.booleans(), min_size=4, max_size=4),
        st.booleans(),
        st.integers(0, 1),
    )


@pytest.mark.slow
@given(
    objects(st.recursive(SCALARS, wrapped, max_leaves=8)), st.sampled_from([FLIGHT, RAIN, CAFE, NO_EVIDENCE])
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_valid_schema_is_filled_or_fails_with_code(schema: dict[str, Any], seen: SegmentEvidence) -> None:
    try:
        check_schema(schema)
    except InvalidSchema:
        return
    try:
        extraction = BuiltinExtractor().extract(ExtractionRequest("Extract.", schema, seen))
    except ExtractionFailed as failure:
        code, errors = failure.code, []
    else:
        code, errors = "", validate(schema, extraction.data)
    assert code in ("", "schema_unsatisfiable")
    assert errors == []

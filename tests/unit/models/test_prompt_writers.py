"""Tests of prompt definitions written by rules and by a language model."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.prompts.rules import check_definition
from shared.models.builtin.prompt_writer import BuiltinPromptWriter
from shared.models.language.chat_endpoint import ChatEndpoint
from shared.models.language.endpoint_prompt_writer import EndpointPromptWriter
from tests.unit.models.chat_server import ChatServer, Reply, chat_server, says


def properties(instruction: str) -> dict[str, Any]:
    definition = BuiltinPromptWriter().define(instruction)
    check_definition(definition)
    found: dict[str, Any] = definition.json_schema["properties"]
    return found


def test_requested_things_become_properties() -> None:
    found = properties("Extract products, sentiment, and visible brand names")
    assert list(found) == ["summary", "products", "sentiment", "brand_names"]
    assert found["products"]["items"] == {"type": "string"}
    assert found["sentiment"]["enum"] == ["positive", "neutral", "negative", "mixed"]
    assert found["brand_names"]["description"] == "Brand names"


@pytest.mark.parametrize(
    ("instruction", "name", "kind"),
    [
        ("How many cars are visible?", "cars_count", ["integer", "null"]),
        ("Number of people in the room", "people_count", ["integer", "null"]),
        ("Tell me whether it rains", "rains", ["boolean", "null"]),
        ("Tell me whether it is raining", "is_raining", ["boolean", "null"]),
        ("Whether they smile or laugh", "smile_or_laugh", ["boolean", "null"]),
        ("Whether somebody is laughing or not", "is_laughing", ["boolean", "null"]),
        ("Which sports they play", "sports", "array"),
        ("I would like to know what people say", "spoken_words", "array"),
        ("who is speaking, and where", "speakers", "array"),
        ("Find red or blue cars", "red_or_blue_cars", "array"),
        ("Is there a dog in the video?", "has_dog", ["boolean", "null"]),
        ("List the objects and the price of each item", "price", ["number", "null"]),
        ("Describe the location", "location", ["string", "null"]),
        ("Extract text on screen", "visible_text", "array"),
        ("Give me the transcription", "spoken_words", "array"),
        ("Extraiga los productos", "items", "array"),
        ("找到产品", "items", "array"),
    ],
)
def test_words_of_phrase_select_type(instruction: str, name: str, kind: Any) -> None:
    found = properties(instruction)
    assert found[name]["type"] == kind
    assert found["summary"]["type"] == "string"


@pytest.mark.parametrize(
    ("instruction", "name", "members"),
    [
        ("Whether it is day or night", "day_or_night", ["day", "night", "unknown"]),
        ("Is it indoors or outdoors?", "indoors_or_outdoors", ["indoors", "outdoors", "unknown"]),
        ("Whether the shot is close-up, medium or wide", "shot", ["close-up", "medium", "wide", "unknown"]),
    ],
)
def test_choice_becomes_enum(instruction: str, name: str, members: list[str]) -> None:
    assert properties(instruction)[name]["enum"] == members


def test_spoken_request_becomes_named_fields() -> None:
    request = (
        "I want to know which animals appear, what they do, and whether somebody is laughing. "
        "Also the place and whether it is day or night."
    )
    found = properties(request)
    assert list(found) == ["summary", "animals", "actions", "is_laughing", "place", "day_or_night"]
    assert found["animals"]["items"] == {"type": "string"}
    assert found["actions"]["description"] == "What they do"
    assert BuiltinPromptWriter().define(request).name == "Which animals appear, what they do"


def test_long_name_ends_with_whole_word_group() -> None:
    request = "List the score of the match and of every single player of the home team in the second half"
    assert BuiltinPromptWriter().define(request).name == "List the score of the match"
    request = "Describe everything that happens around the yellow excavator of the quarry"
    assert BuiltinPromptWriter().define(request).name == (
        "Describe everything that happens around the yellow excavator"
    )


@pytest.mark.parametrize("words", ["or ", "is it or ", "a, ", "is a, "])
def test_repeated_words_are_parsed_quickly(words: str) -> None:
    properties(f"find {words * 1000}"[:5000])


@given(st.text(min_size=3, max_size=300))
def test_any_instruction_gives_valid_prompt(instruction: str) -> None:
    if len(instruction.strip()) >= 3 and instruction.isprintable():
        properties(instruction)


def test_long_instruction_is_cut_to_limits() -> None:
    definition = BuiltinPromptWriter().define("Find the cats, " * 400)
    check_definition(definition)
    assert len(definition.name) <= 100
    assert len(definition.prompt_text) <= 5000


DRAFT = {
    "name": "Cats",
    "description": "Cats in each segment",
    "prompt_text": "List every cat that can be seen.",
    "json_schema": {"type": "object", "properties": {"cats": {"type": "array", "items": {"type": "string"}}}},
}


def writer(server: ChatServer) -> EndpointPromptWriter:
    return EndpointPromptWriter(ChatEndpoint(server.base_url, "test-model", sleep=lambda _: None))


def test_invalid_definition_is_repaired_by_model() -> None:
    remote = {**DRAFT, "json_schema": {"type": "object", "properties": {"a": {"$ref": "http://x/y"}}}}
    replies = [says(json.dumps(remote)), says(json.dumps(DRAFT))]
    with chat_server(lambda _body, number: replies[number - 1]) as server:
        definition = writer(server).define("Find cats")
    assert definition.model_dump(include=set(DRAFT)) == DRAFT
    assert "$ref" in server.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize("reply", [Reply(500, "boom"), says("no"), says('{"name": 3}')])
def test_model_failure_falls_back_to_built_in_writer(reply: Reply) -> None:
    with chat_server(lambda _body, _number: reply) as server:
        definition = writer(server).define("Find cats and dogs")
    assert list(definition.json_schema["properties"]) == ["summary", "cats", "dogs"]
    assert definition.description.startswith("Drafted without the language model (")
    check_definition(definition)

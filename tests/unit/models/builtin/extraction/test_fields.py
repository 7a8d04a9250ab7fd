"""The role of a field: from its name, else its description, else the instructions."""

import pytest

from shared.models.builtin.extraction.fields import Role, field_of
from tests.unit.models.builtin.extraction.material import field


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("summary", Role.SUMMARY),
        ("sceneDescription", Role.SUMMARY),
        ("product_count", Role.COUNT),  # the last word counts first
        ("count_of_products", Role.THINGS),
        ("brand-names", Role.NAMES),
        ("people", Role.NAMES),
        ("spoken_words", Role.SPEECH),
        ("visible_text", Role.SCREEN_TEXT),
        ("text_language", Role.LANGUAGE),
        ("start_time", Role.START),
        ("end", Role.END),
        ("end_time", Role.END),
        ("endTimestamp", Role.END),
        ("clip_end_seconds", Role.END),
        ("first_seen", Role.START),
        ("time", Role.START),
        ("last_price", Role.OTHER),  # not a time of the segment
        ("departure_time", Role.OTHER),
        ("time_of_day", Role.OTHER),
        ("duration_ms", Role.OTHER),  # not in seconds
        ("duration_seconds", Role.DURATION),
        ("confidence", Role.CONFIDENCE),
        ("mood", Role.SENTIMENT),
        ("animals", Role.THINGS),
        ("category", Role.KIND),
        ("video_title", Role.TITLE),
        ("caption", Role.SCREEN_TEXT),
        ("gate", Role.OTHER),
        ("", Role.OTHER),
    ],
)
def test_role_is_that_of_last_known_word(name: str, role: Role) -> None:
    assert field(name).role is role


@pytest.mark.parametrize(
    ("description", "role"),
    [
        ("Lines of text visible in the frame", Role.SCREEN_TEXT),
        ("What is said", Role.SPEECH),
        ("All brand names", Role.NAMES),
        ("Objects in the scene", Role.THINGS),
        ("Describe what happens", Role.SUMMARY),
        ("What somebody said about objects", Role.SPEECH),  # the first pattern that matches
        ("The gate", Role.OTHER),
    ],
)
def test_description_decides_if_name_is_silent(description: str, role: Role) -> None:
    assert field("found", description).role is role
    assert field("found", "", f"Fill found: {description}. Then stop.").role is role
    assert field("price_count", description).role is Role.COUNT


def test_description_precedes_instructions() -> None:
    instructions = "found: what is said"
    assert field("found", "Objects", instructions).role is Role.THINGS
    assert field("found", "", instructions).role is Role.SPEECH
    assert field("foundling", "", instructions).role is Role.OTHER
    assert field("found", "", "found: it. Then what is said").role is Role.OTHER


def test_title_of_schema_belongs_to_description() -> None:
    made = field_of("found", "", {"title": "Spoken", "description": "What is said"}, "")
    assert (made.description, made.role) == ("Spoken What is said", Role.SPEECH)


@pytest.mark.parametrize(
    ("name", "description", "topics"),
    [
        ("red_cars", "Bikes", {"red", "car"}),
        ("is_shown", "Whether a bike is visible", {"bike"}),
        ("list", "", set()),
    ],
)
def test_topics_come_from_name_or_else_description(name: str, description: str, topics: set[str]) -> None:
    assert field(name, description).topics == topics


def test_path_continues_that_of_parent() -> None:
    assert field_of("name", "people[]", {}, "").path == "people[].name"
    assert field("name").path == "name"

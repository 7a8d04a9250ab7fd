import pytest

from shared.domain.query.field_paths import (
    canonical_path,
    display_label,
    instance_key,
    last_name,
    positions,
    words,
)


@pytest.mark.parametrize(
    ("instance", "canonical", "key", "places"),
    [
        ("scene.location", "scene.location", "scene.location", ()),
        ("scene.people[2].name", "scene.people[].name", "scene.people[].name#2", (2,)),
        ("a[2].b[0].c", "a[].b[].c", "a[].b[].c#2.0", (2, 0)),
        ("tags[11]", "tags[]", "tags[]#11", (11,)),
    ],
)
def test_instance_path_converts_to_field_and_key(
    instance: str, canonical: str, key: str, places: tuple[int, ...]
) -> None:
    assert canonical_path(instance) == canonical
    assert canonical_path(canonical) == canonical
    assert instance_key(instance) == key
    assert positions(instance) == places


def test_labels_are_words_and_positions_start_at_one() -> None:
    assert display_label("scene.people[].first_name") == "Scene > People > First name"
    assert display_label("scene.people[2].firstName") == "Scene > People 3 > First name"
    assert display_label("metadata_text") == "Metadata text"
    assert display_label("[on_screen_text]") == "On screen text"
    assert display_label("[visual_tags][2]") == "Visual tags 3"


def test_property_names_are_split_into_words() -> None:
    assert words("peopleCount") == "people count"
    assert words("URL") == "URL"
    assert last_name("people[3].home_town") == "home town"
    assert last_name("tags[0]") == "tags"

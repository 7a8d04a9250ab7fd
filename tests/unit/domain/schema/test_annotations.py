"""Titles, descriptions and values of leaves."""

from shared.domain.schema.annotations import MAX_CHARACTERS, MAX_VALUES, Annotation, leaf_annotations


def test_annotations_have_paths_of_leaves() -> None:
    schema = {
        "type": "object",
        "properties": {
            "place": {
                "type": "string",
                "title": " Place ",
                "description": "Where it is",
                "enum": ["in", "out"],
            },
            "tags": {"type": "array", "title": "Tags", "items": {"enum": ["a", "b", None, "a"]}},
            "people": {"type": "array", "items": {"properties": {"name": {"title": "Name"}}}},
        },
    }
    assert leaf_annotations(schema) == {
        "place": Annotation("Place", "Where it is", ("in", "out")),
        "tags": Annotation("Tags", None, ("a", "b")),
        "tags[]": Annotation(None, None, ("a", "b")),
        "people": Annotation(),
        "people[]": Annotation(),
        "people[].name": Annotation("Name"),
    }


def test_alternatives_add_their_values() -> None:
    either = {"anyOf": [{"const": 1}, {"enum": [True, 1, "one"], "title": "Either"}], "description": "both"}
    schema = {"oneOf": [{"properties": {"a": either}}, {"properties": {"a": {"enum": [2]}, "b": {}}}]}
    found = leaf_annotations(schema)
    assert found["a"] == Annotation("Either", "both", (1, True, "one", 2))
    assert found["b"] == Annotation()


def test_long_words_are_shortened_and_long_values_left_out() -> None:
    long = "x" * (MAX_CHARACTERS + 1)
    values = [long, " ", {}, *range(MAX_VALUES + 1)]
    schema = {"properties": {"a": {"title": long, "description": 5, "enum": values}}}
    found = leaf_annotations(schema)["a"]
    assert found.title == long[:MAX_CHARACTERS]
    assert found.description is None
    assert found.values == tuple(range(MAX_VALUES))

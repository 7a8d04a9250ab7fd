import math

from shared.domain.query.conditions import Leaf, LeafType
from shared.domain.query.leaves import leaves, text_values

DATA = {
    "title": "Harbour at dawn",
    "empty": "  ",
    "missing": None,
    "rating": 4.5,
    "people_count": 3,
    "indoor": False,
    "tags": ["sea", "boat"],
    "people": [{"name": "Ana", "age": 31}, {"name": "Bo"}, {}],
    "none": [],
    "place": {"city": "Porto"},
}


def test_each_value_becomes_typed_leaf() -> None:
    found = leaves(DATA)

    assert Leaf("title", LeafType.STRING, text="Harbour at dawn") in found
    assert Leaf("people_count", LeafType.NUMBER, number=3.0) in found
    assert Leaf("indoor", LeafType.BOOLEAN, boolean=False) in found
    assert Leaf("tags", LeafType.ARRAY, length=2) in found
    assert Leaf("tags[]", LeafType.STRING, text="boat") in found
    assert Leaf("people", LeafType.ARRAY, length=3) in found
    assert Leaf("people[].name", LeafType.STRING, text="Bo") in found
    assert Leaf("none", LeafType.ARRAY, length=0) in found
    assert Leaf("place.city", LeafType.STRING, text="Porto") in found
    assert "missing" not in {leaf.path for leaf in found}


def test_nested_arrays_and_huge_integers_become_leaves() -> None:
    found = leaves({"grid": [[1], [10**400]]})

    assert [leaf.length for leaf in found if leaf.path == "grid[]"] == [1, 1]
    assert [leaf.number for leaf in found if leaf.path == "grid[][]"] == [1.0, math.inf]


def test_text_values_are_strings_and_named_scalars() -> None:
    found = {value.instance_path: (value.field_path, value.text) for value in text_values(DATA)}

    assert found["title"] == ("title", "Harbour at dawn")
    assert found["people_count"] == ("people_count", "people count: 3")
    assert found["rating"] == ("rating", "rating: 4.5")
    assert found["indoor"] == ("indoor", "indoor: no")
    assert found["people[1].name"] == ("people[].name", "Bo")
    assert found["tags[0]"] == ("tags[]", "sea")
    assert {"empty", "missing", "none", "tags", "people"}.isdisjoint(found)

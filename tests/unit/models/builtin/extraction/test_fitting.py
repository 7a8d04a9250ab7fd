"""Fitting of values to a schema's bounds, without changing their meaning."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.builtin.extraction.empty_values import NO_VALUE
from shared.models.builtin.extraction.fitting import MAX_ITEMS, fitted_list, fitted_number, fitted_text
from tests.unit.models.builtin.extraction.material import field


@pytest.mark.parametrize(
    ("text", "schema", "fitted"),
    [
        (" as it is ", {}, "as it is"),
        ("exact", {"maxLength": 5}, "exact"),
        ("cut between words", {"maxLength": 12}, "cut between…"),
        ("cut between words", {"maxLength": 11}, "cut…"),
        ("first, second", {"maxLength": 8}, "first…"),
        ("unbreakable", {"maxLength": 5}, "unbr…"),
        ("text", {"maxLength": 1}, "t"),
        ("text", {"maxLength": 0}, None),
        ("ABCDEF", {"maxLength": 3, "pattern": "^[A-Z]+"}, None),
        ("short", {"minLength": 9}, None),
        (" ", {}, None),
        ("text", {"type": "integer"}, None),
    ],
)
def test_text_is_cut_between_words(text: str, schema: dict[str, Any], fitted: str | None) -> None:
    assert fitted_text(text, schema) == fitted


@given(st.text(alphabet="ab ,.", max_size=40), st.integers(2, 20))
def test_cut_text_is_a_beginning_within_limit(text: str, longest: int) -> None:
    fitted = fitted_text(text, {"maxLength": longest})
    if fitted is not None:
        assert len(fitted) <= longest
        assert text.strip().startswith(fitted.removesuffix("…"))
        assert fitted.endswith("…") is (len(text.strip()) > longest)


@pytest.mark.parametrize(
    ("name", "values", "schema", "fitted"),
    [
        ("price", [9.99], {"type": "integer"}, NO_VALUE),
        ("price", [9.99, 12.0], {"type": "integer"}, 12),
        ("price", [3.0], {"type": "number"}, 3),
        ("price", [3.5, 2.5], {"type": "number", "maximum": 3}, 2.5),
        ("price", [], {"type": "number"}, NO_VALUE),
        ("start_time", [1.23456], {"type": "number"}, 1.235),
        ("start_time", [9.6], {"type": "integer"}, 10),
        ("start_time", [11.0], {"type": "number", "multipleOf": 4}, 12),
        ("start_time", [1.23456], {"type": "number", "multipleOf": 0.1}, 1.2),
        ("confidence", [0.87654], {"type": "number"}, 0.877),
        ("confidence", [0.876], {"type": "number", "maximum": 100}, 87.6),
        ("confidence", [0.876], {"type": "integer", "maximum": 10}, 9),
        ("confidence", [0.876], {"type": "integer", "maximum": 5}, 4),
        ("confidence", [0.876], {"type": "number", "maximum": 7}, 0.876),
    ],
)
def test_only_times_and_confidences_are_rounded(
    name: str, values: list[float], schema: dict[str, Any], fitted: Any
) -> None:
    found = fitted_number(values, schema, field(name))
    assert found == fitted
    assert type(found) is type(fitted)


@pytest.mark.parametrize(
    ("values", "schema", "fitted"),
    [
        (["a", "b", "a"], {}, ["a", "b"]),
        (["a", "b", "c"], {"maxItems": 2}, ["a", "b"]),
        (["a", 1, 2.0, 2], {"items": {"type": "integer"}}, [1, 2]),
        (["a long text"], {"items": {"type": "string", "maxLength": 7}}, ["a long…"]),
        (["a", None], {"minItems": 2}, NO_VALUE),
        ([], {}, NO_VALUE),
        (["a"], {"items": False}, NO_VALUE),
        (list(range(99)), {}, list(range(MAX_ITEMS))),
        (list(range(99)), {"minItems": 60}, list(range(60))),
        (list(range(99)), {"maxItems": 70}, list(range(70))),
    ],
)
def test_list_has_valid_elements_up_to_maximum(
    values: list[Any], schema: dict[str, Any], fitted: Any
) -> None:
    assert fitted_list(values, schema) == fitted

"""Fitting of values to a schema's bounds by shortening, rounding or dropping, not by changing meaning."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from shared.domain.schema.json_schema import is_valid
from shared.domain.schema.shape import as_schema
from shared.models.builtin.extraction.empty_values import NO_VALUE
from shared.models.builtin.extraction.fields import TIME_ROLES, Field, Role

JsonObject = dict[str, Any]

MAX_ITEMS: Final = 50
"""Elements of a list whose schema sets no lower maximum."""


def fitted_text(text: str, schema: JsonObject) -> str | None:
    """Return ``text``, cut between words if it is too long; None if it does not fit."""
    text = text.strip()
    longest = schema.get("maxLength")
    if longest is not None and len(text) > longest and not {"pattern", "format"} & schema.keys():
        text = _shortened(text, int(longest))
    return text if text and is_valid(schema, text) else None


def _shortened(text: str, longest: int) -> str:
    if longest < 2:
        return text[:longest]
    cut = text[: longest - 1]
    if not text[longest - 1].isspace() and " " in cut:
        cut = cut.rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:.')}…"


def fitted_number(values: Iterable[float], schema: JsonObject, field: Field) -> Any:
    """Return the first value within bounds. Only times and confidences are rounded; a price is not."""
    for value in values:
        for candidate in _rounded_forms(value, schema, field):
            if is_valid(schema, candidate):
                return candidate
    return NO_VALUE


def _rounded_forms(value: float, schema: JsonObject, field: Field) -> Iterable[float]:
    if field.role is Role.CONFIDENCE:
        scale = schema.get("maximum")
        value = round(value * (scale if scale in (5, 10, 100) else 1), 3)
    elif field.role in TIME_ROLES:
        step = schema.get("multipleOf")
        value = round(round(value / step) * step, 6) if step and step > 0.001 else round(value, 3)
    if float(value).is_integer():
        yield int(value)
    yield value
    if field.role in (*TIME_ROLES, Role.CONFIDENCE):
        yield round(value)


def fitted_list(values: Sequence[Any], schema: JsonObject) -> Any:
    """Return the valid elements, each once, up to the maximum; ``NO_VALUE`` if too few remain."""
    element = as_schema(schema.get("items", {}))
    elements: list[Any] = []
    for value in values:
        fitted = fitted_text(value, element) if isinstance(value, str) else value
        whole = int(fitted) if isinstance(fitted, float) and fitted.is_integer() else fitted
        if whole is not None and whole not in elements and is_valid(element, whole):
            elements.append(whole)
    elements = elements[: int(schema.get("maxItems", max(MAX_ITEMS, schema.get("minItems", 0))))]
    return elements if elements and is_valid(schema, elements) else NO_VALUE

"""Fills a schema from findings: every value is in the evidence, and the result is valid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from shared.domain.schema.json_schema import is_valid
from shared.domain.schema.shape import alternatives, as_schema, types_of
from shared.models.builtin.extraction import numbers, rows, totals
from shared.models.builtin.extraction.booleans import answer
from shared.models.builtin.extraction.choices import choose
from shared.models.builtin.extraction.empties import NOTHING, emptiest
from shared.models.builtin.extraction.fields import Field, Role, field_of
from shared.models.builtin.extraction.findings import Findings, Row, of_row
from shared.models.builtin.extraction.fitting import fitted_list, fitted_number, fitted_text
from shared.models.builtin.extraction.patterns import matches
from shared.models.builtin.extraction.texts import list_candidates, name_of_row, string_candidates

if TYPE_CHECKING:
    from shared.ports.models import TextEmbedder

JsonObject = dict[str, Any]

MAX_STEPS: Final = 5_000
"""Fields tried in one schema, all alternatives and array elements counted."""


_NOT_THE_ROW: Final = (Role.KIND, Role.LANGUAGE, Role.SENTIMENT, Role.START, Role.END, Role.MEDIA_TYPE)


class TooManyAlternatives(Exception):
    pass


class Filler:
    """One schema and one piece of evidence.

    ``missing`` names the required fields left empty, ``impossible`` those that cannot be empty.
    """

    def __init__(self, instructions: str, embedder: TextEmbedder | None) -> None:
        self.missing: list[str] = []
        self.impossible: list[str] = []
        self._instructions = instructions
        self._embedder = embedder
        self._steps = 0

    def fill(self, schema: JsonObject, findings: Findings) -> Any:
        """A valid object, or ``NOTHING``."""
        root = field_of("", "", {}, "")
        found = self._first(schema, partial(self._object, field=root, findings=findings, row=None))
        if found is not NOTHING:
            return found
        self.missing = list(schema.get("required", []))
        return emptiest(schema)

    def _value(self, schema: Any, field: Field, findings: Findings, row: Row | None) -> Any:
        fill = partial(self._branch, field=field, findings=findings, row=row)
        return self._first(as_schema(schema), fill)

    def _first(self, schema: JsonObject, fill: Callable[[JsonObject], Any]) -> Any:
        """The first alternative that evidence fills, checked against the whole schema."""
        for branch in alternatives(schema):
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise TooManyAlternatives
            before = len(self.missing)
            value = fill(branch)
            if value is not NOTHING and is_valid(schema, value):
                return value
            del self.missing[before:]
        return NOTHING

    def _branch(self, schema: JsonObject, field: Field, findings: Findings, row: Row | None) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._member(schema["enum"], field, findings)
        found = (self._of_type(name, schema, field, findings, row) for name in types_of(schema))
        return next((value for value in found if value is not NOTHING), NOTHING)

    def _of_type(
        self, name: str, schema: JsonObject, field: Field, findings: Findings, row: Row | None
    ) -> Any:
        match name:
            case "object" if "properties" in schema:
                return self._object(schema, field, findings, row)
            case "array":
                return self._array(schema, field, findings)
            case "boolean":
                return _or_nothing(self._boolean(field, findings))
            case "integer" | "number":
                return fitted_number(self._numbers(field, findings, row), schema, field)
            case "string":
                return self._text(schema, field, findings, row)
        return NOTHING

    def _object(self, schema: JsonObject, field: Field, findings: Findings, row: Row | None) -> Any:
        """``NOTHING`` unless some member has evidence; required members without are left empty."""
        found: JsonObject = {}
        evident = 0
        before = len(self.missing)
        properties = schema.get("properties", {})
        main = _main_member(properties) if row else {}
        for name, member in properties.items():
            about = field_of(name, field.path, as_schema(member), self._instructions)
            about = replace(about, role=main.get(name, about.role))
            value = self._value(member, about, findings, row)
            if value is NOTHING and name in schema.get("required", []):
                value = emptiest(as_schema(member))
                (self.impossible if value is NOTHING else self.missing).append(about.path)
            elif value is not NOTHING and "const" not in as_schema(member):
                evident += 1
            if value is not NOTHING:
                found[name] = value
        if field.path and not evident:
            del self.missing[before:]
            return NOTHING
        return found if is_valid(schema, found) else _without_optional(schema, found)

    def _array(self, schema: JsonObject, field: Field, findings: Findings) -> Any:
        element = as_schema(schema.get("items", {}))
        known = totals.union(totals.values_for(field, findings.results))
        if known:
            return fitted_list(known, schema)
        if any("properties" in branch for branch in alternatives(element)):
            values = self._objects(element, field, findings)
        elif any({"string"} & set(types_of(branch)) for branch in alternatives(element)):
            values = list_candidates(field, findings)
        else:
            values = list(self._numbers(field, findings, None))
        return fitted_list(values, schema)

    def _objects(self, element: JsonObject, field: Field, findings: Findings) -> list[Any]:
        before = len(self.missing)
        inside = replace(field, path=f"{field.path}[]")
        found = []
        for row in rows.rows_for(field, element, findings):
            alone = of_row(row, findings)
            fill = partial(self._object, field=inside, findings=alone, row=row)
            found.append(self._first(element, fill))
        self.missing[before:] = dict.fromkeys(self.missing[before:])
        return [value for value in found if value is not NOTHING]

    def _member(self, choices: Sequence[Any], field: Field, findings: Findings) -> Any:
        earlier = [v for v in totals.values_for(field, findings.results) if v in choices]
        if earlier:
            return totals.most_frequent(earlier)
        figures = [choice for choice in choices if isinstance(choice, (int, float))]
        if figures:
            return next((v for v in numbers.candidates(field, findings) if v in figures), NOTHING)
        return _or_nothing(choose(field, choices, findings, self._embedder))

    def _boolean(self, field: Field, findings: Findings) -> bool | None:
        earlier = totals.any_true(totals.values_for(field, findings.results))
        return answer(field, findings) if earlier is None else earlier

    def _numbers(self, field: Field, findings: Findings, row: Row | None) -> Iterable[float]:
        earlier = totals.number(field, totals.values_for(field, findings.results))
        if earlier is not None:
            return [earlier]
        if row is not None and field.role not in (Role.START, Role.END, Role.DURATION, Role.CONFIDENCE):
            return numbers.of_row(field, row)
        return numbers.candidates(field, findings)

    def _text(self, schema: JsonObject, field: Field, findings: Findings, row: Row | None) -> Any:
        earlier = totals.joined_text(field, totals.values_for(field, findings.results))
        candidates = [earlier] if earlier else []
        if row is not None and field.role in (Role.ROW_TEXT, Role.ROW_NAME, Role.KIND):
            candidates.append(_text_of_row(field, row))
        candidates += string_candidates(field, findings)
        value = next((v for text in candidates if (v := fitted_text(text, schema)) is not None), None)
        return matches(schema, findings) if value is None else value


def _text_of_row(field: Field, row: Row) -> str:
    return (
        row.kind if field.role is Role.KIND else name_of_row(row, without_numbers=field.role is Role.ROW_NAME)
    )


def _main_member(properties: JsonObject) -> dict[str, Role]:
    """The member that names the row: the first text that is not of a kind of its own."""
    kinds = {name: _scalar_types(member) for name, member in properties.items()}
    has_figure = any({"integer", "number"} & types for types in kinds.values())
    for name, types in kinds.items():
        if "string" in types and field_of(name, "", {}, "").role not in _NOT_THE_ROW and name != "speaker":
            return {name: Role.ROW_NAME if has_figure else Role.ROW_TEXT}
    return {}


def _scalar_types(schema: Any) -> set[str]:
    return {name for branch in alternatives(schema) if "enum" not in branch for name in types_of(branch)}


def _without_optional(schema: JsonObject, found: JsonObject) -> Any:
    required = {name: value for name, value in found.items() if name in schema.get("required", [])}
    return required if is_valid(schema, required) else NOTHING


def _or_nothing(value: Any) -> Any:
    return NOTHING if value is None else value

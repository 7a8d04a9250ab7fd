"""Filling of a schema from findings. Every value comes from the evidence, and the result is valid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from shared.domain.schema.json_schema import is_valid
from shared.domain.schema.shape import alternatives, as_schema, is_nullable, types_of
from shared.models.builtin.extraction import aggregation, numbers, rows
from shared.models.builtin.extraction.booleans import boolean_answer
from shared.models.builtin.extraction.choices import choose
from shared.models.builtin.extraction.empty_values import NO_VALUE, empty_value
from shared.models.builtin.extraction.fields import TIME_ROLES, Field, Role, field_of
from shared.models.builtin.extraction.findings import Findings, Row, findings_of_row
from shared.models.builtin.extraction.fitting import fitted_list, fitted_number, fitted_text
from shared.models.builtin.extraction.patterns import matching_text
from shared.models.builtin.extraction.texts import list_candidates, name_of_row, string_candidates

if TYPE_CHECKING:
    from shared.ports.models import TextEmbedder

JsonObject = dict[str, Any]

MAX_STEPS: Final = 5_000
"""Maximum number of fields tried per schema, including alternatives and array elements."""

_NON_NAMING_ROLES: Final = (Role.KIND, Role.LANGUAGE, Role.SENTIMENT, Role.START, Role.END, Role.MEDIA_TYPE)


class TooManyAlternatives(Exception):
    """The schema needs more than ``MAX_STEPS`` steps."""


class Filler:
    """Fills one schema from one piece of evidence.

    ``missing`` names the required fields that are left empty, ``unfillable`` those that cannot be empty.
    """

    def __init__(self, instructions: str, embedder: TextEmbedder | None) -> None:
        self.missing: list[str] = []
        self.unfillable: list[str] = []
        self._instructions = instructions
        self._embedder = embedder
        self._steps = 0

    def fill(self, schema: JsonObject, findings: Findings) -> Any:
        """Return a valid object, or ``NO_VALUE``."""
        root = field_of("", "", {}, "")
        found = self._first_valid(schema, partial(self._object, field=root, findings=findings, row=None))
        if found is not NO_VALUE:
            return found
        self.missing = list(schema.get("required", []))
        return empty_value(schema)

    def _value(self, schema: Any, field: Field, findings: Findings, row: Row | None) -> Any:
        fill = partial(self._branch, field=field, findings=findings, row=row, may_be_null=is_nullable(schema))
        return self._first_valid(as_schema(schema), fill)

    def _first_valid(self, schema: JsonObject, fill: Callable[[JsonObject], Any]) -> Any:
        """Return the first alternative that the evidence fills and that is valid for the whole schema."""
        for branch in alternatives(schema):
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise TooManyAlternatives
            missing_before = len(self.missing)
            value = fill(branch)
            if value is not NO_VALUE and is_valid(schema, value):
                return value
            del self.missing[missing_before:]
        return NO_VALUE

    def _branch(
        self, schema: JsonObject, field: Field, findings: Findings, row: Row | None, *, may_be_null: bool
    ) -> Any:
        """Fill one alternative. A ``const`` beside null needs evidence."""
        if "const" in schema:
            constant = schema["const"]
            return self._member([constant], field, findings) if may_be_null else constant
        if "enum" in schema:
            return self._member(schema["enum"], field, findings)
        found = (self._of_type(name, schema, field, findings, row) for name in types_of(schema))
        return next((value for value in found if value is not NO_VALUE), NO_VALUE)

    def _of_type(
        self, name: str, schema: JsonObject, field: Field, findings: Findings, row: Row | None
    ) -> Any:
        match name:
            case "object" if "properties" in schema:
                return self._object(schema, field, findings, row)
            case "array":
                return self._array(schema, field, findings)
            case "boolean":
                return _or_no_value(self._boolean(field, findings))
            case "integer" | "number":
                return fitted_number(self._numbers(field, findings, row), schema, field)
            case "string":
                return self._text(schema, field, findings, row)
        return NO_VALUE

    def _object(self, schema: JsonObject, field: Field, findings: Findings, row: Row | None) -> Any:
        """Fill an object. Members without evidence are null if they may be, and required ones else empty.

        Returns ``NO_VALUE`` if no member has evidence, except for the root.
        """
        found: JsonObject = {}
        nulls: JsonObject = {}
        filled = 0
        missing_before = len(self.missing)
        properties = schema.get("properties", {})
        naming = _naming_member(properties) if row else {}
        for name, member in properties.items():
            member_field = field_of(name, field.path, as_schema(member), self._instructions)
            member_field = replace(member_field, role=naming.get(name, member_field.role))
            value = self._value(member, member_field, findings, row)
            if value is NO_VALUE and name in schema.get("required", []):
                value = empty_value(as_schema(member))
                (self.unfillable if value is NO_VALUE else self.missing).append(member_field.path)
            elif value is not NO_VALUE and "const" not in as_schema(member):
                filled += 1
            if value is not NO_VALUE:
                found[name] = value
            elif is_nullable(member):
                nulls[name] = None
        if field.path and not filled:
            del self.missing[missing_before:]
            return NO_VALUE
        if nulls and is_valid(schema, {**found, **nulls}):
            return {name: {**found, **nulls}[name] for name in properties if name in found or name in nulls}
        return found if is_valid(schema, found) else _without_optional(schema, found)

    def _array(self, schema: JsonObject, field: Field, findings: Findings) -> Any:
        element = as_schema(schema.get("items", {}))
        from_segments = aggregation.union(aggregation.values_for(field, findings.results))
        if from_segments:
            return fitted_list(from_segments, schema)
        if any("properties" in branch for branch in alternatives(element)):
            values = self._objects(element, field, findings)
        elif any({"string"} & set(types_of(branch)) for branch in alternatives(element)):
            values = list_candidates(field, findings)
        else:
            values = list(self._numbers(field, findings, None))
        return fitted_list(values, schema)

    def _objects(self, element: JsonObject, field: Field, findings: Findings) -> list[Any]:
        missing_before = len(self.missing)
        element_field = replace(field, path=f"{field.path}[]")
        found = []
        for row in rows.rows_for(field, element, findings):
            row_findings = findings_of_row(row, findings)
            fill = partial(self._object, field=element_field, findings=row_findings, row=row)
            found.append(self._first_valid(element, fill))
        self.missing[missing_before:] = dict.fromkeys(self.missing[missing_before:])
        return [value for value in found if value is not NO_VALUE]

    def _member(self, choices: Sequence[Any], field: Field, findings: Findings) -> Any:
        from_segments = [v for v in aggregation.values_for(field, findings.results) if v in choices]
        if from_segments:
            return aggregation.most_frequent(from_segments)
        numeric_choices = [choice for choice in choices if isinstance(choice, (int, float))]
        if numeric_choices:
            return next((v for v in numbers.candidates(field, findings) if v in numeric_choices), NO_VALUE)
        return _or_no_value(choose(field, choices, findings, self._embedder))

    def _boolean(self, field: Field, findings: Findings) -> bool | None:
        from_segments = aggregation.any_true(aggregation.values_for(field, findings.results))
        return boolean_answer(field, findings) if from_segments is None else from_segments

    def _numbers(self, field: Field, findings: Findings, row: Row | None) -> Iterable[float]:
        from_segments = aggregation.combined_number(field, aggregation.values_for(field, findings.results))
        if from_segments is not None:
            return [from_segments]
        if row is not None and field.role not in (*TIME_ROLES, Role.CONFIDENCE):
            return numbers.row_candidates(field, row)
        return numbers.candidates(field, findings)

    def _text(self, schema: JsonObject, field: Field, findings: Findings, row: Row | None) -> Any:
        from_segments = aggregation.joined_text(field, aggregation.values_for(field, findings.results))
        candidates = [from_segments] if from_segments else []
        if row is not None and field.role in (Role.ROW_TEXT, Role.ROW_NAME, Role.KIND):
            candidates.append(_row_text(field, row))
        candidates += string_candidates(field, findings)
        value = next((v for text in candidates if (v := fitted_text(text, schema)) is not None), None)
        return matching_text(schema, findings) if value is None else value


def _row_text(field: Field, row: Row) -> str:
    return (
        row.kind if field.role is Role.KIND else name_of_row(row, without_numbers=field.role is Role.ROW_NAME)
    )


def _naming_member(properties: JsonObject) -> dict[str, Role]:
    """Return the member that names the row: the first text member without a role of its own."""
    types_by_member = {name: _scalar_types(member) for name, member in properties.items()}
    has_number = any({"integer", "number"} & types for types in types_by_member.values())
    for name, types in types_by_member.items():
        if (
            "string" in types
            and field_of(name, "", {}, "").role not in _NON_NAMING_ROLES
            and name != "speaker"
        ):
            return {name: Role.ROW_NAME if has_number else Role.ROW_TEXT}
    return {}


def _scalar_types(schema: Any) -> set[str]:
    return {name for branch in alternatives(schema) if "enum" not in branch for name in types_of(branch)}


def _without_optional(schema: JsonObject, found: JsonObject) -> Any:
    required = {name: value for name, value in found.items() if name in schema.get("required", [])}
    return required if is_valid(schema, required) else NO_VALUE


def _or_no_value(value: Any) -> Any:
    return NO_VALUE if value is None else value

"""Inlining of the local references of a JSON schema, whose words become those of Draft 2020-12.

Only references into the same document are resolved. Recursive references are refused, because they
describe data of any depth.
"""

from typing import Any, Final
from urllib.parse import unquote

from shared.domain.errors import InvalidSchema
from shared.domain.schema.dialects import translated, with_required_names

JsonObject = dict[str, Any]

MAX_NODES: Final = 5_000
"""Maximum number of objects and arrays in a schema whose references are inlined."""

MAX_NESTING: Final = 64
"""Maximum nesting of the schema document."""

SUBSCHEMA: Final = frozenset(
    {
        *("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else"),
        *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    }
)
SUBSCHEMA_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
SUBSCHEMA_MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Keywords of Draft 2020-12 whose values are schemas, or hold them. Values of other keywords are data."""

_OLD_SUBSCHEMAS: Final = frozenset({"additionalItems", "dependencies"})
_NOT_RULES: Final = ("$schema", "$defs", "definitions", "components")
_IDENTITIES: Final = ("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor")


def inlined(schema: JsonObject, field: str) -> JsonObject:
    """Return a copy of ``schema`` with its references inlined, without ``$ref``, ``$defs`` and ``$schema``.

    Keywords beside a ``$ref`` override those of its target. The ``$id`` of the root names the document and is
    removed, and so is its ``nullable``: a result is an object. Words of other dialects become those of Draft
    2020-12 (``shared.domain.schema.dialects``).

    Raises:
        InvalidSchema: a reference is remote, broken or recursive, the result is too large, or a word of
            another dialect cannot be translated.
    """
    named = {name: value for name, value in schema.items() if name not in ("$id", "nullable")}
    return _Inliner(schema, field).schema(named, field, ())


class _Inliner:
    def __init__(self, root: JsonObject, field: str) -> None:
        self.root = root
        self.field = field
        self.nodes = 0

    def schema(self, schema: JsonObject, path: str, followed: tuple[str, ...]) -> JsonObject:
        """Inline one schema. ``followed`` are the references on the way to it."""
        self._count_node(len(followed))
        for keyword in _IDENTITIES:
            if keyword in schema:
                raise InvalidSchema(path, f"{keyword} is not allowed")
        schema = with_required_names(schema, path)
        own = {
            name: self._keyword(name, value, f"{path}.{name}", followed)
            for name, value in schema.items()
            if name not in _NOT_RULES and name != "$ref"
        }
        reference = schema.get("$ref")
        if reference is not None:
            target = self._target(reference, path, followed)
            own = {**self.schema(target, path, (*followed, reference)), **own}
        return translated(own, path)

    def _keyword(self, name: str, value: Any, path: str, followed: tuple[str, ...]) -> Any:
        if name in SUBSCHEMA_MAPS or (name == "dependencies" and isinstance(value, dict)):
            members = value.items() if isinstance(value, dict) else ()
            inlined_members = {key: self._value(item, f"{path}.{key}", followed) for key, item in members}
            return inlined_members if isinstance(value, dict) else value
        if name in SUBSCHEMA or name in SUBSCHEMA_LISTS or name in _OLD_SUBSCHEMAS:
            return self._value(value, path, followed)
        return value

    def _value(self, value: Any, path: str, followed: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            return self.schema(value, path, followed)
        if isinstance(value, list):
            self._count_node(len(followed))
            return [self._value(item, f"{path}[{i}]", followed) for i, item in enumerate(value)]
        return value

    def _target(self, reference: Any, path: str, followed: tuple[str, ...]) -> JsonObject:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise InvalidSchema(
                path, f"$ref {reference!r} is not allowed: only '#/$defs/...' in the same schema"
            )
        if reference in followed:
            raise InvalidSchema(path, f"$ref {reference!r} is recursive")
        node: Any = self.root
        for step in reference[2:].split("/"):
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            node = node.get(name) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            raise InvalidSchema(path, f"$ref {reference!r} leads to no schema")
        return node

    def _count_node(self, references: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES or references > MAX_NESTING:
            raise InvalidSchema(
                self.field, f"has more than {MAX_NODES} parts once its references are resolved"
            )


def check_nesting(value: Any, field: str) -> None:
    """Check the nesting of a document without recursion.

    Raises:
        InvalidSchema: the document is nested more than ``MAX_NESTING`` levels deep.
    """
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_NESTING:
            raise InvalidSchema(field, f"is nested more than {MAX_NESTING} levels deep")
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
            if isinstance(child, (dict, list))
        ]

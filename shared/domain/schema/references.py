"""Inlining of the local references of a JSON schema.

Only references into the same document are resolved. Recursive references are refused, because they
describe data of any depth.
"""

from typing import Any, Final

from shared.domain.errors import InvalidSchema

JsonObject = dict[str, Any]

MAX_NODES: Final = 5_000
"""Maximum number of objects and arrays in a schema whose references are inlined."""

MAX_NESTING: Final = 64
"""Maximum nesting of the schema document."""

_CONTAINERS: Final = ("$defs", "definitions")
_IDENTITIES: Final = ("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor")
_MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "dependentRequired")
_LITERALS: Final = ("enum", "const", "default", "examples")


def inlined(schema: JsonObject, field: str) -> JsonObject:
    """Return a copy of ``schema`` with its references inlined, without ``$ref``, ``$defs`` and ``$schema``.

    Keywords beside a ``$ref`` override those of its target.

    Raises:
        InvalidSchema: a reference is remote, broken or recursive, or the result is too large.
    """
    result = _Inliner(schema, field).schema(schema, field, ())
    return {name: value for name, value in result.items() if name != "$schema"}


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
        own = {
            name: value if name in _LITERALS else self._keyword(name, value, f"{path}.{name}", followed)
            for name, value in schema.items()
            if name not in _CONTAINERS and name != "$ref"
        }
        reference = schema.get("$ref")
        if reference is None:
            return own
        target = self._target(reference, path, followed)
        return {**self.schema(target, path, (*followed, reference)), **own}

    def _keyword(self, name: str, value: Any, path: str, followed: tuple[str, ...]) -> Any:
        if name in _MAPS and isinstance(value, dict):
            return {key: self._value(item, f"{path}.{key}", followed) for key, item in value.items()}
        return self._value(value, path, followed)

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
            name = step.replace("~1", "/").replace("~0", "~")
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

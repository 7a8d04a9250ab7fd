"""Request features that an OpenAI-compatible server supports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.models.language.plain_schema import plain_schema


class Constraint(StrEnum):
    """Output constraints for JSON, the strictest first."""

    JSON_SCHEMA = "json_schema"
    PLAIN_SCHEMA = "plain_schema"
    """A JSON schema reduced to widely supported keywords (``plain_schema``)."""
    STRUCTURED_OUTPUTS = "structured_outputs"
    JSON_OBJECT = "json_object"
    NONE = "none"


@dataclass(slots=True)
class ConstraintSupport:
    """Features that the server supports, learnt from its refusals and kept for later requests."""

    temperature: bool = True
    images: bool = True
    refused: dict[str, Constraint] = field(default_factory=dict)
    """The constraint to use next, by schema as JSON. A refused schema says nothing about other schemas."""

    def constraint(self, schema: Mapping[str, Any]) -> Constraint:
        """Return the strictest constraint that was not refused for ``schema``."""
        return self.refused.get(json.dumps(schema), Constraint.JSON_SCHEMA)

    def refuse(self, schema: Mapping[str, Any], constraint: Constraint) -> None:
        """Record a refusal and select the next weaker constraint for ``schema``."""
        by_strictness = list(Constraint)
        next_constraint = by_strictness[by_strictness.index(constraint) + 1]
        if next_constraint is Constraint.PLAIN_SCHEMA and plain_schema(schema) == schema:
            next_constraint = Constraint.STRUCTURED_OUTPUTS
        self.refused[json.dumps(schema)] = next_constraint

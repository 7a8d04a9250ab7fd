"""What an OpenAI-compatible server turns out to accept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.models.language.plain_schema import plain_schema


class Constraint(StrEnum):
    """Ways to ask for JSON, the strictest first."""

    JSON_SCHEMA = "json_schema"
    PLAIN_SCHEMA = "plain_schema"
    """As before, but without what few servers can hold a model to."""
    STRUCTURED_OUTPUTS = "structured_outputs"
    JSON_OBJECT = "json_object"
    NONE = "none"


@dataclass(slots=True)
class ConstraintSupport:
    """What the server takes, learnt from its refusals and kept for later requests."""

    temperature: bool = True
    images: bool = True
    refused: dict[str, Constraint] = field(default_factory=dict)
    """By schema, as JSON: one that cannot be guaranteed says nothing of the next."""

    def constraint(self, schema: Mapping[str, Any]) -> Constraint:
        """The strictest that was not refused for ``schema``."""
        return self.refused.get(json.dumps(schema), Constraint.JSON_SCHEMA)

    def refuse(self, schema: Mapping[str, Any], constraint_refused: Constraint) -> None:
        by_strictness = list(Constraint)
        next_constraint = by_strictness[by_strictness.index(constraint_refused) + 1]
        if next_constraint is Constraint.PLAIN_SCHEMA and plain_schema(schema) == schema:
            next_constraint = Constraint.STRUCTURED_OUTPUTS
        self.refused[json.dumps(schema)] = next_constraint

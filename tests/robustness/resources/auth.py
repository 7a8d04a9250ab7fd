"""Scopes and isolation cases of key validation."""

from typing import Final

from tests.robustness.resource import Resource

RESOURCE: Final = Resource(
    scopes={
        "GET /auth/validate": "search",
        "POST /auth/processing-activity": "search",
    },
    isolation={},
    exempt={
        "GET /auth/validate": "answers with a status only",
        "POST /auth/processing-activity": "looks nothing up",
    },
)

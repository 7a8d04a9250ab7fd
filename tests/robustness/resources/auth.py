"""Scopes and isolation cases of validation of keys."""

from typing import Final

from tests.robustness.resource import Resource

RESOURCE: Final = Resource(
    scopes={
        "GET /auth/validate": "search",
        "POST /auth/processing-activity": "search",
    },
    isolation={},
    names_nothing={
        "GET /auth/validate": "answers with a status only",
        "POST /auth/processing-activity": "looks nothing up",
    },
)

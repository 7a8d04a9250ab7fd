"""Scopes and isolation cases of the playground."""

from typing import Final

from tests.robustness.resource import Resource, Try, paged

RESOURCE: Final = Resource(
    scopes={
        "GET /playground/videos": "read",
    },
    isolation={
        "GET /playground/videos": lambda theirs, mine: [
            *paged("/playground/videos")(theirs, mine),
            Try(statuses=(200,)),
        ],
    },
)

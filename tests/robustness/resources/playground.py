"""Scopes and isolation cases of the playground."""

from typing import Final

from tests.robustness.resource import Attempt, Resource, paged

RESOURCE: Final = Resource(
    scopes={
        "GET /playground/videos": "read",
    },
    isolation={
        "GET /playground/videos": lambda theirs, mine: [
            *paged("/playground/videos")(theirs, mine),
            Attempt(statuses=(200,)),
        ],
    },
)

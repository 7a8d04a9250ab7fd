"""Scopes and isolation cases of the state of the server."""

from typing import Final

from tests.robustness.resource import Attempt, Resource

RESOURCE: Final = Resource(
    scopes={"GET /system": "read"},
    isolation={"GET /system": lambda *_: [Attempt(statuses=(200,))]},
)

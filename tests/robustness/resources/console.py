"""Scopes and isolation cases of the console's sessions."""

from typing import Final

from tests.robustness.resource import Resource

RESOURCE: Final = Resource(
    scopes={"GET /console/session": "search", "DELETE /console/session": "search"},
    exempt={
        "GET /console/session": "describes the caller only",
        "DELETE /console/session": "ends the caller's own key only",
    },
)

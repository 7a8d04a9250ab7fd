"""Scopes and isolation cases of the live stream."""

from typing import Final

from tests.robustness.resource import Attempt, Resource

RESOURCE: Final = Resource(
    scopes={
        "GET /processing/events/stream": "read",
        "POST /processing/events/ticket": "read",
    },
    isolation={
        "GET /processing/events/stream": lambda theirs, _: [
            Attempt(query={"last_event_id": "evt_" + "0" * 26}, statuses=(200,)),
            Attempt(
                query={"last_event_id": "evt_" + "0" * 26, "index_id": theirs["index_id"]}, statuses=(200,)
            ),
            Attempt(query={"last_event_id": "evt_" + "0" * 26, "run_id": theirs["run_id"]}, statuses=(200,)),
            Attempt(
                query={"last_event_id": "evt_" + "0" * 26, "video_ids": theirs["video_id"]}, statuses=(200,)
            ),
        ],
        "POST /processing/events/ticket": lambda *_: [Attempt(statuses=(201,))],
    },
)

"""Scopes and isolation cases of webhooks. The archives make the delivery."""

from typing import Final

from tests.robustness.resource import Attempt, Post, Resource, by_path
from tests.robustness.tenant_archive import TenantArchive

URL: Final = "https://1.1.1.1/hook"
"""A public address, so that no name is looked up. Nothing is sent to it: the event does not occur."""


def _make(post: Post) -> dict[str, str]:
    made = post("/webhooks", name="Listener", url=URL, events=["export.ready"])
    return {"webhook_id": made["webhook_id"]}


def _delivery(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    """Name their delivery, and ids that mix the webhook of one tenant with the event of the other."""
    mixed = [
        f"dlv_{webhook['webhook_id'].rpartition('_')[2]}_{event['delivery_id'].rpartition('_')[2]}"
        for webhook, event in ((mine, theirs), (theirs, mine))
    ]
    return [Attempt(), *(Attempt(path={"delivery_id": each}) for each in mixed)]


RESOURCE: Final = Resource(
    scopes={
        "POST /webhooks": "write",
        "GET /webhooks": "read",
        "GET /webhooks/{webhook_id}": "read",
        "PATCH /webhooks/{webhook_id}": "write",
        "DELETE /webhooks/{webhook_id}": "admin",
        "POST /webhooks/{webhook_id}/rotate-secret": "write",
        "POST /webhooks/{webhook_id}/test": "write",
        "POST /webhooks/{webhook_id}/replay": "write",
        "GET /webhooks/{webhook_id}/deliveries": "read",
        "GET /webhooks/deliveries/{delivery_id}": "read",
        "POST /webhooks/deliveries/{delivery_id}/retry": "write",
    },
    isolation={
        "POST /webhooks": lambda theirs, mine: [
            Attempt({"name": "Mine", "url": URL, "events": ["media.created"]}, statuses=(201,)),
            *(
                Attempt({"name": "Mine", "url": URL, "events": ["media.created"], "index_ids": index_ids})
                for index_ids in ([theirs["index_id"]], [mine["index_id"], theirs["index_id"]])
            ),
        ],
        "GET /webhooks": lambda *_: [Attempt(statuses=(200,))],
        "GET /webhooks/{webhook_id}": by_path,
        "PATCH /webhooks/{webhook_id}": lambda theirs, mine: [
            Attempt({"name": "Taken over"}),
            Attempt({"index_ids": [theirs["index_id"]]}, path={"webhook_id": mine["webhook_id"]}),
        ],
        "DELETE /webhooks/{webhook_id}": by_path,
        "POST /webhooks/{webhook_id}/rotate-secret": by_path,
        "POST /webhooks/{webhook_id}/test": by_path,
        "POST /webhooks/{webhook_id}/replay": lambda *_: [Attempt({"from": "2026-01-01T00:00:00Z"})],
        "GET /webhooks/{webhook_id}/deliveries": by_path,
        "GET /webhooks/deliveries/{delivery_id}": _delivery,
        "POST /webhooks/deliveries/{delivery_id}/retry": _delivery,
    },
    make=_make,
)

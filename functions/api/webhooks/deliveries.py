"""Deliveries of webhooks: list, read, retry."""

from functools import partial
from typing import Annotated

from fastapi import Depends, Query

from functions.api.webhooks.schemas import WebhookDelivery
from functions.api.wire import PageLimit
from shared.domain.access import Scope
from shared.domain.webhooks.delivery import DeliveryStatus
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised

router = ApiRouter()
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]


@router.get("/webhooks/deliveries/{delivery_id}")
async def get_delivery(delivery_id: str, call: Reader) -> WebhookDelivery:
    """Get a delivery with its payload."""
    view = await call.run(call.runtime.notifications.deliveries.get, call.caller, delivery_id)
    return WebhookDelivery.of(view)


@router.post("/webhooks/deliveries/{delivery_id}/retry")
async def retry_delivery(delivery_id: str, call: Writer) -> WebhookDelivery:
    """Retry a delivery now.

    A failed delivery gets all its retries again, and one that waits for a retry is sent at once. A delivery
    that is due or in an attempt stays as it is. One that has arrived is refused with 409.
    """
    view = await call.run(call.runtime.notifications.deliveries.retry, call.caller, delivery_id)
    return WebhookDelivery.of(view)


@router.get("/webhooks/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: str,
    call: Reader,
    limit: PageLimit = 50,
    status: Annotated[
        DeliveryStatus | None, Query(description="Return only deliveries with this status.")
    ] = None,
) -> list[WebhookDelivery]:
    """List the deliveries of a webhook, newest event first. Deliveries are kept for 7 days."""
    newest = partial(
        call.runtime.notifications.deliveries.newest, call.caller, webhook_id, status=status, limit=limit
    )
    # A status that few deliveries have costs the read of thousands.
    found = await (call.run(newest) if status is None else call.run_in(Lane.BATCH, newest))
    return [WebhookDelivery.from_domain(delivery) for delivery in found]

"""Webhooks: create, list, read, change, delete, test and replay them, and rotate their secrets."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api.webhooks.deliveries import router as deliveries
from functions.api.webhooks.schemas import (
    CreateWebhookRequest,
    ReplayRequest,
    ReplayResponse,
    RotateSecretResponse,
    UpdateWebhookRequest,
    Webhook,
    WebhookTestResponse,
    WebhookWithSecret,
)
from functions.api.wire import DeleteResponse
from shared.domain import clock
from shared.domain.access import Scope
from shared.domain.clock import isoformat
from shared.domain.events.catalogue import WEBHOOK_EVENTS
from shared.http import cursors
from shared.http.admission.admission import Lane
from shared.http.api_route import ApiRouter
from shared.http.call import Call, authorised
from shared.http.idempotent import REPLAYED, idempotency_key
from shared.http.openapi import KEYED, OPEN

router = ApiRouter(tags=["webhooks"])
Reader = Annotated[Call, Depends(authorised(Scope.READ))]
Writer = Annotated[Call, Depends(authorised(Scope.WRITE))]
Admin = Annotated[Call, Depends(authorised(Scope.ADMIN))]


@router.post("/webhooks", status_code=201, response_model=WebhookWithSecret, openapi_extra=KEYED)
async def create_webhook(body: CreateWebhookRequest, request: Request, call: Writer) -> Response:
    """Create a webhook. The answer alone has its secret.

    The same Idempotency-Key with the same content answers with the live webhook and its secret. After the
    deletion of the webhook, it makes one with the same id and a new secret.
    """
    created = await call.run_in(
        Lane.WEBHOOK_ADDRESS,
        call.runtime.notifications.webhooks.create,
        call.caller,
        body.definition(),
        idempotency_key=idempotency_key(request),
    )
    headers = {REPLAYED: "true"} if created.replayed else None
    return JSONResponse(WebhookWithSecret.of(created).model_dump(mode="json"), 201, headers=headers)


@router.get("/webhooks")
async def list_webhooks(call: Reader) -> list[Webhook]:
    """List webhooks, oldest first, without their secrets."""
    found = await call.run(call.runtime.notifications.webhooks.list, call.caller)
    return [Webhook.from_domain(webhook) for webhook in found]


@router.get("/webhooks/events", openapi_extra=OPEN)
async def list_webhook_events() -> list[str]:
    """List the names of the events that webhooks can subscribe to. No key is necessary."""
    return list(WEBHOOK_EVENTS)


router.include_router(deliveries)
"""The paths of deliveries come before those with the id of a webhook."""


@router.get("/webhooks/{webhook_id}")
async def get_webhook(webhook_id: str, call: Reader) -> Webhook:
    """Get a webhook, without its secret."""
    return Webhook.from_domain(
        await call.run(call.runtime.notifications.webhooks.get, call.caller, webhook_id)
    )


@router.patch("/webhooks/{webhook_id}", response_model=Webhook, openapi_extra=KEYED)
async def update_webhook(webhook_id: str, body: UpdateWebhookRequest, call: Writer) -> Response:
    """Change a webhook.

    No attempts are made while its status is ``paused``: new events are not queued for it, and deliveries that
    wait for a retry are held. Setting a disabled webhook to ``active`` clears the state of its failures.
    """

    async def work(_seed: str) -> Webhook:
        changed = await call.run_in(
            Lane.WEBHOOK_ADDRESS,
            call.runtime.notifications.webhooks.update,
            call.caller,
            webhook_id,
            body.changes(),
        )
        return Webhook.from_domain(changed)

    return await call.once(body.model_dump(mode="json", exclude_unset=True), work)


@router.delete("/webhooks/{webhook_id}")
async def delete_webhook(webhook_id: str, call: Admin) -> DeleteResponse:
    """Delete a webhook with its secrets and deliveries. Nothing more is sent to it."""
    await call.run(call.runtime.notifications.webhook_erasures.delete, call.caller, webhook_id)
    return DeleteResponse(message=f"The webhook {webhook_id} is deleted.")


@router.post("/webhooks/{webhook_id}/rotate-secret")
async def rotate_secret(webhook_id: str, call: Writer) -> RotateSecretResponse:
    """Replace the secret of a webhook.

    ``X-Webhook-Signature`` is signed with the new secret at once. ``webhook-signature`` carries signatures of
    both secrets for 24 hours.
    """
    secret = await call.run(call.runtime.notifications.webhook_secrets.rotate, call.caller, webhook_id)
    return RotateSecretResponse(webhook_id=webhook_id, new_secret=secret)


@router.post("/webhooks/{webhook_id}/test", response_model=WebhookTestResponse, openapi_extra=KEYED)
async def test_webhook(webhook_id: str, call: Writer) -> Response:
    """Send a test delivery and wait for the receiver's answer, about 10 seconds at most.

    The status is 200 whether or not the delivery succeeds.
    """

    async def work(_seed: str) -> WebhookTestResponse:
        outcome = await call.run_in(
            Lane.WEBHOOK_TEST, call.runtime.notifications.trial_deliveries.send, call.caller, webhook_id
        )
        return WebhookTestResponse.of(outcome)

    return await call.once(None, work)


@router.post(
    "/webhooks/{webhook_id}/replay", status_code=202, response_model=ReplayResponse, openapi_extra=KEYED
)
async def replay_webhook(webhook_id: str, body: ReplayRequest, call: Writer) -> Response:
    """Deliver the events of a time range again, each as a new delivery, whether or not it has arrived before.

    The range reaches back 7 days at most. One request queues at most 500 deliveries.
    """
    times = body.times(clock.now())
    query = {"replay": webhook_id, "from": body.start.isoformat(), "to": isoformat(times.end)}
    after = cursors.decode_optional(call, query, body.cursor)

    async def work(seed: str) -> ReplayResponse:
        replayed = await call.run_in(
            Lane.BATCH,
            call.runtime.notifications.replays.replay,
            call.caller,
            webhook_id,
            times,
            seed=seed,
            after=after,
        )
        position = replayed.after
        return ReplayResponse(
            webhook_id=webhook_id,
            deliveries=replayed.deliveries,
            to=isoformat(times.end),
            has_more=position is not None,
            next_cursor=None if position is None else cursors.encode(call, query, position),
        )

    return await call.once(body.model_dump(mode="json", by_alias=True), work, status_code=202)

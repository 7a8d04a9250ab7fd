"""Wire models of webhooks and their deliveries."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.domain.webhooks import delivery, webhook
from shared.domain.webhooks.definition import WebhookChanges, WebhookDefinition, webhook_events
from shared.domain.webhooks.webhook import WebhookStatus
from shared.http.errors import NOT_BLANK
from shared.services.notifications.deliveries import DeliveryView
from shared.services.notifications.replays import TimeRange
from shared.services.notifications.trial_deliveries import TrialOutcome
from shared.services.notifications.webhooks import CreatedWebhook

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NOT_BLANK)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
EventNames = Annotated[list[Annotated[str, StringConstraints(max_length=100)]], Field(max_length=100)]
IndexIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=100)]], Field(max_length=100)
]


class CreateWebhookRequest(BaseModel):
    """A new webhook.

    ``events`` are names of ``GET /webhooks/events``. ``index_ids`` limits the events to those of the indexes,
    and to events that belong to no index; null or an empty list means all. ``metadata``, at most 16 KiB as
    JSON, is part of every delivery.
    """

    name: Name
    url: Url
    events: EventNames
    index_ids: IndexIds | None = None
    metadata: dict[str, Any] | None = None

    def definition(self) -> WebhookDefinition:
        """Raises: InvalidRequest: an event is not for webhooks, or occurs twice."""
        return WebhookDefinition(
            name=self.name,
            url=self.url,
            events=webhook_events(self.events),
            index_ids=self.index_ids or None,
            metadata=self.metadata,
        )


class UpdateWebhookRequest(BaseModel):
    """Changes to a webhook. A field that is absent does not change.

    Null clears ``index_ids`` and ``metadata``, an empty list ``index_ids``. ``status`` is ``active`` or
    ``paused``.
    """

    name: Name | None = None
    url: Url | None = None
    events: EventNames | None = None
    index_ids: IndexIds | None = None
    status: Literal[WebhookStatus.ACTIVE, WebhookStatus.PAUSED] | None = None
    metadata: dict[str, Any] | None = None

    def changes(self) -> WebhookChanges:
        """Raises: InvalidRequest: an event is not for webhooks, or occurs twice."""
        given = self.model_dump(exclude_unset=True)
        if self.events is not None:
            given["events"] = webhook_events(self.events)
        if self.index_ids == []:
            given["index_ids"] = None
        return WebhookChanges.model_validate(given)


class Webhook(BaseModel):
    """A webhook. ``failure_count`` counts the failed attempts since the last success. ``disabled_reason``
    says why the server has disabled the webhook."""

    webhook_id: str
    name: str
    url: str
    events: list[str]
    index_ids: list[str] | None
    status: str
    failure_count: int
    last_failure_at: str | None
    last_success_at: str | None
    created_at: str
    updated_at: str
    metadata: dict[str, Any] | None
    disabled_reason: str | None
    previous_secret_until: str | None = Field(
        description="After a rotation: until when the previous secret signs too."
    )

    @classmethod
    def from_domain(cls, found: webhook.Webhook) -> Self:
        return cls.model_validate(found.model_dump(mode="json", include=set(Webhook.model_fields)))


class WebhookWithSecret(Webhook):
    """A new webhook with its secret, which verifies the signatures of deliveries."""

    secret: str

    @classmethod
    def of(cls, created: CreatedWebhook) -> Self:
        shown = Webhook.from_domain(created.webhook)
        return cls(**shown.model_dump(), secret=created.secret)


class RotateSecretResponse(BaseModel):
    """The new secret. The previous one signs ``webhook-signature`` too for another 24 hours."""

    webhook_id: str
    new_secret: str


class WebhookTestResponse(BaseModel):
    """The outcome of a test delivery. ``status_code`` is null if no answer came."""

    success: bool
    status_code: int | None
    error: str | None

    @classmethod
    def of(cls, outcome: TrialOutcome) -> Self:
        return cls(success=outcome.success, status_code=outcome.status_code, error=outcome.error)


class WebhookDelivery(BaseModel):
    """The delivery of one event to one webhook. ``response_body`` is the first kilobyte of the receiver's
    last answer."""

    delivery_id: str
    webhook_id: str
    event_type: str
    event_id: str
    status: str
    attempts: int
    last_attempt_at: str | None
    next_retry_at: str | None
    response_status_code: int | None
    response_body: str | None
    error_message: str | None
    created_at: str
    completed_at: str | None
    payload: dict[str, Any] | None = Field(
        None,
        description="The body that is sent; null in lists, and once the event is no longer in the event log.",
    )

    @classmethod
    def from_domain(cls, found: delivery.Delivery) -> Self:
        return cls.model_validate(found.model_dump(mode="json", include=set(WebhookDelivery.model_fields)))

    @classmethod
    def of(cls, view: DeliveryView) -> Self:
        return cls.from_domain(view.delivery).model_copy(update={"payload": view.payload})


class ReplayRequest(BaseModel):
    """A range of times, both included, to replay events of. A time without an offset is UTC. Without ``to``,
    the range ends now. ``cursor`` goes on where the previous request of the same range ended."""

    model_config = ConfigDict(populate_by_name=True)

    start: datetime = Field(alias="from")
    end: datetime | None = Field(None, alias="to")
    cursor: Annotated[str, StringConstraints(max_length=4096)] | None = None

    def times(self, now: datetime) -> TimeRange:
        """Raises: InvalidRequest: the range is empty, older than the event log, or in the future."""
        return TimeRange.of(_utc(self.start), _utc(self.end) if self.end else now, now)


class ReplayResponse(BaseModel):
    """The number of deliveries that the request has queued.

    If ``has_more``, the range has further events: send the request again with ``next_cursor`` as ``cursor``,
    and with ``to`` as in this answer.
    """

    webhook_id: str
    deliveries: int
    to: str
    has_more: bool
    next_cursor: str | None


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

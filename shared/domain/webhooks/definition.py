"""What a client defines of a webhook, and the rules for it."""

import json
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from shared.domain.errors import InvalidRequest
from shared.domain.events.catalogue import WEBHOOK_EVENTS
from shared.domain.events.types import EventType
from shared.domain.webhooks.webhook import Webhook, WebhookStatus

MAX_NAME_CHARACTERS: Final = 100
MAX_URL_CHARACTERS: Final = 2048
MAX_INDEX_IDS: Final = 100
MAX_METADATA_BYTES: Final = 16 * 1024
"""Bytes of the metadata as compact JSON in UTF-8. Every delivery carries them."""
MAX_METADATA_DEPTH: Final = 16


class WebhookDefinition(BaseModel):
    """The fields of a new webhook. ``index_ids`` None: the events of all indexes."""

    model_config = ConfigDict(frozen=True)

    name: str
    url: str
    events: list[EventType]
    index_ids: list[str] | None = None
    metadata: dict[str, Any] | None = None

    def check(self) -> None:
        """Raises: InvalidRequest: a field breaks a rule."""
        _check_name(self.name)
        _check_url(self.url)
        _check_index_ids(self.index_ids)
        _check_metadata(self.metadata)


class WebhookChanges(BaseModel):
    """New values of a webhook's fields. A field that is not set stays as it is. None clears ``index_ids`` and
    ``metadata``; the other fields cannot be None."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    url: str | None = None
    events: list[EventType] | None = None
    index_ids: list[str] | None = None
    status: WebhookStatus | None = None
    metadata: dict[str, Any] | None = None

    def check(self) -> None:
        """Raises: InvalidRequest: nothing is set, or a field breaks a rule."""
        if not self.model_fields_set:
            raise InvalidRequest("body", "must have at least one field to change")
        for field in sorted(self.model_fields_set - {"index_ids", "metadata"}):
            if getattr(self, field) is None:
                raise InvalidRequest(field, "must not be null; leave the field out to keep its value")
        if self.status is WebhookStatus.DISABLED:
            raise InvalidRequest("status", "must be active or paused; only the server disables a webhook")
        if self.name is not None:
            _check_name(self.name)
        if self.url is not None:
            _check_url(self.url)
        _check_index_ids(self.index_ids)
        _check_metadata(self.metadata)

    def applied(self, webhook: Webhook, moment: str) -> Webhook:
        """Return ``webhook`` with these changes, made at ``moment``.

        A webhook that becomes active loses the state of its failures, so that it is not disabled again for
        failures of the past.
        """
        changed = webhook.model_copy(
            update={field: getattr(self, field) for field in self.model_fields_set} | {"updated_at": moment},
            deep=True,
        )
        if self.status is WebhookStatus.ACTIVE and webhook.status is not WebhookStatus.ACTIVE:
            changed.disabled_reason = None
            changed.failure_count = 0
            changed.failing_since = None
        if changed.status is not WebhookStatus.DISABLED:
            changed.disabled_reason = None
        return changed


def webhook_events(names: Sequence[str]) -> list[EventType]:
    """Return the events that a webhook subscribes to, in the order of ``names``.

    Raises: InvalidRequest: there is none, a name is not an event for webhooks, or a name occurs twice.
    """
    allowed = {str(event): event for event in WEBHOOK_EVENTS}
    if not names:
        raise InvalidRequest("events", f"must name at least one event, of: {', '.join(allowed)}")
    for position, name in enumerate(names):
        if name not in allowed:
            raise InvalidRequest(f"events.{position}", f"must be one of: {', '.join(allowed)}")
        if name in names[:position]:
            raise InvalidRequest(f"events.{position}", f"must not repeat the event {name}")
    return [allowed[name] for name in names]


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS or not name.strip():
        raise InvalidRequest("name", f"must have 1 to {MAX_NAME_CHARACTERS} characters, not only spaces")


def _check_url(url: str) -> None:
    """Check the length. The webhook sender checks the address."""
    if not 1 <= len(url) <= MAX_URL_CHARACTERS:
        raise InvalidRequest("url", f"must have 1 to {MAX_URL_CHARACTERS} characters")


def _check_index_ids(index_ids: Sequence[str] | None) -> None:
    if index_ids is None:
        return
    if not 1 <= len(index_ids) <= MAX_INDEX_IDS:
        rule = f"must name 1 to {MAX_INDEX_IDS} indexes; use null for the events of all indexes"
        raise InvalidRequest("index_ids", rule)
    if len(set(index_ids)) < len(index_ids):
        raise InvalidRequest("index_ids", "must not repeat an index")


def _check_metadata(metadata: dict[str, Any] | None) -> None:
    if metadata is None:
        return
    if _depth(metadata) > MAX_METADATA_DEPTH:
        raise InvalidRequest("metadata", f"must not be nested deeper than {MAX_METADATA_DEPTH} levels")
    size = len(json.dumps(metadata, separators=(",", ":"), ensure_ascii=False).encode())
    if size > MAX_METADATA_BYTES:
        rule = f"must have at most {MAX_METADATA_BYTES} bytes as JSON; it has {size}"
        raise InvalidRequest("metadata", rule)


def _depth(value: Any) -> int:
    """Return the number of nested objects and arrays. A JSON body has at most 100 levels."""
    match value:
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case list():
            return 1 + max(map(_depth, value), default=0)
        case _:
            return 0

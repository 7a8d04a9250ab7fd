"""News of what happened, for whoever wants to know: webhooks, a live view, EventBridge on AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Event:
    """``type`` is dotted, such as ``prompt_run.completed``; ``data`` is JSON: ids and states."""

    event_id: str
    type: str
    tenant_id: str
    data: Mapping[str, Any]
    occurred_at: str


class Events(Protocol):
    def publish(self, event_type: str, tenant_id: str, data: Mapping[str, Any]) -> None:
        """Tell everyone who listens. What a listener does wrong never reaches the caller."""
        ...

"""The catalogue of events: name, payload, time. ``docs/events.md`` is generated from it."""

from dataclasses import dataclass
from typing import Final

from shared.domain.events.event import EventPayload
from shared.domain.events.payloads import (
    ConnectorPayload,
    DeletionPayload,
    ExportPayload,
    ImportJobPayload,
    MediaPayload,
    MediaProcessingPayload,
    PromptRunPayload,
    SearchMatchPayload,
    SegmentPayload,
    SegmentRetryPayload,
    WebhookPayload,
)
from shared.domain.events.types import EventType


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event. ``when`` completes the sentence "It occurs when ...".

    ``for_webhooks``: webhooks can subscribe to it. The live stream has every event.
    """

    event_type: EventType
    payload: type[EventPayload]
    when: str
    for_webhooks: bool = False


def _told(event_type: EventType, payload: type[EventPayload], when: str) -> EventKind:
    return EventKind(event_type, payload, when, for_webhooks=True)


CATALOGUE: Final = (
    _told(EventType.MEDIA_CREATED, MediaPayload, "an import has registered a medium"),
    _told(EventType.MEDIA_PROCESSING_STARTED, MediaProcessingPayload, "a run starts to process a medium"),
    _told(
        EventType.MEDIA_PROCESSING_COMPLETED,
        MediaProcessingPayload,
        "a run has processed a medium, with or without failures of single segments",
    ),
    _told(
        EventType.MEDIA_PROCESSING_FAILED,
        MediaProcessingPayload,
        "a run could not process a medium, whether or not it had started",
    ),
    _told(EventType.PROMPT_RUN_STARTED, PromptRunPayload, "a run starts to work"),
    _told(EventType.PROMPT_RUN_COMPLETED, PromptRunPayload, "a run has ended without failures"),
    _told(EventType.PROMPT_RUN_FAILED, PromptRunPayload, "a run has ended without any result"),
    _told(
        EventType.PROMPT_RUN_CANCELLED,
        PromptRunPayload,
        "a run has ended because it was cancelled; its cancelled media have no event of their own",
    ),
    _told(EventType.PROMPT_RUN_PARTIAL_COMPLETED, PromptRunPayload, "a run has ended with some failures"),
    _told(
        EventType.PROMPT_RUN_PROGRESS,
        PromptRunPayload,
        "the counters of a run at work change, at most once a second",
    ),
    _told(EventType.EXPORT_READY, ExportPayload, "an export is ready"),
    _told(EventType.EXPORT_FAILED, ExportPayload, "an export has failed"),
    _told(EventType.IMPORT_JOB_STARTED, ImportJobPayload, "an import job starts to work"),
    _told(EventType.IMPORT_JOB_COMPLETED, ImportJobPayload, "an import job has ended without failures"),
    _told(EventType.IMPORT_JOB_FAILED, ImportJobPayload, "an import job has ended without any medium"),
    _told(
        EventType.IMPORT_JOB_PARTIAL_COMPLETED, ImportJobPayload, "an import job has ended with some failures"
    ),
    _told(
        EventType.IMPORT_JOB_PROGRESS,
        ImportJobPayload,
        "the phase or the counters of an import job at work change, at most once a second",
    ),
    _told(
        EventType.SEARCH_MATCHED,
        SearchMatchPayload,
        "segments of a finished run match a saved search, once for each search and run",
    ),
    EventKind(
        EventType.MEDIA_UPDATED,
        MediaPayload,
        "the status of a medium changes otherwise: the run that was processing it is cancelled, or the retry "
        "of a segment changes its outcome",
    ),
    EventKind(EventType.SEGMENT_PROCESSED, SegmentPayload, "a run has stored the result of a segment"),
    EventKind(EventType.SEGMENT_RETRIED, SegmentRetryPayload, "the retry of a segment has ended"),
    EventKind(EventType.DELETION_STARTED, DeletionPayload, "the deletion of an index or a medium starts"),
    EventKind(EventType.DELETION_COMPLETED, DeletionPayload, "an index or a medium has been erased"),
    EventKind(EventType.CONNECTOR_CREATED, ConnectorPayload, "a connector is created"),
    EventKind(EventType.CONNECTOR_UPDATED, ConnectorPayload, "a connector or its credentials change"),
    EventKind(EventType.CONNECTOR_TESTED, ConnectorPayload, "a connector has been tested"),
    EventKind(EventType.CONNECTOR_DELETED, ConnectorPayload, "a connector is deleted"),
    EventKind(EventType.WEBHOOK_DISABLED, WebhookPayload, "a webhook is disabled after sustained failure"),
)
"""Every event, in the order of the documentation."""

WEBHOOK_EVENTS: Final = tuple(kind.event_type for kind in CATALOGUE if kind.for_webhooks)
"""The 17 events that the public contract names for webhooks, then ``search.matched``, an addition."""

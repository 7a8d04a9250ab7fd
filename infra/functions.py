"""Specifications of all Lambda functions: handler, layer, capabilities, memory and timeout."""

from dataclasses import dataclass
from typing import Final

from infra.function_limits import (
    ALERTS_TIMEOUT_SECONDS,
    ANNOUNCEMENT_TIMEOUT_SECONDS,
    API_TIMEOUT_SECONDS,
    AUTOMATION_EXPORTS_TIMEOUT_SECONDS,
    AUTOMATION_RUNS_TIMEOUT_SECONDS,
    DUE_WORK_TIMEOUT_SECONDS,
    EMBEDDING_TIMEOUT_SECONDS,
    FAN_OUT_TIMEOUT_SECONDS,
    LISTING_TIMEOUT_SECONDS,
    UPLOADS_TIMEOUT_SECONDS,
)
from infra.permissions import Capability

API: Final = "api"
PIPELINE: Final = "pipeline"
EVENTS: Final = "events"
MODELS: Final = "models"

_WHOLE_RUN_MIB: Final = 1536
"""Memory of a function that holds the state of every medium of a run: up to 11 KiB each, for about 100,000
media."""

_RUN_TABLE_DISK_MIB: Final = 2048
"""Disk of the function that builds run tables: the file and the copy that is stored, of about 100 MB each, up
to ten times as large with long results. A run whose table does not fit ends without it."""

_MAX_TIMEOUT_SECONDS: Final = 900
"""Lambda's longest function timeout (AWS Lambda: "Configure Lambda function timeout")."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One Lambda function. ``layer`` is the folder under ``layers`` with its packages."""

    kind: str
    name: str
    layer: str
    capabilities: frozenset[Capability]
    memory_mib: int
    timeout_seconds: int
    disk_mib: int = 512

    @property
    def module(self) -> str:
        return f"functions.{self.kind}.{self.name}.handler"

    @property
    def handler(self) -> str:
        return f"{self.module}.handler"

    @property
    def title(self) -> str:
        """Part of the function's name and of its construct id."""
        return f"{self.kind}-{self.name}".replace("_", "-")


def _resource(
    name: str, *capabilities: Capability, memory_mib: int = 1024, layer: str = "api"
) -> FunctionSpec:
    """Specify the function of one API resource.

    Lambda gives one full vCPU at 1,769 MiB; importing the modules takes less than half a second of one vCPU.
    """
    granted = frozenset({Capability.READ_RECORDS, Capability.MARK_KEYS_USED, *capabilities})
    if Capability.WRITE_RECORDS in granted:
        granted -= {Capability.MARK_KEYS_USED}
    return FunctionSpec(API, name, layer, granted, memory_mib, API_TIMEOUT_SECONDS)


def _step(
    name: str,
    *capabilities: Capability,
    memory_mib: int = 512,
    timeout_seconds: int = 60,
    disk_mib: int = 512,
) -> FunctionSpec:
    granted = frozenset({Capability.READ_RECORDS, Capability.WRITE_RECORDS, *capabilities})
    return FunctionSpec(PIPELINE, name, "steps", granted, memory_mib, timeout_seconds, disk_mib)


def _run_step(name: str, *capabilities: Capability, disk_mib: int = 512) -> FunctionSpec:
    """Specify a step that may write records for every medium of a run.

    With tens of thousands of media, the step takes minutes.
    """
    return _step(
        name,
        *capabilities,
        memory_mib=_WHOLE_RUN_MIB,
        timeout_seconds=_MAX_TIMEOUT_SECONDS,
        disk_mib=disk_mib,
    )


def _event(
    name: str,
    *capabilities: Capability,
    memory_mib: int = 512,
    timeout_seconds: int,
    layer: str = "steps",
) -> FunctionSpec:
    granted = frozenset({Capability.READ_RECORDS, Capability.WRITE_RECORDS, *capabilities})
    return FunctionSpec(EVENTS, name, layer, granted, memory_mib, timeout_seconds)


def _dispatch(
    name: str, *capabilities: Capability, memory_mib: int = 512, timeout_seconds: int = 60
) -> FunctionSpec:
    """Specify a function between the table and the queues, with no more than the given capabilities."""
    return FunctionSpec(EVENTS, name, "steps", frozenset(capabilities), memory_mib, timeout_seconds)


RESOURCES: Final = (
    _resource("auth"),
    _resource("console", Capability.WRITE_RECORDS),
    _resource("indexes", Capability.WRITE_RECORDS),
    _resource(
        "videos",
        Capability.WRITE_RECORDS,
        Capability.SIGN_CURSORS,
        Capability.READ_MEDIA,
        Capability.STORE_IMPORTS,
        Capability.START_INGEST,
    ),
    _resource(
        "uploads",
        Capability.WRITE_RECORDS,
        Capability.SIGN_UPLOADS,
        Capability.START_INGEST,
        Capability.SIGN_CURSORS,
    ),
    _resource(
        "automations",
        Capability.WRITE_RECORDS,
        Capability.ANNOUNCE_WORK,
        Capability.NAME_LANGUAGE_MODEL,
        Capability.WATCH_BUCKETS,
    ),
    _resource("playground", Capability.SIGN_CURSORS, Capability.LINK_MEDIA),
    _resource("deletions", Capability.WRITE_RECORDS, Capability.START_DELETION),
    _resource("import_jobs", Capability.WRITE_RECORDS, Capability.SIGN_CURSORS, Capability.START_INGEST),
    _resource("processing", Capability.WRITE_RECORDS),
    _resource("markers", Capability.WRITE_RECORDS, Capability.SIGN_CURSORS),
    _resource(
        "connectors",
        Capability.WRITE_RECORDS,
        Capability.SEAL_SECRETS,
        Capability.OPEN_STORES,
        Capability.ASSUME_ROLES,
        layer="connectors",
    ),
    _resource(
        "system",
        Capability.READ_MEDIA,
        Capability.SEARCH,
        Capability.EMBED_QUERIES,
        Capability.NAME_LANGUAGE_MODEL,
    ),
    _resource(
        "editing",
        Capability.WRITE_RECORDS,
        Capability.READ_MEDIA,
        Capability.SEND_WORK,
        Capability.ERASE_CLIPS,
    ),
    _resource(
        "exports",
        Capability.WRITE_RECORDS,
        Capability.SEND_WORK,
        Capability.READ_EXPORTS,
        Capability.SIGN_EXPORT_LINKS,
    ),
    _resource("prompts", Capability.WRITE_RECORDS, Capability.ASK_LANGUAGE_MODEL),
    _resource(
        "prompt_runs",
        Capability.WRITE_RECORDS,
        Capability.SIGN_CURSORS,
        Capability.LINK_MEDIA,
        Capability.START_PROMPT_RUN,
        Capability.START_SEGMENT_RETRY,
        Capability.NAME_LANGUAGE_MODEL,
    ),
    _resource(
        "webhooks",
        Capability.WRITE_RECORDS,
        Capability.SIGN_CURSORS,
        Capability.SEAL_SECRETS,
        Capability.ANNOUNCE_WORK,
        Capability.SEND_WEBHOOKS,
    ),
    _resource(
        "search",
        Capability.SIGN_CURSORS,
        Capability.LINK_MEDIA,
        Capability.SEARCH,
        Capability.EMBED_QUERIES,
    ),
    _resource(
        "saved_searches",
        Capability.WRITE_RECORDS,
        Capability.SIGN_CURSORS,
        Capability.SEARCH,
        Capability.EMBED_QUERIES,
    ),
    _resource(
        "workflow",
        Capability.WRITE_RECORDS,
        Capability.SIGN_CURSORS,
        Capability.LINK_MEDIA,
        Capability.STORE_IMPORTS,
        Capability.START_INGEST,
        Capability.START_PROMPT_RUN,
        Capability.ASK_LANGUAGE_MODEL,
        Capability.SEARCH,
        Capability.EMBED_QUERIES,
    ),
)
"""API functions, one per folder of routes; ``infra.routes`` maps routes to them."""

QUERY_EMBEDDING: Final = FunctionSpec(
    MODELS, "query_embedding", "models", frozenset(), 2048, EMBEDDING_TIMEOUT_SECONDS
)
"""The query embedding function. It may only write its log; callers send it the queries."""

STEPS: Final = (
    _run_step("plan"),
    _run_step("begin_shard"),
    _run_step("shard_failed"),
    _run_step("finish", Capability.KEEP_RUN_TABLES, disk_mib=_RUN_TABLE_DISK_MIB),
    _step("import_workers", Capability.COUNT_IMPORTS),
    _step("complete"),
    _run_step("give_up", Capability.REMOVE_LEFT_OVERS),
    _step(
        "deletion",
        Capability.ERASE_MEDIA,
        Capability.ERASE_EXPORTS,
        Capability.FORGET_DOCUMENTS,
        timeout_seconds=300,
    ),
)
"""Lambda tasks of the state machines; ``functions/pipeline/README.md`` describes them."""

UPLOADS: Final = _event(
    "uploads", Capability.TAKE_IN_DROPS, Capability.START_INGEST, timeout_seconds=UPLOADS_TIMEOUT_SECONDS
)
IMPORT_LISTING: Final = _event(
    "import_listing",
    Capability.START_INGEST,
    Capability.READ_SECRETS,
    Capability.OPEN_STORES,
    Capability.ASSUME_ROLES,
    memory_mib=1024,
    timeout_seconds=LISTING_TIMEOUT_SECONDS,
    layer="connectors",
)
JOB_SWEEPER: Final = _event(
    "job_sweeper",
    Capability.REMOVE_LEFT_OVERS,
    Capability.RESUME_JOBS,
    memory_mib=_WHOLE_RUN_MIB,
    timeout_seconds=240,
)

DISPATCHER: Final = _dispatch("dispatcher", Capability.READ_EVENT_FEED, Capability.PUBLISH_EVENTS)
WEBHOOK_FAN_OUT: Final = _event(
    "webhook_fan_out", Capability.ANNOUNCE_WORK, timeout_seconds=FAN_OUT_TIMEOUT_SECONDS
)
SAVED_SEARCH_ALERTS: Final = _event(
    "saved_search_alerts",
    Capability.SEARCH,
    Capability.EMBED_QUERIES,
    timeout_seconds=ALERTS_TIMEOUT_SECONDS,
)
AUTOMATION_RUNS: Final = _event(
    "automation_runs",
    Capability.START_PROMPT_RUN,
    Capability.NAME_LANGUAGE_MODEL,
    timeout_seconds=AUTOMATION_RUNS_TIMEOUT_SECONDS,
)
AUTOMATION_EXPORTS: Final = _event(
    "automation_exports", Capability.SEND_WORK, timeout_seconds=AUTOMATION_EXPORTS_TIMEOUT_SECONDS
)
OBJECT_ANNOUNCEMENTS: Final = _event(
    "object_announcements", Capability.ANNOUNCE_WORK, timeout_seconds=ANNOUNCEMENT_TIMEOUT_SECONDS
)
DUE_WORK: Final = _event(
    "due_work",
    Capability.ANNOUNCE_WORK,
    Capability.READ_SECRETS,
    Capability.SEND_WEBHOOKS,
    Capability.OPEN_STORES,
    Capability.ASSUME_ROLES,
    Capability.START_INGEST,
    Capability.START_PROMPT_RUN,
    Capability.NAME_LANGUAGE_MODEL,
    Capability.ERASE_CLIPS,
    Capability.ERASE_EXPORTS,
    memory_mib=1024,
    timeout_seconds=DUE_WORK_TIMEOUT_SECONDS,
    layer="connectors",
)
DUE_SWEEPER: Final = _dispatch(
    "due_sweeper",
    Capability.READ_RECORDS,
    Capability.ANNOUNCE_WORK,
    memory_mib=1024,
    timeout_seconds=55,
)
"""A sweep at its bound of 40,000 records takes 9 s of one vCPU, of which 1 GiB has 0.58: measured, 1.9 ms for
ten announcements and 0.02 ms to read a record. It waits about 30 s for SQS (assumption: 8 ms a request)."""

NOTIFICATIONS: Final = (
    DISPATCHER,
    WEBHOOK_FAN_OUT,
    SAVED_SEARCH_ALERTS,
    AUTOMATION_RUNS,
    AUTOMATION_EXPORTS,
    OBJECT_ANNOUNCEMENTS,
    DUE_WORK,
    DUE_SWEEPER,
)
"""Functions of events and of due work: from the event log to its consumers and to the receivers of webhooks,
and from new objects to the automations that import them."""

FUNCTIONS: Final = (*RESOURCES, QUERY_EMBEDDING, *STEPS, UPLOADS, IMPORT_LISTING, JOB_SWEEPER, *NOTIFICATIONS)

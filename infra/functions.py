"""Every function that is deployed: where its handler is, what it brings along and what it may do."""

from dataclasses import dataclass
from typing import Final

from infra.permissions import Capability

API: Final = "api"
PIPELINE: Final = "pipeline"
EVENTS: Final = "events"
MODELS: Final = "models"

API_TIMEOUT_SECONDS: Final = 29
"""API Gateway waits for 30 seconds at most."""

EMBEDDING_TIMEOUT_SECONDS: Final = 11
"""Who searches waits 12 seconds for an answer, twice at most (``shared.adapters.aws.clients``)."""

UPLOADS_TIMEOUT_SECONDS: Final = 900
"""A copy of more than 5 GB inside S3 is made in parts."""

_WHOLE_RUN_MIB: Final = 1536
"""Of a function that holds the state of each medium of a run, 11 KiB at worst: some 100,000 of them."""

_LONGEST_SECONDS: Final = 900
"""The most that Lambda lets a function have (AWS Lambda: "Configure Lambda function timeout")."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """``layer`` is the folder below ``layers`` whose packages it runs with."""

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
        """As a part of the function's name and of its construct."""
        return f"{self.kind}-{self.name}".replace("_", "-")


def _resource(name: str, *capabilities: Capability, memory_mib: int = 1024) -> FunctionSpec:
    """A whole virtual CPU comes with 1,769 MiB; an import takes less than half a second of it."""
    wanted = frozenset({Capability.READ_RECORDS, Capability.MARK_KEYS_USED, *capabilities})
    if Capability.WRITE_RECORDS in wanted:
        wanted -= {Capability.MARK_KEYS_USED}
    return FunctionSpec(API, name, "api", wanted, memory_mib, API_TIMEOUT_SECONDS)


def _step(
    name: str, *capabilities: Capability, memory_mib: int = 512, timeout_seconds: int = 60
) -> FunctionSpec:
    wanted = frozenset({Capability.READ_RECORDS, Capability.WRITE_RECORDS, *capabilities})
    return FunctionSpec(PIPELINE, name, "steps", wanted, memory_mib, timeout_seconds)


def _run_step(name: str, *capabilities: Capability) -> FunctionSpec:
    """It may write some records of each medium of a run: minutes, where there are tens of thousands."""
    return _step(name, *capabilities, memory_mib=_WHOLE_RUN_MIB, timeout_seconds=_LONGEST_SECONDS)


def _event(name: str, *capabilities: Capability, memory_mib: int = 512, timeout_seconds: int) -> FunctionSpec:
    wanted = frozenset({Capability.READ_RECORDS, Capability.WRITE_RECORDS, *capabilities})
    return FunctionSpec(EVENTS, name, "steps", wanted, memory_mib, timeout_seconds)


RESOURCES: Final = (
    _resource("auth"),
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
    _resource("playground", Capability.SIGN_CURSORS, Capability.LINK_MEDIA),
    _resource("deletions", Capability.WRITE_RECORDS, Capability.START_DELETION),
    _resource("import_jobs", Capability.SIGN_CURSORS),
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
        "search",
        Capability.SIGN_CURSORS,
        Capability.LINK_MEDIA,
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
"""One for each folder of routes; see ``infra.routes``."""

QUERY_EMBEDDING: Final = FunctionSpec(
    MODELS, "query_embedding", "models", frozenset(), 2048, EMBEDDING_TIMEOUT_SECONDS
)
"""It may do nothing but write its log: whoever embeds queries sends them along."""

STEPS: Final = (
    _run_step("plan"),
    _run_step("begin_shard"),
    _run_step("shard_failed"),
    _run_step("finish"),
    _step("complete"),
    _run_step("give_up", Capability.REMOVE_LEFT_OVERS),
    _step("deletion", Capability.ERASE_MEDIA, Capability.FORGET_DOCUMENTS, timeout_seconds=300),
)
"""Lambda tasks of the state machines; see ``functions/pipeline/README.md``."""

UPLOADS: Final = _event(
    "uploads", Capability.TAKE_IN_DROPS, Capability.START_INGEST, timeout_seconds=UPLOADS_TIMEOUT_SECONDS
)
JOB_SWEEPER: Final = _event(
    "job_sweeper",
    Capability.REMOVE_LEFT_OVERS,
    Capability.RESUME_JOBS,
    memory_mib=_WHOLE_RUN_MIB,
    timeout_seconds=240,
)

FUNCTIONS: Final = (*RESOURCES, QUERY_EMBEDDING, *STEPS, UPLOADS, JOB_SWEEPER)

INGRESS_TITLE: Final = "ingress"
INGRESS_CAPABILITIES: Final = frozenset(
    {
        Capability.READ_RECORDS,
        Capability.WRITE_RECORDS,
        Capability.SIGN_CURSORS,
        Capability.STORE_IMPORTS,
        Capability.START_INGEST,
    }
)
"""What two routes of ``videos`` and ``workflow`` need."""

WORKER_CAPABILITIES: Final = frozenset(
    {
        Capability.READ_RECORDS,
        Capability.WRITE_RECORDS,
        Capability.WORK_ON_MEDIA,
        Capability.INDEX_DOCUMENTS,
        Capability.ASK_LANGUAGE_MODEL,
    }
)

"""Capabilities of functions and containers, and the resources that they are granted on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Capability(StrEnum):
    """A set of operations that a principal may perform. The value is the ``Sid`` of its IAM statement."""

    READ_RECORDS = "ReadRecords"
    MARK_KEYS_USED = "MarkKeysUsed"
    WRITE_RECORDS = "WriteRecords"
    SIGN_CURSORS = "SignCursors"
    SIGN_EXPORT_LINKS = "SignExportLinks"
    NAME_LANGUAGE_MODEL = "NameLanguageModel"
    """Receive the language model's name as a setting. It grants no permission to call the model."""
    ASK_LANGUAGE_MODEL = "AskLanguageModel"
    LINK_MEDIA = "LinkMedia"
    READ_MEDIA = "ReadMedia"
    STORE_IMPORTS = "StoreImports"
    SIGN_UPLOADS = "SignUploads"
    TAKE_IN_DROPS = "TakeInDrops"
    REMOVE_LEFT_OVERS = "RemoveLeftOvers"
    ERASE_MEDIA = "EraseMedia"
    WORK_ON_MEDIA = "WorkOnMedia"
    ERASE_CLIPS = "EraseClips"
    READ_EXPORTS = "ReadExports"
    ERASE_EXPORTS = "EraseExports"
    KEEP_RUN_TABLES = "KeepRunTables"
    SEARCH = "Search"
    EMBED_QUERIES = "EmbedQueries"
    FORGET_DOCUMENTS = "ForgetDocuments"
    INDEX_DOCUMENTS = "IndexDocuments"
    START_INGEST = "StartIngest"
    SEND_WORK = "SendWork"
    """Send exports and clips to the workers."""
    START_PROMPT_RUN = "StartPromptRun"
    START_SEGMENT_RETRY = "StartSegmentRetry"
    START_DELETION = "StartDeletion"
    RESUME_JOBS = "ResumeJobs"
    READ_EVENT_FEED = "ReadEventFeed"
    PUBLISH_EVENTS = "PublishEvents"
    ANNOUNCE_WORK = "AnnounceWork"
    SEND_WEBHOOKS = "SendWebhooks"
    """Receive the operator's hosts for webhooks as a setting. It grants no permission."""
    OPEN_STORES = "OpenStores"
    """Receive the operator's addresses of stores as settings. It grants no permission."""
    WATCH_BUCKETS = "WatchBuckets"
    """Receive the names of the watched buckets as a setting. It grants no permission."""
    TAKE_IMPORTS = "TakeImports"
    COUNT_IMPORTS = "CountImports"
    SEAL_SECRETS = "SealSecrets"
    READ_SECRETS = "ReadSecrets"
    ASSUME_ROLES = "AssumeRoles"


STARTED_WORKFLOWS: Final = {
    Capability.START_INGEST: "ingest",
    Capability.SEND_WORK: "ingest",
    Capability.START_PROMPT_RUN: "prompt_run",
    Capability.START_SEGMENT_RETRY: "segment_retry",
    Capability.START_DELETION: "deletion",
}
"""The workflow that each capability starts."""


@dataclass(frozen=True, slots=True)
class Targets:
    """ARNs of the resources that permissions are granted on."""

    region: str
    table: str
    bucket: str
    key: str
    secrets: str
    """Common prefix of the ARNs of all secrets, up to the secret's own name."""
    state_machines: dict[str, str]
    """State machine of each workflow."""
    executions: dict[str, str]
    """ARN pattern of all executions of each workflow."""
    event_stream: str
    """Stream of the table."""
    event_topic: str
    due_work: str
    """Queue of due work."""
    import_batches: str
    """Queue of jobs for workers: batches of files to import, exports and clips."""
    import_listings: str
    """Queue of imports whose store is to be listed."""
    connector_roles: str
    """ARN pattern of the roles, of any account, that users name in connectors."""
    query_embedding: str
    llm_key: str | None
    """Secret with the language model's API key. None: there is no model, or it needs no key."""
    search: str | None
    """The search engine. None: the engine does not use AWS credentials."""
    search_service: str
    search_indexes: str
    """Prefix of every index name."""

    @property
    def import_queues(self) -> list[str]:
        return [self.import_batches, self.import_listings]

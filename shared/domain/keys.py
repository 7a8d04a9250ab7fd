"""Keys of records: the partition and sort key of every kind.

A partition holds the records that one request may list; the sort key orders them. Every partition key
starts with the tenant, except those of API keys, sign-in tickets, stream tickets, jobs, due work, watched
buckets, events that a consumer could not take, the embedding spaces of search and the format of the archive,
so no query can reach the records of another tenant. Pointer records, such as the runs of an index or of a
medium, limit the cost of a page to one query and one batch read.
"""

from typing import Final, NamedTuple


class Key(NamedTuple):
    partition: str
    sort: str


def archive_format() -> Key:
    """The format version of the records."""
    return Key("archive", "format")


def archive_upgrade() -> Key:
    """The lock of the process that upgrades the records."""
    return Key("archive", "upgrade")


def archive_move() -> Key:
    """The progress of the move that brings the records here."""
    return Key("archive", "move")


def api_key(secret_hash: str) -> Key:
    """An API key, by the SHA-256 of its secret, so authentication costs one read."""
    return Key(f"api-key#{secret_hash}", "api-key")


def api_key_listing(tenant: str, key_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#api-keys", key_id)


def sign_in_ticket(ticket_hash: str) -> Key:
    """A ticket for signing in to the console, by the SHA-256 of its secret."""
    return Key(f"sign-in-ticket#{ticket_hash}", "sign-in-ticket")


def index(tenant: str, index_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#indexes", index_id)


def deleting_indexes(tenant: str) -> Key:
    """The indexes that are being deleted. Reads of a medium also read it, to hide media of those indexes."""
    return Key(f"tenant#{tenant}#deleting-indexes", "deleting-indexes")


def index_name(tenant: str, name: str) -> Key:
    """The index that an ``index_name`` refers to in the simplified workflow."""
    return Key(f"tenant#{tenant}#index-names", name)


def index_guard(tenant: str) -> Key:
    """A record that changes with each new index, so concurrent creations of one tenant conflict."""
    return Key(f"tenant#{tenant}#guards", "indexes")


def connector_guard(tenant: str) -> Key:
    """A record that changes with each new connector, so concurrent creations of one tenant conflict."""
    return Key(f"tenant#{tenant}#guards", "connectors")


def saved_search_guard(tenant: str) -> Key:
    """A record that changes with each new saved search, so concurrent creations of one tenant conflict."""
    return Key(f"tenant#{tenant}#guards", "saved-searches")


def marker_total(tenant: str) -> Key:
    """The number of markers. Each new marker changes it, so concurrent creations of one tenant conflict."""
    return Key(f"tenant#{tenant}#guards", "markers")


def playground_size(tenant: str) -> Key:
    """The number of media that belong to no index."""
    return Key(f"tenant#{tenant}#guards", "playground-size")


def media(tenant: str, media_id: str) -> Key:
    return Key(f"tenant#{tenant}#media#{media_id}", "media")


def run_card(tenant: str, media_id: str) -> Key:
    """The newest runs of a medium, as the API returns them."""
    return Key(f"tenant#{tenant}#media#{media_id}", "runs")


def segment_states(tenant: str, media_id: str) -> Key:
    """The states of a medium's segments in its newest run."""
    return Key(f"tenant#{tenant}#media#{media_id}", "segment-states")


def index_media(tenant: str, index_id: str | None, media_id: str = "") -> Key:
    """A medium in the list of its index. ``index_id`` None is the playground."""
    return Key(f"tenant#{tenant}#index-media#{index_id or 'playground'}", media_id)


def segment(tenant: str, media_id: str, recipe_fingerprint: str = "", ordinal: int | None = None) -> Key:
    """A segment of a medium, by recipe and ordinal. Without ``ordinal``: the prefix of a recipe."""
    tail = "" if ordinal is None else f"{ordinal:06d}"
    head = f"{recipe_fingerprint}#" if recipe_fingerprint else ""
    return Key(f"tenant#{tenant}#segments#{media_id}", f"{head}{tail}")


def content_reference(tenant: str, content_hash: str, media_id: str = "") -> Key:
    """A medium with this content hash. All media with the same hash share one analysis."""
    return Key(f"tenant#{tenant}#content#{content_hash}", media_id)


def clip(tenant: str, media_id: str = "", clip_id: str = "") -> Key:
    """A clip of a medium. Without ``clip_id``: the prefix of the medium's clips; without ``media_id``: of
    the tenant's."""
    return Key(f"tenant#{tenant}#clips", f"{media_id}#{clip_id}" if media_id else "")


def marker(tenant: str, marker_id: str = "") -> Key:
    """A marker in the tenant's list."""
    return Key(f"tenant#{tenant}#markers", marker_id)


def target_markers(tenant: str, holder_id: str, target: str = "") -> Key:
    """The markers of one target. ``holder_id`` is the medium that the target belongs to, or the run that is
    the target; ``target`` is the type and the id of the target."""
    return Key(f"tenant#{tenant}#target-markers#{holder_id}", target)


def prompt(tenant: str, prompt_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#prompts", prompt_id)


def prompt_run(tenant: str, run_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#runs", run_id)


def index_run(tenant: str, index_id: str | None, run_id: str = "") -> Key:
    """Pointer: a run over media of an index (None: the playground)."""
    return Key(f"tenant#{tenant}#index-runs#{index_id or 'playground'}", run_id)


def medium_state(tenant: str, run_id: str, media_id: str = "") -> Key:
    """The state of one medium in one run."""
    return Key(f"tenant#{tenant}#run-media#{run_id}", media_id)


def removed_media(tenant: str, run_id: str) -> Key:
    """The counters of a run over media that have been deleted since."""
    return Key(f"tenant#{tenant}#removed-media#{run_id}", "counters")


def medium_selection(tenant: str, run_id: str, media_id: str = "") -> Key:
    """The results of one medium in one run that satisfy the selection filter. It is deleted with the results
    of the medium."""
    return Key(f"tenant#{tenant}#selections#{run_id}", media_id)


def run_of_media(tenant: str, media_id: str, run_id: str = "") -> Key:
    """Pointer: a run over a medium."""
    return Key(f"tenant#{tenant}#media-runs#{media_id}", run_id)


def awaiting_run(tenant: str, job_id: str, run_id: str = "") -> Key:
    """Pointer: a run that waits for an import."""
    return Key(f"tenant#{tenant}#awaiting-runs#{job_id}", run_id)


def prompt_usage(tenant: str, prompt_id: str, run_id: str = "") -> Key:
    """Pointer: a run that used a prompt."""
    return Key(f"tenant#{tenant}#prompt-runs#{prompt_id}", run_id)


def segment_result(tenant: str, run_id: str, media_id: str, segment_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#results#{run_id}#{media_id}", f"segment#{segment_id}")


def video_result(tenant: str, run_id: str, media_id: str) -> Key:
    return Key(f"tenant#{tenant}#results#{run_id}#{media_id}", "video")


def call_of_medium(tenant: str, run_id: str, media_id: str, call_id: str = "") -> Key:
    """Pointer: a model call for a medium in a run. It is deleted with the results of the medium."""
    return Key(f"tenant#{tenant}#results#{run_id}#{media_id}", f"call#{call_id}")


def retries_of_segment(tenant: str, run_id: str, media_id: str, segment_id: str = "") -> Key:
    """The retries of a segment in a run. It is deleted with the results of the medium.

    Each new retry changes the record, so one of two concurrent retries meets a version conflict.
    """
    return Key(f"tenant#{tenant}#results#{run_id}#{media_id}", f"retry#{segment_id}")


def model_call(tenant: str, run_id: str, call_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#calls#{run_id}", call_id)


def segment_retry(tenant: str, run_id: str, retry_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#retries#{run_id}", retry_id)


def run_table_writer(tenant: str, run_id: str, token: str = "") -> Key:
    """A process that stores the table of a run. Deletions of the run's media wait for it."""
    return Key(f"tenant#{tenant}#run-table-writers#{run_id}", token)


def import_job(tenant: str, job_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#import-jobs", job_id)


def import_file(tenant: str, job_id: str, ordinal: int | None = None) -> Key:
    tail = "" if ordinal is None else f"{ordinal:06d}"
    return Key(f"tenant#{tenant}#import-files#{job_id}", tail)


def import_output(tenant: str, job_id: str, ordinal: int | None = None, part: int = 0) -> Key:
    tail = "" if ordinal is None else f"{ordinal:06d}#{part:04d}"
    return Key(f"tenant#{tenant}#import-outputs#{job_id}", tail)


def import_batch(tenant: str, job_id: str, number: int | None = None) -> Key:
    """A batch of files of an import job."""
    tail = "" if number is None else f"{number:06d}"
    return Key(f"tenant#{tenant}#import-batches#{job_id}", tail)


def imported_object(tenant: str, index_id: str | None, fingerprint: str = "") -> Key:
    """The version of an object that was imported into an index (None: the playground), by the SHA-256 of its
    store and its key."""
    return Key(f"tenant#{tenant}#imported-objects#{index_id or 'playground'}", fingerprint)


def upload_session(tenant: str, upload_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#uploads", upload_id)


def deletion(tenant: str, identifier: str) -> Key:
    """A deletion, by the id of its target. The record outlives the target."""
    return Key(f"tenant#{tenant}#deletions", identifier)


def idempotency(tenant: str, fingerprint: str) -> Key:
    return Key(f"tenant#{tenant}#idempotency", fingerprint)


def search_snapshot(tenant: str, search_id: str) -> Key:
    return Key(f"tenant#{tenant}#searches", search_id)


def search_spaces() -> Key:
    """The embedding spaces of the search index."""
    return Key("search-spaces", "live")


def job(job_id: str = "") -> Key:
    """A job request. All tenants share the partition."""
    return Key("jobs", job_id)


def import_worker(number: int | None = None) -> Key:
    """A place for a worker of the queue on AWS, of which as many run as there are places."""
    return Key("import-workers", "" if number is None else f"{number:03d}")


_EVENTS: Final = "#events"
"""End of the partition key of an event log. The event feed recognises events by it."""


def event(tenant: str, event_id: str = "") -> Key:
    """An event of the tenant's log, in the order of ids, which is not the order of commits."""
    return Key(f"tenant#{tenant}{_EVENTS}", event_id)


def is_event(key: Key) -> bool:
    """Return whether a record is an event."""
    return key.partition.endswith(_EVENTS)


def tenant_of_event(key: Key) -> str:
    """Return the tenant whose log has an event."""
    return key.partition.removeprefix("tenant#").removesuffix(_EVENTS)


def webhook(tenant: str, webhook_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#webhooks", webhook_id)


def webhook_guard(tenant: str) -> Key:
    """A record that changes with each new webhook, so concurrent creations of one tenant conflict."""
    return Key(f"tenant#{tenant}#guards", "webhooks")


def webhook_erasure(tenant: str, webhook_id: str) -> Key:
    """What is left to erase of a deleted webhook."""
    return Key(f"tenant#{tenant}#webhook-erasures", webhook_id)


def webhook_delivery(tenant: str, webhook_id: str, delivery_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#deliveries#{webhook_id}", delivery_id)


def connector(tenant: str, connector_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#connectors", connector_id)


def import_automation(tenant: str, index_id: str = "") -> Key:
    """The import automation of an index."""
    return Key(f"tenant#{tenant}#import-automations", index_id)


def export_automation(tenant: str, index_id: str = "") -> Key:
    """The export automation of an index."""
    return Key(f"tenant#{tenant}#export-automations", index_id)


def automation_import(tenant: str, index_id: str, job_id: str = "") -> Key:
    """An import that the automation of an index has started, until its run has started."""
    return Key(f"tenant#{tenant}#automation-imports#{index_id}", job_id)


def seen_objects(tenant: str, index_id: str, listing: str = "", number: int | None = None) -> Key:
    """Digests of the objects that a listing of an import automation has seen, in records of limited size."""
    tail = "" if number is None else f"{number:04d}"
    return Key(f"tenant#{tenant}#seen-objects#{index_id}", f"{listing}#{tail}" if listing else "")


def watched_bucket(bucket: str, tenant: str = "", index_id: str = "") -> Key:
    """Pointer: an import automation that the events of a bucket concern. All tenants share the partition."""
    return Key(f"watched-bucket#{bucket}", f"{tenant}#{index_id}" if tenant else "")


def export(tenant: str, export_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#exports", export_id)


def export_at_work(tenant: str, export_id: str = "") -> Key:
    """Pointer: an export that has not ended."""
    return Key(f"tenant#{tenant}#exports-at-work", export_id)


def export_guard(tenant: str) -> Key:
    """A record that changes with each new export, so concurrent creations of one tenant conflict."""
    return Key(f"tenant#{tenant}#guards", "exports")


def export_of_media(tenant: str, media_id: str, export_id: str = "") -> Key:
    """Pointer: an export that holds results of a medium. A deletion finds exports by it."""
    return Key(f"tenant#{tenant}#media-exports#{media_id}", export_id)


def saved_search(tenant: str, saved_search_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#saved-searches", saved_search_id)


def search_match(tenant: str, saved_search_id: str, run_id: str = "") -> Key:
    """The match of a saved search in a run."""
    return Key(f"tenant#{tenant}#search-matches#{saved_search_id}", run_id)


def match_of_media(tenant: str, media_id: str, saved_search_id: str = "", run_id: str = "") -> Key:
    """Pointer: the match of a saved search in a run, by a medium of it. A deletion finds matches by it."""
    tail = f"{saved_search_id}#{run_id}" if saved_search_id else ""
    return Key(f"tenant#{tenant}#media-matches#{media_id}", tail)


_SECRETS: Final = "#secrets"


def tenant_secret(tenant: str, name: str, version: str = "") -> Key:
    """A version of a sealed secret. Without ``version``: the prefix of all versions."""
    return Key(f"tenant#{tenant}{_SECRETS}", f"{name}#{version}")


def secret_of(key: Key) -> tuple[str, str, str] | None:
    """Return (tenant, name, version) for the key of a sealed secret, and None for any other key."""
    if not key.partition.endswith(_SECRETS):
        return None
    name, _, version = key.sort.partition("#")
    return key.partition.removeprefix("tenant#").removesuffix(_SECRETS), name, version


def stream_ticket(ticket_hash: str) -> Key:
    """A ticket for the live stream, by the SHA-256 of its secret."""
    return Key(f"stream-ticket#{ticket_hash}", "stream-ticket")


_DUE: Final = "due#"


def due(shard: int, moment_and_subject: str = "") -> Key:
    """Due work of all tenants, in the order of its time."""
    return Key(f"{_DUE}{shard}", moment_and_subject)


def is_due(key: Key) -> bool:
    """Return whether a record is due work."""
    return key.partition.startswith(_DUE)


def dead_letter(consumer: str, event_id: str = "") -> Key:
    """An event that a consumer of the event feed could not take."""
    return Key(f"dead-letters#{consumer}", event_id)

"""Where each kind of record lives: partition and sort key, in one place.

A partition is what one request may list; a sort key orders it. Everything but API keys, jobs, the
search's spaces and the archive's format lies under its tenant, so no query can reach another tenant's
records. Pointer records (an index's runs, a medium's runs) let a list page cost one query and one
batch read.
"""

from typing import NamedTuple


class Key(NamedTuple):
    partition: str
    sort: str


def archive_format() -> Key:
    """Which format the records have."""
    return Key("archive", "format")


def archive_upgrade() -> Key:
    """Who upgrades the records at the moment."""
    return Key("archive", "upgrade")


def api_key(secret_hash: str) -> Key:
    """By the SHA-256 of the secret: authentication is one read."""
    return Key(f"api-key#{secret_hash}", "api-key")


def api_key_listing(tenant: str, key_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#api-keys", key_id)


def index(tenant: str, index_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#indexes", index_id)


def deleting_indexes(tenant: str) -> Key:
    """Which indexes are being deleted: read beside a medium, it tells whether that can be seen."""
    return Key(f"tenant#{tenant}#deleting-indexes", "deleting-indexes")


def index_name(tenant: str, name: str) -> Key:
    """Which index an ``index_name`` means in the simplified workflow."""
    return Key(f"tenant#{tenant}#index-names", name)


def index_guard(tenant: str) -> Key:
    """Changes with each index that is made, so that creations of one tenant meet."""
    return Key(f"tenant#{tenant}#guards", "indexes")


def playground_size(tenant: str) -> Key:
    """How many media belong to no index."""
    return Key(f"tenant#{tenant}#guards", "playground-size")


def media(tenant: str, media_id: str) -> Key:
    return Key(f"tenant#{tenant}#media#{media_id}", "media")


def run_card(tenant: str, media_id: str) -> Key:
    """The newest runs of a medium, as callers see them."""
    return Key(f"tenant#{tenant}#media#{media_id}", "runs")


def segment_states(tenant: str, media_id: str) -> Key:
    """How the segments of a medium stand in its newest run."""
    return Key(f"tenant#{tenant}#media#{media_id}", "segment-states")


def index_media(tenant: str, index_id: str | None, media_id: str = "") -> Key:
    """A medium in the list of its index, as lists show it; ``index_id`` None is the playground."""
    return Key(f"tenant#{tenant}#index-media#{index_id or 'playground'}", media_id)


def segment(tenant: str, media_id: str, recipe_fingerprint: str = "", ordinal: int | None = None) -> Key:
    """Segments of a medium, by recipe and ordinal. Without ordinal: the prefix of a recipe."""
    tail = "" if ordinal is None else f"{ordinal:06d}"
    head = f"{recipe_fingerprint}#" if recipe_fingerprint else ""
    return Key(f"tenant#{tenant}#segments#{media_id}", f"{head}{tail}")


def content_reference(tenant: str, content_hash: str, media_id: str = "") -> Key:
    """Which media share one content hash, and so one analysis."""
    return Key(f"tenant#{tenant}#content#{content_hash}", media_id)


def prompt(tenant: str, prompt_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#prompts", prompt_id)


def prompt_run(tenant: str, run_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#runs", run_id)


def index_run(tenant: str, index_id: str | None, run_id: str = "") -> Key:
    """Pointer: the runs that touched an index (None: the playground)."""
    return Key(f"tenant#{tenant}#index-runs#{index_id or 'playground'}", run_id)


def medium_state(tenant: str, run_id: str, media_id: str = "") -> Key:
    """State of one medium in one run."""
    return Key(f"tenant#{tenant}#run-media#{run_id}", media_id)


def removed_media(tenant: str, run_id: str) -> Key:
    """What a run counted over media that were deleted since."""
    return Key(f"tenant#{tenant}#removed-media#{run_id}", "counters")


def run_of_media(tenant: str, media_id: str, run_id: str = "") -> Key:
    """Pointer: the runs that touched a medium."""
    return Key(f"tenant#{tenant}#media-runs#{media_id}", run_id)


def prompt_usage(tenant: str, prompt_id: str, run_id: str = "") -> Key:
    """Pointer: the runs that used a prompt."""
    return Key(f"tenant#{tenant}#prompt-runs#{prompt_id}", run_id)


def segment_result(tenant: str, run_id: str, media_id: str, segment_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#results#{run_id}#{media_id}", f"segment#{segment_id}")


def video_result(tenant: str, run_id: str, media_id: str) -> Key:
    return Key(f"tenant#{tenant}#results#{run_id}#{media_id}", "video")


def call_of_medium(tenant: str, run_id: str, media_id: str, call_id: str = "") -> Key:
    """Pointer: the model calls that were made for a medium in a run. Goes with the medium's results."""
    return Key(f"tenant#{tenant}#results#{run_id}#{media_id}", f"call#{call_id}")


def retries_of_segment(tenant: str, run_id: str, media_id: str, segment_id: str = "") -> Key:
    """Which retries a segment had in a run: whoever begins one more changes it, so of two at once one
    comes late. Goes with the medium's results."""
    return Key(f"tenant#{tenant}#results#{run_id}#{media_id}", f"retry#{segment_id}")


def model_call(tenant: str, run_id: str, call_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#calls#{run_id}", call_id)


def segment_retry(tenant: str, run_id: str, retry_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#retries#{run_id}", retry_id)


def import_job(tenant: str, job_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#import-jobs", job_id)


def import_file(tenant: str, job_id: str, ordinal: int | None = None) -> Key:
    tail = "" if ordinal is None else f"{ordinal:06d}"
    return Key(f"tenant#{tenant}#import-files#{job_id}", tail)


def import_output(tenant: str, job_id: str, ordinal: int | None = None, part: int = 0) -> Key:
    tail = "" if ordinal is None else f"{ordinal:06d}#{part:04d}"
    return Key(f"tenant#{tenant}#import-outputs#{job_id}", tail)


def upload_session(tenant: str, upload_id: str = "") -> Key:
    return Key(f"tenant#{tenant}#uploads", upload_id)


def deletion(tenant: str, identifier: str) -> Key:
    """By the id of what is deleted; outlives it."""
    return Key(f"tenant#{tenant}#deletions", identifier)


def idempotency(tenant: str, fingerprint: str) -> Key:
    return Key(f"tenant#{tenant}#idempotency", fingerprint)


def search_snapshot(tenant: str, search_id: str) -> Key:
    return Key(f"tenant#{tenant}#searches", search_id)


def search_spaces() -> Key:
    """The embedding spaces in which the archive is indexed."""
    return Key("search-spaces", "live")


def job(job_id: str = "") -> Key:
    """Work to be done, of every tenant."""
    return Key("jobs", job_id)

"""Identifiers: a prefix for the kind, then a ULID (https://github.com/ulid/spec).

ULIDs sort by creation time, so an id is its own sort key. Every id is URL-safe, because the official
client puts ids into paths without percent-encoding.

The id of an imported medium follows from its import job (``imported_media_id``).

A segment id is not random. It consists of the medium, the fingerprint of the segmentation recipe and
the ordinal, which identify a segment. A second run with the same recipe therefore reuses the same
segments, and the id alone is enough to locate a segment.
"""

import hashlib
import re
from datetime import datetime
from typing import Final

from ulid import ULID

INDEX: Final = "idx"
MEDIA: Final = "vid"
PROMPT: Final = "prm"
PROMPT_RUN: Final = "run"
SEGMENT: Final = "seg"
IMPORT_JOB: Final = "imp"
IMPORT_FILE: Final = "fil"
API_KEY: Final = "key"
USER: Final = "usr"
DELETION: Final = "del"
MODEL_CALL: Final = "llm"
RETRY: Final = "rty"
ATTEMPT: Final = "att"
SEARCH: Final = "sch"
REQUEST: Final = "req"
EVENT: Final = "evt"
WEBHOOK: Final = "whk"
DELIVERY: Final = "dlv"
CONNECTOR: Final = "con"
AUTOMATION: Final = "aut"
SAVED_SEARCH: Final = "sav"
EXPORT: Final = "exp"
MARKER: Final = "mrk"

_ULID: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_TIME_CHARACTERS: Final = 10
_SEGMENT_ID = re.compile(r"seg_(?P<media>[0-9A-Z]{26})_(?P<recipe>[0-9a-f]{8})_(?P<ordinal>\d{6})")


def new_id(prefix: str) -> str:
    """Return ``prefix`` and a new ULID, such as ``idx_01J9Z3W6...``."""
    return f"{prefix}_{ULID()}"


def imported_media_id(job_id: str, file_ordinal: int, part_index: int = 0) -> str:
    """Return the id of the medium that a part of a source file becomes.

    It follows from the import job, so that it is known before the work is done, and a retry uses the same id.
    It has the time of the job's ULID, then 64 bits of a SHA-256, then the part's index (below 65,536).
    """
    job = ULID.from_str(job_id.split("_", 1)[1])
    digest = hashlib.sha256(f"{job_id}#{file_ordinal}".encode()).digest()
    return f"{MEDIA}_{ULID(job.bytes[:6] + digest[:8] + part_index.to_bytes(2))}"


def import_jobs_prefix(media_id: str) -> str | None:
    """Return the beginning of the ids of import jobs that may import a medium: they have the time of its id.

    Return None if ``media_id`` is no id of a medium.
    """
    prefix, _, ulid = media_id.partition("_")
    is_ulid = prefix == MEDIA and _ULID.fullmatch(ulid) is not None
    return f"{IMPORT_JOB}_{ulid[:_TIME_CHARACTERS]}" if is_ulid else None


def is_imported_by(media_id: str, job_id: str, file_count: int) -> bool:
    """Return whether a medium is a part of one of the first ``file_count`` files of an import job."""
    part_index = int.from_bytes(ULID.from_str(media_id.split("_", 1)[1]).bytes[-2:])
    return any(imported_media_id(job_id, ordinal, part_index) == media_id for ordinal in range(file_count))


def run_id_after_import(job_id: str, attempt: int, started_at: datetime) -> str:
    """Return the id of the run that follows an attempt of an import. It has the time of the job, or of the
    retry that is the attempt."""
    ulid = job_id.split("_", 1)[1]
    if not attempt:
        return f"{PROMPT_RUN}_{ulid}"
    digest = hashlib.sha256(f"{job_id}#{attempt}".encode()).digest()
    moment = int(started_at.timestamp() * 1000).to_bytes(6)
    return f"{PROMPT_RUN}_{ULID(moment + digest[:10])}"


def export_id_after_run(run_id: str, index_id: str) -> str:
    """Return the id of the export that the automation of an index makes of a run. It has the run's time."""
    run = ULID.from_str(run_id.split("_", 1)[1])
    digest = hashlib.sha256(f"{run_id}#{index_id}".encode()).digest()
    return f"{EXPORT}_{ULID(run.bytes[:6] + digest[:10])}"


def recipe_fingerprint(recipe: str) -> str:
    """Return the first 8 hex digits of the SHA-256 of a segmentation recipe such as ``fixed:10``."""
    return hashlib.sha256(recipe.encode()).hexdigest()[:8]


def segment_id(media_id: str, recipe: str, ordinal: int) -> str:
    """Return the id of segment ``ordinal`` (from 0) of ``media_id`` cut by ``recipe``."""
    return f"{SEGMENT}_{media_id.split('_', 1)[1]}_{recipe_fingerprint(recipe)}_{ordinal:06d}"


def parse_segment_id(identifier: str) -> tuple[str, str, int] | None:
    """Return (media id, recipe fingerprint, ordinal), or None if ``identifier`` is no segment id."""
    match = _SEGMENT_ID.fullmatch(identifier)
    if match is None:
        return None
    return f"{MEDIA}_{match['media']}", match["recipe"], int(match["ordinal"])

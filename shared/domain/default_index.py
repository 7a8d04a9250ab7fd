"""The default index: a sample that every tenant may read and none may change.

Its records and files belong to a reserved tenant. Its ids are fixed, so an id alone tells that a resource
belongs to it, and no other request costs a look-up. The time of these ids, the first ten characters of a
ULID, is zero. ``shared.domain.ids`` makes no such id, because a ULID contains the time of its creation.
"""

from typing import Final

from shared.domain.ids import IMPORT_JOB, INDEX, MEDIA

TENANT: Final = "server.defaults"
"""The reserved tenant. No API key and no bearer token can name it, because of the full stop."""

USER: Final = "system"
NAME: Final = "Sample"
DESCRIPTION: Final = "A sample video with its results. Shared by everybody and read-only."

_SEED_START: Final = "0000000000DEFA"


def seed(attempt: int) -> str:
    """Return the ULID from which the ids of an attempt are made. ``attempt`` is from 1 to 9999."""
    return f"{_SEED_START}{attempt:04d}{0:08d}"


INDEX_ID: Final = f"{INDEX}_{seed(1)}"


def media_id(import_job_id: str, part: int) -> str:
    """Return the id of a part of the sample, from 0, of an import job of the reserved tenant."""
    job_seed = import_job_id.removeprefix(f"{IMPORT_JOB}_")
    return f"{MEDIA}_{job_seed[:-8]}{part + 1:08d}"


def contains(identifier: str) -> bool:
    """Return whether an id is that of the default index, or of its media, segments or runs."""
    return identifier.partition("_")[2].startswith(_SEED_START)

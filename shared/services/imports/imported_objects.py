"""Versions of the objects that were imported, so that an import of new files leaves the others out.

A record has no name and no id: the object's key is hashed, so that the record of a deleted medium's object
tells nothing about it.
"""

import hashlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.connectors.connector import StoreAddress
from shared.domain.errors import NotFound
from shared.domain.imports.import_job import ImportFile, ImportJob
from shared.domain.keys import Key
from shared.ports.records import Put, Write
from shared.ports.stores import StoredObject
from shared.services.library.index_access import unchanged_index_write
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


class ImportedObject(BaseModel):
    """The version of an object when it was imported."""

    version: str


ALREADY_IMPORTED: Final = "already_imported"
"""The reason of a file that an import of new files skips."""


class ImportedMeanwhile(Exception):
    """Another import has imported the object in this version since the listing."""


def version_of(found: StoredObject) -> str:
    """Return the ETag of an object, or its size and time where the store gives none."""
    return found.etag or f"{found.size}-{found.last_modified.isoformat()}"


def store_identity(address: StoreAddress) -> str:
    """Return a text that two connectors to the same store share."""
    account = address.endpoint_url or address.storage_account or ""
    return f"{address.provider}#{account}#{address.container_name}"


def object_fingerprint(address: StoreAddress, path: str) -> str:
    """Return the SHA-256 of an object's store and key."""
    return hashlib.sha256(f"{store_identity(address)}#{path}".encode()).hexdigest()


def imported_object_writes(job: ImportJob, file: ImportFile) -> list[Put]:
    """Build the write that remembers the version of a file, for the transaction that completes the file: none
    if the file is no listed object."""
    if file.fingerprint is None or file.version is None:
        return []
    key = keys.imported_object(job.tenant_id, job.index_id, file.fingerprint)
    return [put(key, ImportedObject(version=file.version))]


def first_import_writes(documents: Documents, job: ImportJob, file: ImportFile) -> list[Put]:
    """Build the write of ``imported_object_writes``. That of an import of new files is conditional, so that
    two imports at the same time import an object once.

    Raises: ImportedMeanwhile: another import was first.
    """
    writes = imported_object_writes(job, file)
    if not writes or not job.imports_new_only:
        return writes
    (write,) = writes
    read = documents.batch([write.key])
    known = read.get(ImportedObject, write.key)
    if known is not None and known.version == file.version:
        raise ImportedMeanwhile
    return [replace(write, expected_version=read.version(write.key))]


def was_imported_meanwhile(documents: Documents, job: ImportJob, file: ImportFile) -> bool:
    """Return whether another import has imported a file of an import of new files since the listing."""
    return job.imports_new_only and bool(already_imported(documents, job, [file]))


def remember_object(documents: Documents, job: ImportJob, file: ImportFile, done: Write) -> None:
    """Remember the version of a file of several parts, in one transaction with ``done``, which completes the
    file. Write nothing if the index is being deleted: nothing would delete the version any more.

    Raises: VersionConflict: each of 20 attempts failed with one.
    """

    def decide() -> Decision[None]:
        guard = (
            [] if job.index_id is None else [unchanged_index_write(documents, job.tenant_id, job.index_id)]
        )
        return Decision(None, [*guard, *imported_object_writes(job, file), done])

    with suppress(NotFound):
        documents.transact(decide)


def already_imported(documents: Documents, job: ImportJob, files: Iterable[ImportFile]) -> set[int]:
    """Return the ordinals of files whose object was imported in its present version."""
    by_key: dict[Key, ImportFile] = {
        keys.imported_object(job.tenant_id, job.index_id, file.fingerprint): file
        for file in files
        if file.fingerprint is not None
    }
    known = imported_versions(documents, by_key)
    return {file.ordinal for key, file in by_key.items() if key in known and known[key] == file.version}


def imported_versions(documents: Documents, object_keys: Collection[Key]) -> dict[Key, str]:
    """Return the versions in which objects were imported. An object that was not imported is absent."""
    batch = documents.batch(object_keys)
    known = {key: batch.get(ImportedObject, key) for key in object_keys}
    return {key: found.version for key, found in known.items() if found is not None}

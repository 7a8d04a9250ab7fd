"""Wire models of connectors and of the files in their stores."""

from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints

from shared.domain import clock
from shared.domain.connectors import connector
from shared.domain.connectors.connector import ConnectorProvider, ConnectorScope, ImportMode
from shared.domain.connectors.file_pattern import MAX_PATTERN_CHARACTERS
from shared.domain.connectors.object_address import MAX_KEY_BYTES
from shared.domain.connectors.rules import is_readable_key
from shared.domain.connectors.store_problem import StoreProblem
from shared.ports.stores import StoredObject
from shared.services.connectors.browsing import FileQuery
from shared.services.connectors.connection_test import ConnectionOutcome


class Connector(BaseModel):
    """A connector. It never holds credentials.

    The fields of other providers are null: ``bucket`` and ``region`` are of S3, ``bucket`` and
    ``gcp_project_id`` of GCS, ``storage_account`` and ``container`` of Azure. ``status`` is ``active`` or
    ``failed`` by the last test. ``external_id`` belongs into the trust policy of the role that an S3
    connector assumes.
    """

    connector_id: str
    name: str
    provider: ConnectorProvider
    status: str
    scopes: list[ConnectorScope]
    import_mode: ImportMode
    export_base_path: str | None
    bucket: str | None
    region: str | None
    endpoint_url: str | None
    external_id: str | None
    storage_account: str | None
    container: str | None
    gcp_project_id: str | None
    created_at: str
    updated_at: str
    last_tested_at: str | None
    last_test_result: str | None
    last_test_error: str | None

    @classmethod
    def of(cls, found: connector.Connector) -> Self:
        fields = found.model_dump(exclude={"address"}) | found.address.model_dump()
        return cls.model_validate({name: fields[name] for name in cls.model_fields})


class TestConnectionResult(BaseModel):
    """The outcome of a test. ``error_message`` is one sentence if ``success`` is false."""

    success: bool
    error_message: str | None

    @classmethod
    def of(cls, outcome: ConnectionOutcome) -> Self:
        return cls(success=outcome.success, error_message=outcome.error)


class BrowseRequest(BaseModel):
    """What to list. ``recursive`` false lists one level: objects without a further ``/`` after the prefix.

    A ``pattern`` without ``/`` is matched against the name of an object, what follows the last ``/``; with
    ``/`` against the whole key. ``*`` and ``?`` match no ``/``, ``**`` between slashes matches any number of
    folders, ``[a-z]`` and ``[!a-z]`` one character, ``{mp4,mov}`` one of several texts. Case matters.
    ``limit`` is the maximum number of files; without it, the answer has all. ``start_after`` is a key: the
    listing begins behind it, for example behind the last file of another answer.
    """

    prefix: Annotated[str, StringConstraints(max_length=MAX_KEY_BYTES)] = ""
    pattern: Annotated[str, StringConstraints(max_length=MAX_PATTERN_CHARACTERS)] = "*"
    recursive: bool = True
    limit: Annotated[int, Field(ge=1)] | None = None
    start_after: Annotated[str, StringConstraints(max_length=MAX_KEY_BYTES)] = ""

    def to_query(self) -> FileQuery:
        return FileQuery(self.prefix, self.pattern, self.recursive, self.limit, self.start_after)


class CloudFile(BaseModel):
    """A file in a store. ``path`` is its whole key; ``extension`` is in lower case, with its dot.

    ``content_type`` is null if the store does not list it. ``problem`` is ``invalid_name`` if the key cannot
    be read, so that an import of the file fails; otherwise it is null.
    """

    path: str
    name: str
    size_bytes: int
    last_modified: str
    content_type: str | None
    extension: str
    problem: Literal[StoreProblem.INVALID_NAME] | None

    @classmethod
    def of(cls, found: StoredObject) -> Self:
        name = found.path.rpartition("/")[2]
        return cls(
            path=found.path,
            name=name,
            size_bytes=found.size,
            last_modified=clock.isoformat(found.last_modified),
            content_type=found.content_type,
            extension=PurePosixPath(name).suffix.lower(),
            problem=None if is_readable_key(found.path) else StoreProblem.INVALID_NAME,
        )

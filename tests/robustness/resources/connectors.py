"""Scopes and isolation cases of connectors, and an example: an S3 connector whose store is never asked."""

from typing import Any, Final

from tests.robustness.resource import Attempt, Post, Resource, by_path
from tests.robustness.tenant_archive import TenantArchive

_S3: Final[dict[str, Any]] = {
    "name": "Films",
    "bucket": "films-of-the-tests",
    "region": "eu-central-1",
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
_AZURE: Final[dict[str, Any]] = {
    "name": "Films",
    "storage_account": "films",
    "container": "raw",
    "tenant_id": "00000000-0000-0000-0000-000000000001",
    "client_id": "00000000-0000-0000-0000-000000000002",
    "client_secret": "secret-of-the-application",
}


def _example(post: Post) -> dict[str, str]:
    exporter = _S3 | {"name": "Results", "scopes": ["export"]}
    return {
        "connector_id": post("/connectors/s3", **_S3)["connector_id"],
        "export_connector_id": post("/connectors/s3", **exporter)["connector_id"],
    }


def _changes(_theirs: TenantArchive, _mine: TenantArchive) -> list[Attempt]:
    keys = {name: _S3[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    return [Attempt({"name": "Taken over"}), Attempt(keys), Attempt({"client_secret": "x"})]


RESOURCE: Final = Resource(
    scopes={
        "POST /connectors/gcs": "write",
        "POST /connectors/s3": "write",
        "POST /connectors/azure": "write",
        "GET /connectors": "read",
        "GET /connectors/{connector_id}": "read",
        "PATCH /connectors/{connector_id}": "write",
        "DELETE /connectors/{connector_id}": "admin",
        "POST /connectors/{connector_id}/test": "write",
        "POST /connectors/{connector_id}/browse": "read",
    },
    isolation={
        "POST /connectors/s3": lambda *_: [Attempt(_S3, statuses=(201,))],
        "POST /connectors/azure": lambda *_: [Attempt(_AZURE, statuses=(201,))],
        "GET /connectors": lambda *_: [Attempt(statuses=(200,))],
        "GET /connectors/{connector_id}": by_path,
        "PATCH /connectors/{connector_id}": _changes,
        "DELETE /connectors/{connector_id}": by_path,
        "POST /connectors/{connector_id}/test": by_path,
        "POST /connectors/{connector_id}/browse": lambda *_: [Attempt({}), Attempt({"prefix": "a"})],
    },
    exempt={"POST /connectors/gcs": "names no resource"},
    make=_example,
)

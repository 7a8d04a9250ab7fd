"""Scopes and isolation cases of import jobs."""

from typing import Final

from tests.robustness.resource import Attempt, Resource, by_path
from tests.robustness.tenant_archive import TenantArchive


def _manifest(_theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    return [Attempt(), Attempt(query={"cursor": "AAAA"}, path={"job_id": mine["job_id"]}, statuses=(400,))]


def _start(theirs: TenantArchive, mine: TenantArchive) -> list[Attempt]:
    return [
        Attempt({"connector_id": theirs["connector_id"], "index_id": mine["index_id"]}),
        Attempt({"connector_id": mine["connector_id"], "index_id": theirs["index_id"]}),
    ]


RESOURCE: Final = Resource(
    scopes={
        "POST /import-jobs": "write",
        "POST /import-jobs/{job_id}/retry": "write",
        "POST /import-jobs/{job_id}/cancel": "write",
        "GET /import-jobs": "read",
        "GET /import-jobs/{job_id}": "read",
        "GET /import-jobs/{job_id}/outputs": "read",
        "GET /import-jobs/{job_id}/files": "read",
    },
    isolation={
        "POST /import-jobs": _start,
        "POST /import-jobs/{job_id}/retry": by_path,
        "POST /import-jobs/{job_id}/cancel": by_path,
        "GET /import-jobs": lambda theirs, _: [
            Attempt(statuses=(200,)),
            Attempt(query={"index_id": theirs["index_id"]}, statuses=(200,)),
        ],
        "GET /import-jobs/{job_id}": by_path,
        "GET /import-jobs/{job_id}/outputs": _manifest,
        "GET /import-jobs/{job_id}/files": _manifest,
    },
)

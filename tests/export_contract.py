"""What the official clients demand of exports, as their published contract says.

``check_export`` are the rules of the MCP server for every export that it reads or lists, which are stricter
than those of the SDK. ``check_link`` are the rules of the SDK for the address of a download.
"""

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

KEYS: Final = frozenset(
    {
        "export_id",
        "user_id",
        "export_type",
        "target_id",
        "status",
        "created_at",
        "gcs_uri",
        "download_url",
        "file_size_bytes",
        "error_message",
        "export_params",
        "queue_status",
        "attempts",
        "max_attempts",
        "available_at",
        "started_at",
        "completed_at",
        "updated_at",
        "last_error",
        "destination_type",
        "destination_connector_id",
        "destination_base_path",
        "destination_subpath",
        "destination_uri",
    }
)
LINK_KEYS: Final = frozenset(
    {"export_id", "status", "destination_type", "destination_connector_id", "download_url"}
)
MAX_JSON_BYTES: Final = 64 * 1024**2

_QUEUE: Final = {None, "queued", "leased", "running", "failed", "succeeded", "dead_letter"}
_PARAMETERS: Final = {
    "prompt_run_ids",
    "destination_connector_id",
    "destination_base_path",
    "destination_subpath",
}
_TIMES: Final = ("created_at", "available_at", "started_at", "completed_at", "updated_at")
_TOKEN: Final = re.compile(r"v1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def check_export(export: dict[str, Any]) -> None:
    """Check an export object as the MCP server does."""
    assert export.keys() >= KEYS
    export_id = export["export_id"]
    assert isinstance(export_id, str)
    assert export_id
    assert export_id == export_id.strip()
    assert export["export_type"] in {"index", "prompt_run"}
    assert isinstance(export["target_id"], str)
    assert export["status"] in {"pending", "processing", "completed", "failed"}
    assert export["queue_status"] in _QUEUE
    assert type(export["attempts"]) is int
    assert export["attempts"] >= 0
    assert type(export["max_attempts"]) is int
    assert export["max_attempts"] >= 1
    for name in _TIMES:
        assert export[name] is None or datetime.fromisoformat(export[name]).tzinfo is not None, name
    for name in ("gcs_uri", "destination_uri"):
        assert export[name] is None or (isinstance(export[name], str) and export[name]), name
    _check_destination(export)
    _check_parameters(export)


def _check_destination(export: dict[str, Any]) -> None:
    connector_id, url = export["destination_connector_id"], export["download_url"]
    if export["destination_type"] == "connector":
        assert isinstance(connector_id, str)
        assert connector_id
        assert connector_id == connector_id.strip()
        assert url is None
        assert export["destination_uri"] == export["gcs_uri"]
    else:
        assert export["destination_type"] == "download"
        assert connector_id is None
        assert export["destination_uri"] is None
    if url is not None:
        assert url == f"/api/v2/exports/{quote(export['export_id'], safe='')}/download"
        assert (export["status"], export["queue_status"]) == ("completed", "succeeded")
        assert export["gcs_uri"] is not None


def _check_parameters(export: dict[str, Any]) -> None:
    parameters = export["export_params"]
    if parameters is None:
        return
    assert parameters.keys() <= _PARAMETERS
    run_ids = parameters.get("prompt_run_ids")
    assert run_ids is None or all(isinstance(each, str) for each in run_ids)
    for name in _PARAMETERS - {"prompt_run_ids"}:
        assert parameters.get(name) == export[name], name


def check_link(link: dict[str, Any], export_id: str, base_url: str) -> None:
    """Check the answer of ``download-url`` as the SDK with ``base_url`` does."""
    assert link.keys() == LINK_KEYS
    assert link["export_id"] == export_id
    url = link["download_url"]
    if url is None:
        return
    base, found = urlsplit(base_url), urlsplit(url)
    assert (base.scheme, base.path, base.query, base.fragment) == ("https", "/api/v2", "", "")
    assert (found.scheme, found.hostname, found.port) == ("https", base.hostname, base.port)
    assert found.username is None
    assert "#" not in url
    assert found.path == f"/api/v2/exports/{quote(export_id, safe='')}/download"
    ((name, token),) = parse_qsl(found.query, strict_parsing=True)
    assert name == "token"
    assert found.query == urlencode({"token": token})
    assert 32 <= len(token) <= 2048
    assert _TOKEN.fullmatch(token)

"""The download of exports by a function: files up to the limit are sent whole, larger ones are refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from functions.api.gateway.entry import api_handler
from functions.api.gateway.events import MAX_FILE_BYTES
from shared.domain import blob_keys, clock, keys
from shared.domain.access import Scope
from shared.domain.exports.content_scope import ExportType
from shared.domain.exports.export import Export, ExportStatus
from shared.domain.exports.export_format import ExportFormat
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.records.documents import put
from shared.settings import Settings
from tests.unit.functions.gateway import Answer, Gateway

STREAMING = "https://archive.example"

Downloaded = Callable[[bytes, ExportFormat], Answer]


def runtime_with(folder: Path, **settings: str) -> Runtime:
    return local_runtime(Settings(data_folder=folder / "data", **settings))  # type: ignore[arg-type]


def downloaded(runtime: Runtime, content: bytes, export_format: ExportFormat) -> Answer:
    """Store an export with the content, and download it through the function."""
    now = clock.timestamp()
    export = Export(
        export_id="exp_01J00000000000000000000001",
        tenant_id="acme",
        user_id="usr_acme",
        export_type=ExportType.PROMPT_RUN,
        target_id="run_1",
        index_id=None,
        status=ExportStatus.COMPLETED,
        format=export_format,
        file_size_bytes=len(content),
        created_at=now,
        available_at=now,
        updated_at=now,
    )
    file = blob_keys.export_file("acme", export.export_id)
    runtime.ports.blobs.write(file, content, export_format.media_type)
    runtime.documents.write(put(keys.export("acme", export.export_id), export))
    _, secret = runtime.access.api_keys.create("acme", "usr_acme", "reader", [Scope.READ])
    exports = Gateway(api_handler("exports", runtime), {"x-api-key": secret})
    return exports.request("GET", f"/api/v2/exports/{export.export_id}/download")


@pytest.mark.parametrize("export_format", [ExportFormat.JSON, ExportFormat.PARQUET])
def test_file_up_to_limit_is_sent_byte_for_byte(tmp_path: Path, export_format: ExportFormat) -> None:
    content = b'"' * MAX_FILE_BYTES  # Lambda escapes each
    answer = downloaded(runtime_with(tmp_path), content, export_format)
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(MAX_FILE_BYTES))
    assert answer.content == content


def test_larger_file_is_refused_with_ways_out(tmp_path: Path) -> None:
    answer = downloaded(runtime_with(tmp_path), bytes(MAX_FILE_BYTES + 1), ExportFormat.SQLITE)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "export_too_large_for_function")
    assert error["details"] == {
        "rule": "function_answer",
        "limit": MAX_FILE_BYTES,
        "size": MAX_FILE_BYTES + 1,
    }
    assert "connector" in error["message"]


def test_larger_file_is_sent_by_streaming_service(tmp_path: Path) -> None:
    runtime = runtime_with(tmp_path, streaming_origin=STREAMING)
    answer = downloaded(runtime, bytes(MAX_FILE_BYTES + 1), ExportFormat.SQLITE)
    (address,) = answer.json()["error"]["details"]["doors"]
    assert address == f"GET {STREAMING}/api/v2/exports/exp_01J00000000000000000000001/download"

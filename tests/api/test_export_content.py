"""Exports in each format, field by field against what the API returns for the same results."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
from pyarrow import parquet
from starlette.testclient import TestClient

from shared.domain.exports.content_scope import ContentScope, ExportType, MediumOfRun
from shared.domain.exports.document import ExportedSegment, ExportedVideoResult
from shared.domain.exports.export_format import ExportFormat
from shared.domain.media import Media
from shared.domain.prompts.prompt import JsonObject
from shared.domain.runs.prompt_run import PromptRun
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.unit.services.exports.content.content_world import (
    CREATED_AT,
    VALUES,
    Exporter,
    add_medium,
    add_run,
    scope_of,
)
from tests.unit.services.exports.content.readers import datasette_rows, duckdb_rows, duckdb_sqlite_rows

TENANT: Final = "acme"
SCHEMA_FILE: Final = Path(__file__).parents[2] / "docs" / "export-document.schema.json"
LEAVES: Final[Mapping[str, Sequence[str]]] = {
    "metadata.transcription": ["transcription"],
    "metadata.title": ["title"],
    "metadata.Title_2": ["Title"],
    "metadata.count": ["count"],
    "metadata.ratio": ["ratio"],
    "metadata.sure": ["sure"],
    "metadata.place.city": ["place", "city"],
    "metadata.place.height.metres": ["place", "height", "metres"],
    "metadata.tags": ["tags"],
    "metadata.people": ["people"],
}
JSON_COLUMNS: Final = {"metadata.tags", "metadata.people", "metadata_rest", "extracted_metadata_markers"}


@dataclass(frozen=True)
class Archive:
    """Two media in one run, with what the API returns for their results."""

    run: PromptRun
    media: Sequence[Media]
    results: Sequence[JsonObject]
    video_results: Sequence[JsonObject]
    exporter: Exporter

    @property
    def scope(self) -> ContentScope:
        return scope_of(self.run, [medium.media_id for medium in self.media])

    def bytes(self, export_format: ExportFormat) -> bytes:
        return self.exporter.bytes(self.scope, export_format)


@pytest.fixture(scope="module")
def reader(runtime_of_module: Runtime) -> TestClient:
    """A client of the module's server."""
    return client_over(runtime_of_module)


@pytest.fixture(scope="module")
def runtime_of_module(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    folder = tmp_path_factory.mktemp("exports")
    return local_runtime(Settings(data_folder=folder, public_base_url="http://testserver"))


@pytest.fixture(scope="module")
def archive(runtime_of_module: Runtime, reader: TestClient) -> Archive:
    runtime, client = runtime_of_module, reader
    media = sorted(
        [add_medium(runtime.documents, TENANT), add_medium(runtime.documents, TENANT)],
        key=lambda medium: medium.media_id,
    )
    run = add_run(
        runtime.documents, {media[0].media_id: VALUES, media[1].media_id: [{"title": "the last"}]}, TENANT
    )
    ids = [medium.media_id for medium in media]
    results = [result for media_id in ids for result in _results(client, run.run_id, media_id)]
    video_results = [
        client.get(f"/prompt-runs/{run.run_id}/videos/{media_id}/video-result").json() for media_id in ids
    ]
    return Archive(run, media, results, video_results, Exporter(runtime))


def _results(client: TestClient, run_id: str, media_id: str) -> list[JsonObject]:
    answer = client.get(f"/prompt-runs/{run_id}/results", params={"video_id": media_id, "limit": 100}).json()
    assert not answer["pagination"]["has_more"]
    results: list[JsonObject] = answer["data"]
    return results


def _exported(fields: Mapping[str, Any], result: JsonObject) -> JsonObject:
    return {name: result[name] for name in fields}


def test_document_has_the_fields_and_values_of_the_api(archive: Archive) -> None:
    document = json.loads(archive.bytes(ExportFormat.JSON))
    segments = [segment for medium in document["media"] for segment in medium["segments"]]
    assert segments == [_exported(ExportedSegment.model_fields, result) for result in archive.results]
    assert [medium["video_result"] for medium in document["media"]] == [
        _exported(ExportedVideoResult.model_fields, result) for result in archive.video_results
    ]


def test_document_omits_only_links_and_what_its_run_has(archive: Archive) -> None:
    assert set(archive.results[0]) - set(ExportedSegment.model_fields) == {
        *("segment_uri", "thumbnail_uri", "gif_uri", "schema_used")
    }
    assert set(archive.video_results[0]) - set(ExportedVideoResult.model_fields) == {
        *("segment_uri", "thumbnail_uri", "gif_uri", "schema_used", "raw_llm_response", "attempt_id"),
        *("preview_segment_uri", "preview_thumbnail_uri", "preview_gif_uri", "source_fingerprint"),
        *("omitted_segment_ids", "template_fields", "rendered_prompt_char_count", "llm_attempted"),
    }


def test_document_describes_runs_and_media_as_the_api(archive: Archive, reader: TestClient) -> None:
    document = json.loads(archive.bytes(ExportFormat.JSON))
    run, [exported] = reader.get(f"/prompt-runs/{archive.run.run_id}").json(), document["runs"]
    for name in ("run_id", "status", "executed_at", "completed_at", "prompt_id", "prompt_name", "marker"):
        assert exported[name] == run[name]
    assert exported["json_schema"] == json.loads(archive.results[0]["schema_used"])
    for medium in document["media"]:
        video = reader.get(f"/videos/{medium['video_id']}").json()
        for name in ("title", "file_name", "media_type", "index_id", "duration_seconds", "created_at"):
            assert medium[name] == video[name]


def test_document_fits_its_published_schema(archive: Archive) -> None:
    schema = json.loads(SCHEMA_FILE.read_text())
    document = json.loads(archive.bytes(ExportFormat.JSON))
    assert [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(document)] == []
    assert not jsonschema_rs.is_valid(schema, document | {"layout_version": 2})


def test_json_lines_have_one_segment_a_line(archive: Archive) -> None:
    lines = archive.bytes(ExportFormat.JSONL).decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [
        _exported(ExportedSegment.model_fields, result) for result in archive.results
    ]


@pytest.mark.parametrize("export_format", list(ExportFormat))
def test_repeated_export_has_the_same_bytes(archive: Archive, export_format: ExportFormat) -> None:
    assert archive.bytes(export_format) == archive.bytes(export_format)


def test_csv_read_by_python_has_the_values_of_the_api(archive: Archive) -> None:
    text = archive.bytes(ExportFormat.CSV).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert "\r\n" in text
    assert len(rows) == len(archive.results)
    for row, result in zip(rows, archive.results, strict=True):
        assert row == {name: _cell(name, value) for name, value in _row(result).items()}


def test_csv_read_by_duckdb_has_the_values_of_the_api(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(archive.bytes(ExportFormat.CSV))
    rows = duckdb_rows(path, "read_csv(?, all_varchar = true, nullstr = '')")
    assert len(rows) == len(archive.results)
    for row, result in zip(rows, archive.results, strict=True):
        assert row == {name: _cell(name, value) or None for name, value in _row(result).items()}


@pytest.mark.parametrize("library", ["pyarrow", "duckdb"])
def test_parquet_has_the_values_of_the_api(archive: Archive, tmp_path: Path, library: str) -> None:
    path = tmp_path / "export.parquet"
    path.write_bytes(archive.bytes(ExportFormat.PARQUET))
    rows: list[dict[str, Any]] = (
        parquet.ParquetFile(path).read().to_pylist()  # type: ignore[no-untyped-call]
        if library == "pyarrow"
        else duckdb_rows(path, "read_parquet(?)")
    )
    assert [_decoded(row) for row in rows] == [_row(result) for result in archive.results]


@pytest.mark.parametrize("read", [duckdb_sqlite_rows, datasette_rows])
def test_sqlite_has_the_values_of_the_api(archive: Archive, tmp_path: Path, read: Any) -> None:
    path = tmp_path / "export.sqlite"
    path.write_bytes(archive.bytes(ExportFormat.SQLITE))
    rows = {row["segment_id"]: row for row in read(path, "segments")}
    others = read(path, "other_values")
    assert list(rows) == [result["segment_id"] for result in archive.results]
    for result in archive.results:
        row, metadata = rows[result["segment_id"]], result["metadata"]
        assert (row["start_seconds"], row["end_seconds"]) == (result["start_time"], result["end_time"])
        assert row["video_id"] == result["video_id"]
        other = {
            each["path"]: json.loads(each["value"])
            for each in others
            if each["segment_id"] == result["segment_id"]
        }
        for name in ("title", "count", "ratio", "sure", "transcription"):
            assert (row[name] if row[name] is not None else other.get(name)) == metadata.get(name)


def test_index_export_has_runs_and_media_in_order(runtime: Runtime) -> None:
    media = sorted(add_medium(runtime.documents, TENANT).media_id for _ in range(30))
    schemas: list[JsonObject] = [
        {"type": "object", "properties": {"count": {"type": kind}, kind: {"type": "string"}}}
        for kind in ("integer", "number", "string")
    ]
    runs = [
        add_run(runtime.documents, {each: [{"count": number}] for each in media}, TENANT, schema)
        for number, schema in enumerate(schemas)
    ]
    runs.sort(key=lambda run: run.run_id)
    snapshot = [MediumOfRun(run.run_id, each) for run in runs for each in media]
    scope = ContentScope(TENANT, ExportType.INDEX, "idx_1", snapshot, CREATED_AT)
    lines = Exporter(runtime).bytes(scope, ExportFormat.JSONL).splitlines()
    assert [(each["run_id"], each["video_id"]) for each in map(json.loads, lines)] == snapshot
    document = json.loads(Exporter(runtime).bytes(scope, ExportFormat.JSON))
    assert [each["run_id"] for each in document["runs"]] == [run.run_id for run in runs]
    rows = csv.DictReader(io.StringIO(Exporter(runtime).bytes(scope, ExportFormat.CSV).decode(), newline=""))
    assert list(rows.fieldnames or ())[-6:] == [
        *("metadata.transcription", "metadata.count", "metadata.integer"),
        *("metadata.number", "metadata.string", "metadata_rest"),
    ]
    assert [row["metadata.count"] for row in rows] == ["0"] * 30 + ["1"] * 30 + ["2"] * 30


def _row(result: JsonObject) -> JsonObject:
    """Return the row that a table has for a result, from what the API returns."""
    rest = json.loads(json.dumps(result["metadata"]))
    leaves = {name: _take(rest, path, name) for name, path in LEAVES.items()}
    row = {
        name: result[name]
        for name in (
            *("result_id", "segment_id", "video_id", "run_id", "prompt_id", "video_name"),
            *("source_index_id", "executed_at", "start_time", "end_time", "gcs_uri", "thumbnail_gcs_uri"),
            *("gif_gcs_uri", "metadata_text", "processing_warning", "field_extraction_succeeded"),
            *("transcription_succeeded", "image_embedding_succeeded", "field_extraction_error"),
            *("transcription_error", "image_embedding_error"),
        )
    }
    marker = {f"marker.{name}": result["marker"][name] for name in ("color", "note")}
    markers = {"extracted_metadata_markers": result["extracted_metadata_markers"] or None}
    return {**row, **marker, **markers, **leaves, "metadata_rest": _without_nothing(rest) or None}


def _take(rest: Any, path: Sequence[str], name: str) -> Any:
    """Remove a value that its column can hold from ``rest``, and return it; else return None."""
    *parents, last = path
    for parent in parents:
        rest = rest.get(parent) if isinstance(rest, dict) else None
    value: Any = rest.get(last) if isinstance(rest, dict) else None
    fits: Mapping[str, Callable[[], bool]] = {
        "metadata.count": lambda: -(2**63) <= value < 2**63,
        "metadata.ratio": lambda: isinstance(value, float) or abs(value) <= 2**53,
        "metadata.title": lambda: isinstance(value, str),
        "metadata.sure": lambda: isinstance(value, bool),
    }
    if value is None or (name in fits and not fits[name]()):
        return None
    return int(rest.pop(last)) if name == "metadata.count" else rest.pop(last)


def _without_nothing(value: Any) -> Any:
    """Remove null members and empty objects of the schema's own."""
    if not isinstance(value, dict):
        return value
    inner = {name: _without_nothing(each) for name, each in value.items() if each is not None}
    return {name: each for name, each in inner.items() if each != {} or name not in ("place", "height")}


def _decoded(row: Mapping[str, Any]) -> JsonObject:
    return {
        name: json.loads(value) if name in JSON_COLUMNS and value is not None else value
        for name, value in row.items()
    }


def _cell(name: str, value: Any) -> str:
    """Return the cell that a value has in CSV."""
    if value is None:
        return ""
    if name in JSON_COLUMNS:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(tuple("=+-@\t\r\n")) and value not in ("-12.5", "+49"):
        return f"'{value}"
    return str(value)

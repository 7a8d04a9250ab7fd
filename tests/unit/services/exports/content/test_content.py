"""What an export contains, and what it does not."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from pyarrow import parquet

from shared.domain import keys
from shared.domain.errors import Conflict, ExportTooLarge, InvalidRequest
from shared.domain.exports.content_scope import ExportType, MediumOfRun, ResultScope
from shared.domain.exports.export_format import MAX_JSON_BYTES, ExportFormat
from shared.domain.media import DeletingIndexes
from shared.domain.prompts.prompt import JsonObject
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.ports.jobs import Interrupted
from shared.ports.records import Put
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.records.documents import put
from shared.settings import Settings
from tests.unit.services.exports.content.content_world import (
    SURROGATE,
    Exporter,
    add_medium,
    add_run,
    go_on,
    scope_of,
    select,
)
from tests.unit.services.exports.content.readers import duckdb_rows
from tests.unit.services.run_world import keep_media

TENANT: Final = "acme"
STREAMED: Final = [each for each in ExportFormat if each is not ExportFormat.SQLITE]
VALUES: Final[list[JsonObject]] = [
    {"title": f"scene {number}", "people": [{"name": "Ada"}]} for number in range(5)
]


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return local_runtime(Settings(data_folder=tmp_path / "data"))


@pytest.fixture
def exporter(runtime: Runtime) -> Exporter:
    return Exporter(runtime)


class TwoMedia:
    """A run over two media with five segments each."""

    def __init__(self, runtime: Runtime) -> None:
        self.documents = runtime.documents
        self.media = sorted(
            (add_medium(runtime.documents, TENANT) for _ in range(2)), key=lambda each: each.media_id
        )
        self.media_ids = [medium.media_id for medium in self.media]
        self.run = add_run(runtime.documents, dict.fromkeys(self.media_ids, VALUES), TENANT)
        self.scope = scope_of(self.run, self.media_ids)


@pytest.fixture
def two(runtime: Runtime) -> TwoMedia:
    return TwoMedia(runtime)


def sqlite_rows(path: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]  # noqa: S608


def segments_in(content: bytes, export_format: ExportFormat, folder: Path) -> list[str]:
    """Return the ids of the segments in a file."""
    path = folder / f"read.{export_format}"
    path.write_bytes(content)
    rows: list[dict[str, Any]]
    match export_format:
        case ExportFormat.JSON:
            rows = [each for medium in json.loads(content)["media"] for each in medium["segments"]]
        case ExportFormat.JSONL:
            rows = [json.loads(line) for line in content.splitlines()]
        case ExportFormat.CSV:
            rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        case ExportFormat.PARQUET:
            rows = duckdb_rows(path, "read_parquet(?)")
        case ExportFormat.SQLITE:
            rows = sqlite_rows(path, "segments")
    return [row["segment_id"] for row in rows]


@pytest.mark.parametrize("export_format", ExportFormat)
def test_media_deleted_since_the_snapshot_are_left_out(
    exporter: Exporter, two: TwoMedia, tmp_path: Path, export_format: ExportFormat
) -> None:
    keep_media(two.documents, two.media[0].model_copy(update={"deleting": True}))
    content = exporter.bytes(two.scope, export_format)
    found = segments_in(content, export_format, tmp_path)
    assert len(found) == 5
    assert two.media_ids[0].encode() not in content
    assert all(two.media_ids[1].removeprefix("vid_") in each for each in found)


def test_media_of_an_index_that_is_being_deleted_are_left_out(exporter: Exporter, runtime: Runtime) -> None:
    media = add_medium(runtime.documents, TENANT, "idx_1")
    run = add_run(runtime.documents, {media.media_id: VALUES}, TENANT)
    runtime.documents.write(put(keys.deleting_indexes(TENANT), DeletingIndexes(index_ids=["idx_1"])))
    assert exporter.bytes(scope_of(run, [media.media_id]), ExportFormat.JSONL) == b""


@pytest.mark.parametrize("export_format", ExportFormat)
def test_matches_are_the_selected_results_only(
    exporter: Exporter, two: TwoMedia, tmp_path: Path, export_format: ExportFormat
) -> None:
    select(two.documents, two.run, two.media_ids[0], [])
    select(two.documents, two.run, two.media_ids[1], [1, 3])
    scope = replace(two.scope, result_scope=ResultScope.MATCHES)
    content = exporter.bytes(scope, export_format)
    found = segments_in(content, export_format, tmp_path)
    assert [each[-6:] for each in found] == ["000001", "000003"]
    assert two.media_ids[0].encode() not in content
    assert b"scene 1" in content or export_format is ExportFormat.PARQUET
    assert b"scene 2" not in content


def test_media_wide_result_is_a_match_of_its_own(exporter: Exporter, two: TwoMedia, tmp_path: Path) -> None:
    select(two.documents, two.run, two.media_ids[0], [], selects_video=True)
    select(two.documents, two.run, two.media_ids[1], [0])
    scope = replace(two.scope, result_scope=ResultScope.MATCHES)
    first, second = json.loads(exporter.bytes(scope, ExportFormat.JSON))["media"]
    assert (first["video_result"]["video_id"], first["segments"]) == (two.media_ids[0], [])
    assert (second["video_result"], len(second["segments"])) == (None, 1)
    path = tmp_path / "export.sqlite"
    path.write_bytes(exporter.bytes(scope, ExportFormat.SQLITE))
    assert [row["video_id"] for row in sqlite_rows(path, "media_results")] == [two.media_ids[0]]
    assert [row["segment_id"][-6:] for row in sqlite_rows(path, "segments.people")] == ["000000"]


def test_part_of_a_run_leaves_nothing_of_the_rest_in_sqlite(exporter: Exporter, two: TwoMedia) -> None:
    content = exporter.bytes(scope_of(two.run, two.media_ids[:1]), ExportFormat.SQLITE)
    assert two.media_ids[0].encode() in content
    assert two.media_ids[1].encode() not in content
    assert two.media_ids[1].removeprefix("vid_").encode() not in content


@pytest.mark.parametrize("export_format", STREAMED)
def test_run_of_another_tenant_gives_no_segment(
    exporter: Exporter, two: TwoMedia, tmp_path: Path, export_format: ExportFormat
) -> None:
    scope = replace(two.scope, tenant_id="other")
    assert segments_in(exporter.bytes(scope, export_format), export_format, tmp_path) == []


@pytest.mark.parametrize("export_format", ExportFormat)
def test_stop_ends_the_write(exporter: Exporter, two: TwoMedia, export_format: ExportFormat) -> None:
    def stop() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        exporter.content().write(two.scope, export_format, io.BytesIO(), stop)


def test_json_is_written_up_to_its_limit_and_refused_beyond(exporter: Exporter, two: TwoMedia) -> None:
    size = len(exporter.bytes(two.scope, ExportFormat.JSON))
    exporter.content(max_json_bytes=size).write(two.scope, ExportFormat.JSON, io.BytesIO(), go_on)
    out = io.BytesIO()
    with pytest.raises(ExportTooLarge, match=r"fewer runs.*jsonl, csv, parquet or sqlite.*connector"):
        exporter.content(max_json_bytes=size - 1).write(two.scope, ExportFormat.JSON, out, go_on)
    assert len(out.getvalue()) < size
    exporter.content(max_json_bytes=10).write(two.scope, ExportFormat.JSONL, io.BytesIO(), go_on)


def test_limit_of_json_is_that_of_the_clients() -> None:
    assert MAX_JSON_BYTES == 67_108_864


def test_sqlite_holds_one_run_that_has_ended(exporter: Exporter, two: TwoMedia) -> None:
    run = add_run(two.documents, {two.media_ids[0]: VALUES}, TENANT)
    entries = [*two.scope.snapshot, MediumOfRun(run.run_id, two.media_ids[0])]
    of_index = replace(two.scope, export_type=ExportType.INDEX, snapshot=entries)
    with pytest.raises(InvalidRequest, match="choose one run"):
        exporter.bytes(of_index, ExportFormat.SQLITE)
    unfinished = run.model_copy(update={"status": RunStatus.PROCESSING})
    two.documents.write(put(keys.prompt_run(TENANT, run.run_id), unfinished))
    with pytest.raises(Conflict):
        exporter.bytes(scope_of(run, two.media_ids[:1]), ExportFormat.SQLITE)


@pytest.mark.parametrize("export_format", STREAMED)
def test_empty_snapshot_gives_a_file_without_segments(
    exporter: Exporter, two: TwoMedia, tmp_path: Path, export_format: ExportFormat
) -> None:
    content = exporter.bytes(replace(two.scope, snapshot=[]), export_format)
    assert segments_in(content, export_format, tmp_path) == []


def surrogate_run(runtime: Runtime) -> tuple[PromptRun, str]:
    media = add_medium(runtime.documents, TENANT)
    run = add_run(runtime.documents, {media.media_id: [{}]}, TENANT)
    key = keys.segment_result(TENANT, run.run_id, media.media_id)
    [record] = runtime.documents.records.query(key.partition, prefix=key.sort).records
    body = {**record.body, "metadata": SURROGATE}
    runtime.documents.write(Put(record.key, body))
    return run, media.media_id


def test_lone_surrogates_are_escaped_in_json_and_replaced_in_texts(
    exporter: Exporter, runtime: Runtime, tmp_path: Path
) -> None:
    run, media_id = surrogate_run(runtime)
    scope = scope_of(run, [media_id])
    [line] = exporter.bytes(scope, ExportFormat.JSONL).splitlines()
    assert json.loads(line)["metadata"] == SURROGATE
    assert (
        json.loads(exporter.bytes(scope, ExportFormat.JSON))["media"][0]["segments"][0]["metadata"]
        == SURROGATE
    )
    [row] = csv.DictReader(io.StringIO(exporter.bytes(scope, ExportFormat.CSV).decode(), newline=""))
    assert row["metadata.title"] == "half \ufffd of a pair"
    assert json.loads(row["metadata.tags"]) == SURROGATE["tags"]
    path = tmp_path / "export.parquet"
    path.write_bytes(exporter.bytes(scope, ExportFormat.PARQUET))
    [found] = duckdb_rows(path, "read_parquet(?)")
    assert found["metadata.title"] == "half \ufffd of a pair"
    assert json.loads(found["metadata.tags"]) == SURROGATE["tags"]


@pytest.mark.slow
def test_row_groups_of_parquet_are_bounded(exporter: Exporter, runtime: Runtime, tmp_path: Path) -> None:
    media = add_medium(runtime.documents, TENANT)
    long: list[JsonObject] = [{"title": f"{number}" * 300_000} for number in range(9)] * 7
    run = add_run(runtime.documents, {media.media_id: long}, TENANT)
    path = tmp_path / "export.parquet"
    path.write_bytes(exporter.bytes(scope_of(run, [media.media_id]), ExportFormat.PARQUET))
    file = parquet.ParquetFile(path)  # type: ignore[no-untyped-call]
    assert file.metadata.num_rows == 63
    assert file.metadata.num_row_groups == 2

"""The examples of docs/exports.md, over exported files."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import duckdb
import pytest

from shared.cli.documentation import export_document_schema
from shared.domain.exports.document import (
    ExportDocument,
    ExportedMedium,
    ExportedRun,
    ExportedSegment,
    ExportedVideoResult,
)
from shared.domain.exports.export_format import ExportFormat
from shared.domain.prompts.prompt import JsonObject
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.services.exports.content.content_world import Exporter, add_medium, add_run, scope_of

DOCS: Final = Path(__file__).parents[2] / "docs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an export in each format."""
    runtime = local_runtime(Settings(data_folder=tmp_path / "data"))
    media = add_medium(runtime.documents, "acme")
    values: list[JsonObject] = [
        {"title": "Kick-off", "people": [{"name": "Ada"}, {"name": "Bert"}]},
        {"title": "Goal"},
    ]
    run = add_run(runtime.documents, {media.media_id: values}, "acme")
    for each in ExportFormat:
        content = Exporter(runtime).bytes(scope_of(run, [media.media_id]), each)
        (tmp_path / f"export.{each}").write_bytes(content)
    return tmp_path


def blocks(language: str) -> list[str]:
    page = (DOCS / "exports.md").read_text()
    found = re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found
    return found


def test_examples_for_duckdb_answer(folder: Path) -> None:
    titles, people = blocks("sql")
    with duckdb.connect() as connection:
        for ending in ("parquet", "csv"):
            rows = connection.execute(titles.replace("export.parquet", str(folder / f"export.{ending}")))
            assert rows.fetchall() == [("Kick-off", 1.0)]
        rows = connection.execute(people.replace("export.parquet", str(folder / "export.parquet")))
        assert [person for _, person in rows.fetchall()] == ["Ada", "Bert"]


@pytest.mark.slow
def test_examples_for_python_and_the_shell_run(folder: Path) -> None:
    program = next(block for block in blocks("python") if "export.jsonl" in block)
    command = next(block for block in blocks("sh") if "datasette" in block)
    printed = subprocess.run([sys.executable, "-c", program], cwd=folder, check=True, capture_output=True)
    assert printed.stdout.decode().splitlines()[1].endswith(" 1.0 Goal")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    answered = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, check=True, capture_output=True
    )
    assert [row["title"] for row in json.loads(answered.stdout)] == ["Kick-off", "Goal"]


def test_document_of_the_page_has_fields_of_the_schema() -> None:
    [example] = [json.loads(block) for block in blocks("json")]
    [run], [medium] = example["runs"], example["media"]
    assert set(example) == set(ExportDocument.model_fields)
    assert set(run) < set(ExportedRun.model_fields)
    assert set(medium) < set(ExportedMedium.model_fields)
    assert set(medium["video_result"]) < set(ExportedVideoResult.model_fields)
    assert set(medium["segments"][0]) < set(ExportedSegment.model_fields)


def test_published_schema_is_that_of_the_document() -> None:
    assert (DOCS / "export-document.schema.json").read_text() == export_document_schema()

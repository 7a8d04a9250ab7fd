"""The writers of single formats, and the shape of segments that an older release stored."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from shared.domain.exports.content_scope import ContentScope, ResultScope
from shared.domain.exports.document import ExportedSegment
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.exports.content.csv_table import write_csv
from shared.services.exports.content.embeddings import SegmentEmbeddings
from shared.services.exports.content.json_document import write_json, write_json_lines
from shared.services.exports.content.output import Output
from shared.services.exports.content.reader import ContentReader
from shared.services.exports.content.reduced_table import reduce_to_scope
from shared.services.exports.content.shapes import MediumOfExport, exported_segment
from shared.services.exports.content.table_rows import TableRows
from shared.settings import Settings
from tests.unit.services.exports.content.content_world import add_medium, add_run, go_on, scope_of, select
from tests.unit.services.small_models import SmallModels

TENANT: Final = "acme"


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return local_runtime(Settings(data_folder=tmp_path / "data"))


@pytest.fixture
def scope(runtime: Runtime) -> ContentScope:
    media = add_medium(runtime.documents, TENANT)
    run = add_run(runtime.documents, {media.media_id: [{"title": "a"}, {"title": "b"}]}, TENANT)
    select(runtime.documents, run, media.media_id, [1])
    return scope_of(run, [media.media_id])


def reader_of(runtime: Runtime, scope: ContentScope) -> ContentReader:
    return ContentReader(runtime.documents, runtime.library.file_links, scope, go_on)


def test_writers_return_the_number_of_segments(runtime: Runtime, scope: ContentScope) -> None:
    for wanted, segments in ((scope, 2), (replace(scope, result_scope=ResultScope.MATCHES), 1)):
        reader = reader_of(runtime, wanted)
        assert write_json(reader, Output(io.BytesIO())) == segments
        assert write_json_lines(reader, Output(io.BytesIO())) == segments
        assert write_csv(TableRows(reader), Output(io.BytesIO())) == segments
        with runtime.runs.tables.open(TENANT, scope.target_id) as path:
            assert reduce_to_scope(path, runtime.documents, wanted, scope.target_id) == segments


def test_segment_of_an_older_release_has_every_field(runtime: Runtime, scope: ContentScope) -> None:
    [results] = reader_of(runtime, scope).media()
    medium: MediumOfExport = results.medium
    names = ("run_id", "media_id", "segment_id", "prompt_id", "ordinal", "start", "end", "executed_at")
    body: dict[str, Any] = dict.fromkeys(names, "x") | {"ordinal": 0, "start": 0.0, "end": 1.0}
    segment = exported_segment(medium, body)
    assert list(segment) == list(ExportedSegment.model_fields)
    assert (segment["metadata"], segment["field_extraction_succeeded"]) == ({}, True)
    ExportedSegment.model_validate(json.loads(json.dumps(segment)))


def test_empty_metadata_text_has_no_vector(runtime: Runtime) -> None:
    embeddings = SegmentEmbeddings(runtime.ports.blobs, lambda: SmallModels().pack())
    first, second = embeddings.of_texts([{"metadata_text": ""}, {"metadata_text": "a red car"}])
    assert first is None
    assert second is not None

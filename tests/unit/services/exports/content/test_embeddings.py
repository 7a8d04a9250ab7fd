"""Vectors in Parquet files."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from pyarrow import parquet

from shared.domain.evidence import EmbeddingSpace, FrameEvidence, PictureEvidence, Shot
from shared.domain.exports.export_format import ExportFormat
from shared.domain.media import Media
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.exports.content.parquet_table import METADATA_KEY
from shared.services.runs.analysis import content_keys
from shared.settings import Settings
from tests.unit.services.exports.content.content_world import Exporter, add_medium, add_run, scope_of
from tests.unit.services.small_models import SPACE, SmallModels

TENANT: Final = "acme"


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return local_runtime(Settings(data_folder=tmp_path / "data"))


def write_frames(runtime: Runtime, media: Media, space: EmbeddingSpace, name: str) -> None:
    """Store two frames in the first second of a medium, and one in the second."""
    vectors = [(1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.6, 0.8)]
    frames = tuple(
        FrameEvidence(timestamp=timestamp, picture=f"{timestamp}.jpg", shot=0, embedding=vector)
        for timestamp, vector in zip((0.2, 0.7, 1.5), vectors, strict=True)
    )
    evidence = PictureEvidence(shots=(Shot(start=0.0, end=600.0),), frames=frames, space=space)
    key = f"{content_keys.content_folder(media)}pictures-{name}.json"
    runtime.ports.blobs.write(key, evidence.model_dump_json().encode(), content_keys.JSON)


def exported(runtime: Runtime, media: Media, *, include_embeddings: bool = True) -> Any:
    run = add_run(runtime.documents, {media.media_id: [{"title": "a"}, {"title": "b"}]}, TENANT)
    scope = replace(scope_of(run, [media.media_id]), include_embeddings=include_embeddings)
    content = Exporter(runtime).bytes(scope, ExportFormat.PARQUET)
    return parquet.ParquetFile(io.BytesIO(content)).read()  # type: ignore[no-untyped-call]


def test_vectors_are_those_of_the_metadata_text_and_of_the_frames(runtime: Runtime) -> None:
    media = add_medium(runtime.documents, TENANT)
    write_frames(runtime, media, SPACE, "current")
    table = exported(runtime, media)
    texts = table["metadata_text"].to_pylist()
    expected = SmallModels().pack().text_embedder.embed(texts)
    np.testing.assert_array_equal(np.array(table["text_embedding"].to_pylist(), np.float32), expected)
    first, second = table["image_embedding"].to_pylist()
    np.testing.assert_allclose(first, [2**-0.5, 2**-0.5, 0.0, 0.0], rtol=1e-6)
    np.testing.assert_allclose(second, [0.0, 0.0, 0.6, 0.8], rtol=1e-6)
    spaces = json.loads(table.schema.metadata[METADATA_KEY.encode()])["embeddings"]
    assert spaces == {"text_embedding": SPACE.model_dump(), "image_embedding": SPACE.model_dump()}


def test_vectors_of_another_space_are_left_out(runtime: Runtime) -> None:
    media = add_medium(runtime.documents, TENANT)
    write_frames(runtime, media, EmbeddingSpace(model="old", version="1", dimension=4), "old")
    assert exported(runtime, media)["image_embedding"].to_pylist() == [None, None]


def test_vectors_are_written_by_choice_only(runtime: Runtime) -> None:
    table = exported(runtime, add_medium(runtime.documents, TENANT), include_embeddings=False)
    assert not {"text_embedding", "image_embedding"} & set(table.column_names)

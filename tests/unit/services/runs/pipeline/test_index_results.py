"""Results are marked as indexed after the search index contains them."""

from pathlib import Path

import pytest

from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.domain.errors import Unavailable
from shared.domain.media import Media
from shared.domain.prompts.prompt import SemanticIndexing
from shared.domain.runs.prompt_run import SegmentResult
from shared.domain.runs.statuses import SegmentStage
from shared.ports.search_index import SearchDocument
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.stop_check import MediumDeleted
from shared.services.runs.pipeline import index_results as indexing
from shared.services.runs.pipeline.embed import TextVectors
from shared.services.runs.pipeline.extract import extract_segments
from shared.services.runs.pipeline.index_results import index_results, search_documents
from tests.unit.services.run_world import FIXED_2, RunWorld
from tests.unit.services.runs.medium_work import analysis, frame, medium_work, segments, spoken
from tests.unit.services.small_models import SPACE
from tests.unit.services.storage import ANNA

SIX_SECONDS = analysis(spoken(*"abcdef"), [frame(float(n), text=f"LINE {n}") for n in range(6)])


class BrokenIndex(EmbeddedSearchIndex):
    """Fails the first batch."""

    failures = 1

    def put(self, documents: list[SearchDocument]) -> None:  # type: ignore[override]
        if self.failures:
            self.failures -= 1
            raise RuntimeError("disk error")
        super().put(documents)


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def work(world: RunWorld, media: Media) -> MediumWork:
    return medium_work(world, media)


def extract(work: MediumWork, count: int = 3) -> list[SegmentResult]:
    return list(extract_segments(work, SIX_SECONDS, segments(work.media, count)))


def index(work: MediumWork, results: list[SegmentResult]) -> list[SegmentResult]:
    vectors = TextVectors(work.ports.models.text_embedder)
    return list(index_results(work, SIX_SECONDS, results, vectors))


def documents(work: MediumWork, results: list[SegmentResult]) -> list[SearchDocument]:
    return search_documents(work, SIX_SECONDS, results, TextVectors(work.ports.models.text_embedder))


def field_texts(document: SearchDocument, name: str) -> list[str]:
    return [passage.text for passage in document.passages if passage.field_path == name]


def test_indexed_results_are_written_and_yielded(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    assert not any(result.indexed for result in results)
    indexed = index(work, results)
    assert [(result.ordinal, result.indexed, result.processing.succeeded) for result in indexed] == [
        (0, True, True),
        (1, True, True),
        (2, True, True),
    ]
    assert world.results(work.run, work.media) == indexed


def test_repeated_indexing_replaces_documents(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    assert index(work, results) == index(work, results)
    assert world.search_index.counts().documents == 3


def test_failed_batch_leaves_next_batch_complete(
    world: RunWorld, media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    world.search_index = BrokenIndex(tmp_path / "search 2", SPACE, SPACE)
    world.models.extractor.broken_at = {2.0}
    work = medium_work(world, media)
    first, second, third = index(work, extract(work))
    assert (first.indexed, second.indexed, third.indexed) == (False, False, True)
    assert first.processing.error == "RuntimeError: disk error"
    assert first.failure_stage is SegmentStage.INDEXING
    assert second.failure_stage is SegmentStage.FIELD_EXTRACTION, "the first failure stays"
    assert third.failure_stage is None
    assert world.results(work.run, media) == [first, second, third]


def test_unavailable_index_ends_job_without_outcome(world: RunWorld, media: Media, tmp_path: Path) -> None:
    class UnavailableIndex(EmbeddedSearchIndex):
        def put(self, documents: object) -> None:
            raise Unavailable("no index")

    world.search_index = UnavailableIndex(tmp_path / "search 2", SPACE, SPACE)
    work = medium_work(world, media)
    results = extract(work)
    with pytest.raises(Unavailable):
        index(work, results)
    assert world.results(work.run, media) == results


def test_deleted_medium_is_not_indexed(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    world.keep(work.media.model_copy(update={"deleting": True}))
    with pytest.raises(MediumDeleted):
        index(work, results)
    assert world.search_index.counts().documents == 0


def test_cancelled_run_still_indexes_its_results(world: RunWorld, work: MediumWork) -> None:
    results = extract(work)
    world.runs.cancel(ANNA, work.run.run_id)
    assert all(result.indexed for result in index(work, results))


@pytest.mark.parametrize("defined", [False, True])
def test_transcription_is_field_only_if_prompt_defines_it(
    world: RunWorld, media: Media, defined: bool
) -> None:
    names = ["words", "transcription"] if defined else ["words"]
    properties = {name: {"type": "string"} for name in names}
    prompt = world.new_prompt(json_schema={"type": "object", "properties": properties})
    work = medium_work(world, media, world.execute([media], prompt))
    [result] = extract(work, 1)
    result.metadata["transcription"] = "of the prompt"
    [document] = documents(work, [result])
    assert field_texts(document, "transcription") == (["of the prompt", "a b"] if defined else ["a b"])


@pytest.mark.parametrize("disabled", [[], ["on_screen_text", "visual_tags[]"]])
def test_fields_of_prompt_do_not_mix_with_those_of_server(
    world: RunWorld, media: Media, disabled: list[str]
) -> None:
    tags = {"type": "array", "items": {"type": "string"}}
    prompt = world.new_prompt(
        json_schema={
            "type": "object",
            "properties": {"on_screen_text": {"type": "string"}, "visual_tags": tags},
        },
        semantic_indexing={"disabled_segment_fields": disabled},
    )
    work = medium_work(world, media, world.execute([media], prompt))
    [result] = extract(work, 1)
    result.metadata = {"on_screen_text": "mine", "visual_tags": ["my tag"]}
    [document] = documents(work, [result])
    assert field_texts(document, "on_screen_text") == ([] if disabled else ["mine"])
    assert field_texts(document, "visual_tags[]") == ([] if disabled else ["my tag"])
    assert field_texts(document, "[on_screen_text]") == ["LINE 0", "LINE 1"]
    assert field_texts(document, "[visual_tags]") == ["a wall"]
    assert [leaf.text for leaf in document.leaves if leaf.path == "on_screen_text"] == ["mine"]


def test_documents_obey_options_of_run(world: RunWorld, media: Media) -> None:
    prompt = world.new_prompt(
        semantic_indexing=SemanticIndexing(
            disabled_segment_fields=["words", "on_screen_text", "metadata_text"]
        ).model_dump()
    )
    options = FIXED_2.model_copy(update={"enable_image_embedding": False})
    work = medium_work(world, media, world.execute([media], prompt, options))
    [document] = documents(work, extract(work, 1))
    assert {passage.field_path for passage in document.passages} == {
        *("lines[]", "transcription", "[visual_tags]"),
    }
    assert {leaf.path for leaf in document.leaves} >= {"words", "lines[]", "transcription"}
    assert document.pictures == ()
    assert document.index_id == ""


def test_document_has_frames_of_its_own_segment(work: MediumWork) -> None:
    first, second = documents(work, extract(work, 2))
    assert [picture.timestamp for picture in first.pictures] == [0.0, 1.0]
    assert [picture.timestamp for picture in second.pictures] == [2.0, 3.0]
    assert first.result_id != second.result_id

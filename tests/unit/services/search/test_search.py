"""Search over results of runs on real media, and over synthetic results where many are needed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shared.domain import keys
from shared.domain.errors import NotFound
from shared.domain.ids import new_id
from shared.domain.media import Index, Media
from shared.domain.runs.prompt_run import SegmentResult
from shared.ports.search_index import Level, SearchDocument, TextPassage
from shared.services.library.indexes import Indexes
from shared.services.records.documents import put
from shared.services.search.hits import SearchHits
from shared.services.search.query_embedding import ModelQueryEmbedder
from shared.services.search.scope import SearchScope, SearchScopes
from shared.services.search.search import Search
from shared.services.workflow.search import WorkflowPage, WorkflowQuery, WorkflowSearch
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import RunWorld
from tests.unit.services.search_records import document_of, new_film, result_of_second
from tests.unit.services.small_models import TextEmbedder
from tests.unit.services.storage import ANNA, never

WINDOW = 50


class SameForAll(TextEmbedder):
    """An embedder with one vector for all texts, so that only the weights of results differ."""

    def embed(self, texts: Sequence[str]) -> Any:
        self.texts += texts
        return np.tile(np.array([1, 0, 0, 0], np.float32), (len(texts), 1))


class SearchWorld(RunWorld):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hits = SearchHits(self.documents)
        self.scopes = SearchScopes(self.documents)
        self.search = Search(
            self.hits,
            lambda: self.search_index,
            lambda: ModelQueryEmbedder(
                self.models.pack, max_picture_bytes=1_000_000, max_picture_pixels=1_000_000
            ),
        )
        self.workflow_search = WorkflowSearch(
            self.documents,
            Indexes(self.documents, max_indexes=10),
            self.scopes,
            self.search,
            self.hits,
            lambda: self.search_index,
            window=WINDOW,
        )

    def find(self, query: str | None, filters: Sequence[dict[str, Any]] = ()) -> WorkflowPage:
        wanted = WorkflowQuery(query, filters, Level.SEGMENT, limit=WINDOW)
        self.workflow_search.freeze(ANNA, wanted, "srch_1")
        return self.workflow_search.page(ANNA, "srch_1", 0)

    def add_results(
        self, media: Media, run_id: str, rows: Sequence[tuple[float, dict[str, Any], str]]
    ) -> None:
        """Store and index results of one run: (weight, metadata, text) of each of a medium's segments."""
        results = [result_of_second(media, run_id, number, row[1]) for number, row in enumerate(rows)]
        for result in results:
            key = keys.segment_result(ANNA.tenant_id, run_id, media.media_id, result.segment_id)
            self.documents.write(put(key, result))
        self.search_index.put(
            [_document(media, r, weight, text) for r, (weight, _, text) in zip(results, rows, strict=True)]
        )


def _document(media: Media, result: SegmentResult, weight: float, text: str) -> SearchDocument:
    vector = np.array([1, 0, 0, 0], np.float32)
    passages = [TextPassage(f"field{n}", f"field{n}", text, vector, weight) for n in range(4)]
    return document_of(media, result, passages)


@pytest.fixture
def world(tmp_path: Path) -> SearchWorld:
    return SearchWorld(tmp_path)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=2.0)


def new_media(world: SearchWorld, index_id: str | None = None) -> Media:
    """Store the record of a medium without files, which search does not read."""
    media = new_film(index_id)
    world.keep(media)
    return media


def test_media_of_deleting_index_are_not_found_by_run(world: SearchWorld, film: Path) -> None:
    index_id = world.new_index()
    media = world.add(film, index_id=index_id)
    run = world.run_now([media])
    by_run = SearchScope(run_ids=frozenset({run.run_id}))
    assert world.search.by_text(ANNA, by_run, "IT IS RED", limit=5)
    world.deletions.delete_index(ANNA, index_id)
    assert world.search.by_text(ANNA, by_run, "IT IS RED", limit=5) == []
    with pytest.raises(NotFound):
        world.scopes.media(ANNA, [media.media_id])
    world.deletion_work.run(world.jobs.requests[-1], never)
    assert world.documents.get(Index, keys.index(ANNA.tenant_id, index_id)) is None


def test_query_over_several_runs_is_embedded_once(world: SearchWorld, film: Path) -> None:
    media = world.add(film)
    runs = [world.run_now([media]).run_id for _ in range(3)]
    world.models.text.texts.clear()
    scope = world.scopes.of_runs(ANNA, runs, None)
    found = world.search.over_runs(ANNA, scope, "IT IS RED", aggregation="all", limit_per_run=1)
    assert {hit.result.run_id for hit in found} == set(runs)
    assert world.models.text.texts == ["IT IS RED"]


def test_weighted_aggregation_prefers_newest_of_equal_runs(world: SearchWorld, film: Path) -> None:
    media = world.add(film)
    runs = [world.run_now([media]).run_id for _ in range(3)]
    scope = world.scopes.of_runs(ANNA, runs, None)
    found = world.search.over_runs(ANNA, scope, "IT IS RED", aggregation="weighted", limit_per_run=1)
    assert [hit.result.run_id for hit in found] == [runs[-1]]


@pytest.mark.slow
def test_filtered_query_finds_results_of_lowest_rank(world: SearchWorld) -> None:
    world.models.text = SameForAll()
    media = new_media(world)
    rows = [(1.0 - number / 2000, {"rare": number >= 997}, "words") for number in range(1000)]
    world.add_results(media, new_id("run"), rows)
    page = world.find("anything", [{"field": "rare", "value": True}])
    assert [hit.result.metadata["rare"] for hit in page.hits] == [True] * 3
    assert [hit.ranked.result_id for hit in page.hits] == sorted(hit.ranked.result_id for hit in page.hits)


def test_excluded_better_result_does_not_hide_its_segment(world: SearchWorld) -> None:
    world.models.text = SameForAll()
    media = new_media(world)
    older, newer = new_id("run"), new_id("run")
    world.add_results(media, older, [(0.5, {"good": True}, "words")])
    world.add_results(media, newer, [(0.9, {"good": False}, "words")])
    page = world.find("anything", [{"field": "good", "value": True}])
    assert [hit.result.run_id for hit in page.hits] == [older]


@pytest.mark.parametrize("place", ["playground", "index", "media", "run"])
def test_filter_without_type_has_type_of_newest_searched_run(
    world: SearchWorld, film: Path, place: str
) -> None:
    index_id = None if place == "playground" else world.new_index()
    media = world.add(film, index_id=index_id)
    run = world.run_now([media])
    scopes: dict[str, dict[str, Any]] = {
        "playground": {},
        "index": {"index_id": index_id},
        "media": {"video_ids": [media.media_id]},
        "run": {"prompt_run_ids": [run.run_id]},
    }
    found = []
    for value in ("it is red", "5"):  # the field is an array of strings
        filters = [{"field": "lines", "value": value}]
        wanted = WorkflowQuery(None, filters, Level.SEGMENT, limit=9, **scopes[place])
        world.workflow_search.freeze(ANNA, wanted, f"srch_{value}")
        found.append([hit.result.run_id for hit in world.workflow_search.page(ANNA, f"srch_{value}", 0).hits])
    assert found == [[run.run_id], []]


def test_snapshot_of_four_byte_characters_fits_its_record(world: SearchWorld) -> None:
    world.models.text = SameForAll()
    media = new_media(world)
    world.workflow_search._window = 200
    text = "\N{GRINNING FACE}" * 400
    world.add_results(media, new_id("run"), [(0.9, {"n": number}, text) for number in range(200)])
    page = world.find("anything")
    assert len(page.snapshot.ranked) == 200
    assert page.snapshot.ranked[0].matches
    assert not page.snapshot.truncated


def test_truncation_is_reported(world: SearchWorld) -> None:
    world.models.text = SameForAll()
    media = new_media(world)
    world.add_results(media, new_id("run"), [(0.9, {"n": number}, "words") for number in range(WINDOW + 5)])
    for page in (
        world.find("anything"),
        world.find(None, [{"field": "n", "operator": "greater_equal", "value": 0}]),
    ):
        assert page.snapshot.truncated
        assert page.snapshot.warnings == [
            f"Only the first {WINDOW} results are kept; narrow the search to see the others."
        ]

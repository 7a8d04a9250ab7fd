"""A rebuilt search index gives the same answers as the index that runs have filled."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.domain import keys
from shared.domain.evidence import EmbeddingSpace
from shared.domain.media import Media
from shared.domain.query.hits import parse_result_id
from shared.domain.runs.prompt_run import SegmentResult
from shared.ports.models import ModelPack
from shared.ports.search_index import PictureHit, SearchFilter, TextHit, TextQuery
from shared.services.maintenance.reindexing import Reindexing
from shared.services.records.documents import put
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import FIXED_2, OVERVIEW, SHOTS, RunWorld
from tests.unit.services.small_models import ImageEmbedder, SmallModels, TextEmbedder, _vector
from tests.unit.services.storage import ANNA, BERT, never

pytestmark = pytest.mark.slow

QUERIES = ("IT IS GREEN", "word4 word5", "a blue wall", "2")
OTHER = EmbeddingSpace(model="other", version="1", dimension=6)


class OtherTexts(TextEmbedder):
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return _widened(super().embed(texts))


class OtherPictures(ImageEmbedder):
    def embed(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
        return _widened(super().embed(pictures))


def _widened(vectors: np.ndarray) -> np.ndarray:
    """Map vectors into a space of 6 dimensions that preserves similarities."""
    return np.hstack([vectors[:, ::-1], np.zeros((len(vectors), 2), np.float32)])


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path / "data")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of six seconds: red, green and blue for two seconds each, with a tone."""
    return make_video(tmp_path_factory.mktemp("media") / "film.mp4", seconds=6.0, scene_seconds=2.0)


def texts(index: EmbeddedSearchIndex, tenant: str = "anna") -> list[list[TextHit]]:
    return [index.search_text(TextQuery(_vector(q), q, limit=50), SearchFilter(tenant)) for q in QUERIES]


def pictures(index: EmbeddedSearchIndex) -> list[PictureHit]:
    return index.search_picture(_vector("green"), SearchFilter("anna"), 50)


def rebuilt(world: RunWorld, folder: Path, models: ModelPack | None = None) -> EmbeddedSearchIndex:
    pack = models or world.models.pack()
    index = EmbeddedSearchIndex(folder, pack.text_embedder.space, pack.image_embedder.space)
    reindexing = Reindexing(world.documents, world.blobs, pack, index)
    reindexing.rebuild(reindexing.tenants(), lambda *_: None)
    return index


def test_rebuilt_index_gives_same_hits_and_scores(world: RunWorld, film: Path, tmp_path: Path) -> None:
    first, second = world.add(film, index_id=world.new_index()), world.add(film)
    prompt = world.new_prompt(video_level=OVERVIEW.model_dump())
    world.run_now([first, second], prompt)
    world.run_now([first], prompt, SHOTS)
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert index.counts() == world.search_index.counts()
        assert texts(index) == texts(world.search_index)
        assert all(texts(index))
        assert pictures(index) == pictures(world.search_index)
        for scope in (SearchFilter("anna", index_ids=frozenset({""})), SearchFilter("bert")):
            assert index.match([], scope, after=None, limit=50) == world.search_index.match(
                [], scope, after=None, limit=50
            )


def test_rebuild_uses_stored_analysis(world: RunWorld, film: Path, tmp_path: Path) -> None:
    world.run_now([world.add(film)])
    models = SmallModels()
    rebuilt(world, tmp_path / "new", models.pack()).close()
    assert models.transcriber.calls == models.reader.images_read == models.images.images_embedded == 0
    assert len(models.text.texts) == len(set(models.text.texts))


def test_data_that_run_did_not_request_is_not_indexed(world: RunWorld, film: Path, tmp_path: Path) -> None:
    media = world.add(film)
    text_only = FIXED_2.model_copy(update={"enable_transcription": False, "enable_image_embedding": False})
    run = world.run_now([media], options=text_only)
    world.run_now([media])  # leaves transcript and vectors, which the first run must not take
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert texts(index) == texts(world.search_index)
        assert pictures(index) == pictures(world.search_index)
        assert not [hit for hit in pictures(index) if hit.result_id.endswith(run.run_id)]


def test_deleted_media_are_not_indexed(world: RunWorld, film: Path, tmp_path: Path) -> None:
    deleted, deleting, kept = world.add(film), world.add(film), world.add(film)
    run = world.run_now([deleted, deleting, kept])
    world.deletions.delete_media(ANNA, deleted.media_id)
    world.deletion_work.run(world.jobs.requests[-1], never)
    world.deletions.delete_media(ANNA, deleting.media_id)
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert index.counts().documents == 3
        assert {parse_result_id(hit.result_id) for hit in texts(index)[0]} == {
            (kept.media_id, result.segment_id, run.run_id) for result in world.results(run, kept)
        }
    stored = b"".join(path.read_bytes() for path in (tmp_path / "new").rglob("*") if path.is_file())
    assert deleted.media_id.encode() not in stored
    assert deleting.media_id.encode() not in stored
    assert kept.media_id.encode() in stored


def test_media_of_deleting_index_are_not_indexed(world: RunWorld, film: Path, tmp_path: Path) -> None:
    index_id = world.new_index()
    world.run_now([world.add(film, index_id=index_id)])
    world.deletions.delete_index(ANNA, index_id)
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert index.counts().documents == 0


def test_only_results_marked_as_indexed_are_put(world: RunWorld, film: Path, tmp_path: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    waiting = world.results(run, media)[1]
    key = keys.segment_result("anna", run.run_id, media.media_id, waiting.segment_id)
    world.documents.update(SegmentResult, key, lambda found: found.model_copy(update={"indexed": False}))
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert index.counts().documents == 2


def test_each_tenant_gets_its_own_documents(world: RunWorld, film: Path, tmp_path: Path) -> None:
    media = world.add(film)
    world.run_now([media])
    _store_foreign_medium(world, world.add(film, caller=BERT))
    pack = world.models.pack()
    with closing(EmbeddedSearchIndex(tmp_path / "new", OTHER, OTHER)) as unused:
        reindexing = Reindexing(world.documents, world.blobs, pack, unused)
        assert reindexing.tenants() == ["anna", "bert"]
    with closing(rebuilt(world, tmp_path / "whole")) as index:
        assert index.counts("anna").documents == 3
        assert texts(index, "bert") == [[], [], [], []]


def _store_foreign_medium(world: RunWorld, media: Media) -> None:
    """Store a medium of another tenant, without runs."""
    world.documents.write(put(keys.media(media.tenant_id, media.media_id), media))


def test_rebuild_replaces_embedding_space(world: RunWorld, film: Path, tmp_path: Path) -> None:
    world.run_now([world.add(film)], world.new_prompt(video_level=OVERVIEW.model_dump()))
    models = SmallModels(text=OtherTexts(space=OTHER), images=OtherPictures(space=OTHER))
    with closing(rebuilt(world, tmp_path / "new", models.pack())) as index:
        before, now = world.search_index.counts(), index.counts()
        assert (now.text_vectors, now.picture_vectors) == (before.text_vectors, before.picture_vectors)
        assert set(now.spaces) == {OTHER.name}
        query = models.text.embed(["IT IS GREEN"])[0]
        hits = index.search_text(TextQuery(query, "IT IS GREEN", limit=50), SearchFilter("anna"))
        assert [h.result_id for h in hits if h.dense_score and h.dense_score > 0.999] == [
            h.result_id for h in texts(world.search_index)[0] if h.dense_score and h.dense_score > 0.999
        ]
        seen = index.search_picture(_widened(_vector("green")[None])[0], SearchFilter("anna"), 50)
        assert [hit.result_id for hit in seen] == [hit.result_id for hit in pictures(world.search_index)]
    assert models.reader.images_read == models.transcriber.calls == 0


def test_picture_without_file_is_left_out(world: RunWorld, film: Path, tmp_path: Path) -> None:
    media = world.add(film)
    world.run_now([media])
    lost = next(iter(world.blobs.keys(f"content/anna/{media.content_hash}/frames/")))
    world.blobs.delete(lost)
    models = SmallModels(images=OtherPictures(space=OTHER))
    with closing(rebuilt(world, tmp_path / "new", models.pack())) as index:
        assert index.counts().picture_vectors == world.search_index.counts().picture_vectors - 1
        assert index.counts().text_vectors == world.search_index.counts().text_vectors


def test_progress_counts_media(world: RunWorld, film: Path, tmp_path: Path) -> None:
    world.run_now([world.add(film), world.add(film, index_id=world.new_index())])
    reported: list[tuple[int, int]] = []
    with closing(EmbeddedSearchIndex(tmp_path / "new", world.models.text.space, OTHER)) as index:
        pack = SmallModels(images=OtherPictures(space=OTHER)).pack()
        documents = Reindexing(world.documents, world.blobs, pack, index).rebuild(
            ["anna"], lambda done, total: reported.append((done, total))
        )
    assert documents == 6
    assert reported == [(0, 2), (1, 2), (2, 2)]

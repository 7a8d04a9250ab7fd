"""The search index built anew answers as the one that runs filled."""

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

QUERIES = ("IT IS GREEN", "word4 word5", "a blue wall", "2")
OTHER = EmbeddingSpace(model="other", version="1", dimension=6)


class OtherTexts(TextEmbedder):
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return _widened(super().embed(texts))


class OtherPictures(ImageEmbedder):
    def embed(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
        return _widened(super().embed(pictures))


def _widened(vectors: np.ndarray) -> np.ndarray:
    """Another space of 6 numbers, in which what was alike is alike."""
    return np.hstack([vectors[:, ::-1], np.zeros((len(vectors), 2), np.float32)])


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path / "data")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds: red, green, blue; two seconds each; a tone."""
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


def test_a_rebuilt_index_gives_the_same_hits_and_scores(world: RunWorld, film: Path, tmp_path: Path) -> None:
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


def test_nothing_is_heard_read_or_embedded_again_that_need_not_be(
    world: RunWorld, film: Path, tmp_path: Path
) -> None:
    world.run_now([world.add(film)])
    models = SmallModels()
    rebuilt(world, tmp_path / "new", models.pack()).close()
    assert models.transcriber.calls == models.reader.images_read == models.images.images_embedded == 0
    assert len(models.text.texts) == len(set(models.text.texts))


def test_what_a_run_did_not_ask_for_stays_out(world: RunWorld, film: Path, tmp_path: Path) -> None:
    media = world.add(film)
    mute = FIXED_2.model_copy(update={"enable_transcription": False, "enable_image_embedding": False})
    run = world.run_now([media], options=mute)
    world.run_now([media])  # leaves transcript and vectors, which the first run must not take
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert texts(index) == texts(world.search_index)
        assert pictures(index) == pictures(world.search_index)
        assert not [hit for hit in pictures(index) if hit.result_id.endswith(run.run_id)]


def test_deleted_media_do_not_come_back(world: RunWorld, film: Path, tmp_path: Path) -> None:
    gone, going, kept = world.add(film), world.add(film), world.add(film)
    run = world.run_now([gone, going, kept])
    world.deletions.delete_media(ANNA, gone.media_id)
    world.deletion_work.run(world.jobs.requests[-1], never)
    world.deletions.delete_media(ANNA, going.media_id)
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert index.counts().documents == 3
        assert {parse_result_id(hit.result_id) for hit in texts(index)[0]} == {
            (kept.media_id, result.segment_id, run.run_id) for result in world.results(run, kept)
        }
    stored = b"".join(path.read_bytes() for path in (tmp_path / "new").iterdir())
    assert gone.media_id.encode() not in stored
    assert going.media_id.encode() not in stored
    assert kept.media_id.encode() in stored


def test_media_of_an_index_that_is_being_deleted_do_not_come_back(
    world: RunWorld, film: Path, tmp_path: Path
) -> None:
    index_id = world.new_index()
    world.run_now([world.add(film, index_id=index_id)])
    world.deletions.delete_index(ANNA, index_id)
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert index.counts().documents == 0


def test_only_results_that_a_run_has_indexed_are_put(world: RunWorld, film: Path, tmp_path: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    waiting = world.results(run, media)[1]
    key = keys.segment_result("anna", run.run_id, media.media_id, waiting.segment_id)
    world.documents.update(SegmentResult, key, lambda found: found.model_copy(update={"indexed": False}))
    with closing(rebuilt(world, tmp_path / "new")) as index:
        assert index.counts().documents == 2


def test_each_tenant_gets_its_own(world: RunWorld, film: Path, tmp_path: Path) -> None:
    media = world.add(film)
    world.run_now([media])
    _hand_over(world, world.add(film, caller=BERT))
    pack = world.models.pack()
    with closing(EmbeddedSearchIndex(tmp_path / "new", OTHER, OTHER)) as unused:
        reindexing = Reindexing(world.documents, world.blobs, pack, unused)
        assert reindexing.tenants() == ["anna", "bert"]
    with closing(rebuilt(world, tmp_path / "whole")) as index:
        assert index.counts("anna").documents == 3
        assert texts(index, "bert") == [[], [], [], []]


def _hand_over(world: RunWorld, media: Media) -> None:
    """Another tenant's medium, without runs."""
    world.documents.write(put(keys.media(media.tenant_id, media.media_id), media))


def test_another_space_takes_the_old_ones_place(world: RunWorld, film: Path, tmp_path: Path) -> None:
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


def test_a_picture_whose_file_is_lost_is_left_out(world: RunWorld, film: Path, tmp_path: Path) -> None:
    media = world.add(film)
    world.run_now([media])
    lost = next(iter(world.blobs.keys(f"content/anna/{media.content_hash}/frames/")))
    world.blobs.delete(lost)
    models = SmallModels(images=OtherPictures(space=OTHER))
    with closing(rebuilt(world, tmp_path / "new", models.pack())) as index:
        assert index.counts().picture_vectors == world.search_index.counts().picture_vectors - 1
        assert index.counts().text_vectors == world.search_index.counts().text_vectors


def test_progress_is_told_by_media(world: RunWorld, film: Path, tmp_path: Path) -> None:
    world.run_now([world.add(film), world.add(film, index_id=world.new_index())])
    told: list[tuple[int, int]] = []
    with closing(EmbeddedSearchIndex(tmp_path / "new", world.models.text.space, OTHER)) as index:
        pack = SmallModels(images=OtherPictures(space=OTHER)).pack()
        documents = Reindexing(world.documents, world.blobs, pack, index).rebuild(
            ["anna"], lambda done, total: told.append((done, total))
        )
    assert documents == 6
    assert told == [(0, 2), (1, 2), (2, 2)]

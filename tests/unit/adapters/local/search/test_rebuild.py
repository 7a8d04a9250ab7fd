"""Atomic replacement of the search index by a rebuilt one."""

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shared.adapters.local import folder_switch
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.adapters.local.search.rebuild import rebuilt_search_index
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import Level, SearchDocument, SearchFilter, TextPassage

SPACE = EmbeddingSpace(model="test", version="1", dimension=4)


class DiskFull(Exception):
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index of two tenants as a killed server leaves it, with entries in the write-ahead log."""
    used = tmp_path / "used"
    with closing(EmbeddedSearchIndex(used, SPACE, SPACE)) as index:
        index.put([_document("anna", "old"), _document("bert", "old")])
        shutil.copytree(used, tmp_path / "search")
    assert (tmp_path / "search" / "search.sqlite-wal").stat().st_size > 0
    return tmp_path / "search"


def _document(tenant: str, name: str) -> SearchDocument:
    passage = TextPassage("summary", "summary", name, np.array([1, 0, 0, 0], np.float32))
    return SearchDocument(
        result_id=f"{name} of {tenant}",
        tenant_id=tenant,
        index_id="",
        run_id="run_1",
        media_id="vid_1",
        segment_id="seg_1",
        level=Level.SEGMENT,
        start=0.0,
        executed_at="2026-01-01T00:00:00.000Z",
        passages=[passage],
    )


def _found(folder: Path) -> list[str]:
    folder_switch.settle(folder)
    with closing(EmbeddedSearchIndex(folder, SPACE, SPACE)) as index:
        return [
            identifier
            for tenant in ("anna", "bert")
            for identifier in index.match([], SearchFilter(tenant), after=None, limit=9).result_ids
        ]


def test_full_rebuild_contains_only_new_documents(folder: Path) -> None:
    with rebuilt_search_index(folder, SPACE, SPACE) as index:
        index.put([_document("anna", "new")])
    assert _found(folder) == ["new of anna"]
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith("search")] == ["search"]


def test_rebuild_of_tenant_keeps_other_tenants(folder: Path) -> None:
    with rebuilt_search_index(folder, SPACE, SPACE, tenant="anna") as index:
        index.put([_document("anna", "new")])
    assert _found(folder) == ["new of anna", "old of bert"]


def test_rebuild_of_tenant_works_without_old_index(tmp_path: Path) -> None:
    with rebuilt_search_index(tmp_path / "search", SPACE, SPACE, tenant="anna") as index:
        index.put([_document("anna", "new")])
    assert _found(tmp_path / "search") == ["new of anna"]


def test_failed_rebuild_changes_nothing(folder: Path) -> None:
    def rebuild_and_fail() -> None:
        with rebuilt_search_index(folder, SPACE, SPACE) as index:
            index.put([_document("anna", "new")])
            raise DiskFull

    with pytest.raises(DiskFull):
        rebuild_and_fail()
    assert _found(folder) == ["old of anna", "old of bert"]
    assert not folder.with_name("search.building").exists()


def test_leftovers_of_killed_rebuild_are_discarded(folder: Path) -> None:
    left = folder_switch.begin(folder)
    (left / "search.sqlite").write_bytes(b"half of it")
    assert _found(folder) == ["old of anna", "old of bert"]
    with rebuilt_search_index(folder, SPACE, SPACE) as index:
        index.put([_document("bert", "new")])
    assert _found(folder) == ["new of bert"]


@pytest.mark.parametrize("step", ["committed", "old half deleted", "old deleted"])
def test_interrupted_switch_is_finished(folder: Path, step: str) -> None:
    building = folder_switch.begin(folder)
    with closing(EmbeddedSearchIndex(building, SPACE, SPACE)) as index:
        index.put([_document("anna", "new")])
    building.rename(folder.with_name("search.complete"))
    if step == "old half deleted":
        (folder / "search.sqlite").unlink()  # the old write-ahead log still exists
    elif step == "old deleted":
        shutil.rmtree(folder)
    assert _found(folder) == ["new of anna"]

"""Listings over obstore, whose prefixes are whole folders: the same as filtering all keys."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import MemoryStore

from shared.adapters.http.stores.store_process.operations import AnyStore, pages

PARTS = st.text("ab.-0 ü", min_size=1, max_size=3).filter(lambda part: part.strip("."))
KEYS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


def filled(keys: set[str], content: bytes = b"film") -> AnyStore:
    store = MemoryStore()
    for key in keys:
        store.put(key, content)
    return cast("AnyStore", store)


def listed(store: AnyStore, prefix: str, *, recursive: bool, start_after: str = "") -> list[str]:
    found = pages(store, prefix, recursive=recursive, start_after=start_after)
    return [entry.path for page in found for entry in page]


@given(st.sets(KEYS, max_size=20), KEYS, st.integers(0, 9), st.just("") | KEYS)
def test_listing_is_that_of_all_keys_filtered(keys: set[str], key: str, length: int, after: str) -> None:
    prefix = key[:length]
    found = sorted(each for each in keys if each.startswith(prefix) and each > after)
    level = [each for each in found if "/" not in each.removeprefix(prefix)]
    store = filled(keys)
    assert listed(store, prefix, recursive=True, start_after=after) == found
    assert listed(store, prefix, recursive=False, start_after=after) == level


def test_large_folders_are_left_after_a_page() -> None:
    keys = {f"films/{folder}/{number:04}.mp4" for folder in "ac" for number in range(2500)}
    keys |= {f"films/{name}.mp4" for name in "abcd"} | {
        "films/a/z/deep.mp4",
        "films/a0.mp4",
        "films/b/one.mp4",
    }
    steps = list(pages(filled(keys), "films/", recursive=False))
    assert [each.path for page in steps for each in page] == [
        "films/a.mp4",
        "films/a0.mp4",
        "films/b.mp4",
        "films/c.mp4",
        "films/d.mp4",
    ]
    assert len(steps) == 3


def test_pages_follow_each_thousand_objects() -> None:
    keys = {f"{number:05}.mp4" for number in range(2500)}
    assert [len(page) for page in pages(filled(keys), "", recursive=True)] == [1000, 1000, 500]


@pytest.mark.parametrize(("key", "is_listed"), [("films", False), ("films/2026", False), ("a.mp4", True)])
def test_markers_of_folders_are_left_out(key: str, is_listed: bool) -> None:
    assert listed(filled({key}, b""), "", recursive=True) == ([key] if is_listed else [])

"""Listings of stores: the same as filtering all keys, whatever the keys are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.http.stores.store_process.listing.answers import ListedPage
from shared.adapters.http.stores.store_process.listing.listing import ListPage, pages
from shared.adapters.http.stores.store_process.messages import ObjectEntry

KEYS = st.text("ab./\n\x01 ü", min_size=1, max_size=7)
PAGE = 3


def store_of(keys: set[str], size: int = 4, *, knows_queries: bool = True) -> ListPage:
    """Return a store in memory. One that does not know queries answers each with all of its objects."""

    def list_page(prefix: str, delimiter: str, start_after: str, next_page: str) -> ListedPage:
        found = [key for key in sorted(keys) if key > next_page]
        if knows_queries:
            found = [key for key in found if key.startswith(prefix) and key > start_after]
            found = [key for key in found if not delimiter or delimiter not in key[len(prefix) :]]
        more = found[PAGE - 1] if len(found) > PAGE else ""
        return ListedPage([ObjectEntry(key, size, 0.0) for key in found[:PAGE]], more)

    return list_page


def listed(store: ListPage, prefix: str = "", *, recursive: bool = True, start_after: str = "") -> list[str]:
    found = pages(store, prefix, recursive=recursive, start_after=start_after)
    return [entry.path for page in found for entry in page]


@given(st.sets(KEYS, max_size=20), KEYS, st.integers(0, 7), st.just("") | KEYS, st.booleans())
def test_listing_is_that_of_all_keys_filtered(
    keys: set[str], key: str, length: int, after: str, knows_queries: bool
) -> None:
    prefix = key[:length]
    files = [each for each in sorted(keys) if not each.endswith("/")]
    found = [each for each in files if each.startswith(prefix) and each > after]
    level = [each for each in found if "/" not in each.removeprefix(prefix)]
    store = store_of(keys, knows_queries=knows_queries)
    assert listed(store, prefix, start_after=after) == found
    assert listed(store, prefix, recursive=False, start_after=after) == level


@given(st.sets(KEYS, max_size=12))
def test_listing_goes_on_behind_every_key(keys: set[str]) -> None:
    whole = listed(store_of(keys))
    for at, key in enumerate(whole):
        assert listed(store_of(keys), start_after=key) == whole[at + 1 :]


@pytest.mark.parametrize(("key", "is_listed"), [("films", False), ("films/2026", False), ("a.mp4", True)])
def test_empty_markers_of_folders_are_left_out(key: str, is_listed: bool) -> None:
    assert listed(store_of({key}, size=0)) == ([key] if is_listed else [])


def test_markers_of_folders_with_content_are_left_out() -> None:
    assert listed(store_of({"films/", "a.mp4/", "b//"})) == []

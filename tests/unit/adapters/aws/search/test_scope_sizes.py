"""Remembered sizes of scopes: counted once a minute, and bounded in number."""

import pytest

from shared.adapters.aws.search import scope_sizes
from shared.adapters.aws.search.queries import InScope
from shared.adapters.aws.search.scope_sizes import ScopeSizes
from shared.ports.search_index import SearchFilter


class Counting:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, scope: SearchFilter) -> InScope:
        self.asked.append(scope.tenant_id)
        return InScope(len(self.asked), 0, 0)


def test_scope_is_counted_again_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    counting = Counting()
    sizes = ScopeSizes(counting)

    assert [sizes.of(SearchFilter(name)).documents for name in ("a", "a", "b", "a")] == [1, 1, 2, 1]
    now += 61
    assert sizes.of(SearchFilter("a")).documents == 3


def test_number_of_remembered_scopes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope_sizes, "_MAX_SCOPES", 2)
    counting = Counting()
    sizes = ScopeSizes(counting)

    for name in ("a", "b", "c", "c", "a"):
        sizes.of(SearchFilter(name))

    assert counting.asked == ["a", "b", "c", "a"]

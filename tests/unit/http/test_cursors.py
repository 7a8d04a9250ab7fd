from types import SimpleNamespace
from typing import cast

import pytest

from shared.domain.access import Caller, Scope
from shared.domain.errors import InvalidCursor
from shared.http import cursors
from shared.http.call import Call

QUERY = {"list": "index-media", "index": "idx_1"}


class FixedSecrets:
    def get_or_create(self, name: str, length: int = 32) -> bytes:
        return name.encode().ljust(length, b"x")[:length]


def call(tenant: str = "acme") -> Call:
    caller = Caller(tenant_id=tenant, user_id="u", scopes=frozenset({Scope.READ}))
    ports = SimpleNamespace(secrets=FixedSecrets())
    return cast("Call", SimpleNamespace(caller=caller, runtime=SimpleNamespace(ports=ports)))


@pytest.mark.parametrize("position", ["vid_01J", "", "映像#0001", "x" * 1000])
def test_cursor_returns_its_position(position: str) -> None:
    cursor = cursors.encode(call(), QUERY, position)
    assert cursors.decode(call(), dict(reversed(QUERY.items())), cursor) == position
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_cursor_is_bound_to_tenant_and_query() -> None:
    cursor = cursors.encode(call(), QUERY, "vid_1")
    for caller, query in ((call("other"), QUERY), (call(), QUERY | {"index": "idx_2"}), (call(), {})):
        with pytest.raises(InvalidCursor):
            cursors.decode(caller, query, cursor)


@pytest.mark.parametrize("cursor", ["x", "====", "é", "a" * 5000, "AAAA", "\0", "a b", "vid_1"])
def test_malformed_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        cursors.decode(call(), QUERY, cursor)


def test_cursor_with_any_changed_character_is_refused() -> None:
    cursor = cursors.encode(call(), QUERY, "vid_1")
    for at in range(len(cursor) - 1):  # the last character has unused bits
        other = "A" if cursor[at] != "A" else "B"
        with pytest.raises(InvalidCursor):
            cursors.decode(call(), QUERY, cursor[:at] + other + cursor[at + 1 :])


def test_missing_cursor_is_start_of_list() -> None:
    assert cursors.decode_optional(call(), QUERY, None) is None
    assert cursors.decode_optional(call(), QUERY, "") is None

"""Erasure of a medium: what other rooms hold of it goes before the medium's own record."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.media import Media
from shared.services.deletion.eraser import MediaEraser
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA

pytestmark = pytest.mark.slow


class Traces:
    """Traces of another room, whose erasure fails at first."""

    def __init__(self, world: RunWorld) -> None:
        self._world = world
        self.is_broken = True
        self.erased: list[str] = []

    def erase_medium(self, tenant_id: str, media_id: str) -> None:
        assert self._world.documents.get(Media, keys.media(tenant_id, media_id)) is not None
        if self.is_broken:
            raise ConnectionError
        self.erased.append(media_id)

    def erase_index(self, tenant_id: str, index_id: str) -> None:
        raise AssertionError("no index is erased")


def test_medium_is_kept_until_its_traces_are_erased(tmp_path: Path) -> None:
    world = RunWorld(tmp_path)
    media, traces = world.add_without_bytes(), Traces(world)
    eraser = MediaEraser(world.documents, world.blobs, world.search_index, [traces])
    with pytest.raises(ConnectionError):
        eraser.erase(ANNA.tenant_id, media.media_id, lambda: None)
    traces.is_broken = False
    eraser.erase(ANNA.tenant_id, media.media_id, lambda: None)
    assert traces.erased == [media.media_id]
    assert world.documents.get(Media, keys.media(ANNA.tenant_id, media.media_id)) is None
    eraser.erase(ANNA.tenant_id, media.media_id, lambda: None)
    assert traces.erased == [media.media_id]

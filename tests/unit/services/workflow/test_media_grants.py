"""Media grants: names of files, and the lifetime of a link."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.errors import NotPermitted
from shared.services.workflow.media_grants import MediaGrants
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Leaf", "Leaf.mp4"),
        ("leaf.mp4", "leaf.mp4"),
        ("Blätter 1/2", "Blätter 1-2.mp4"),
        ("a\\b:c\r\n", "a-b-c.mp4"),
        ("\r\n", "media.mp4"),
        ("x" * 255, f"{'x' * 200}.mp4"),
    ],
)
def test_file_is_named_after_its_medium(world: RunWorld, title: str, name: str) -> None:
    media = world.add_without_bytes().model_copy(update={"title": title})
    world.keep(media)
    grant = MediaGrants(world.documents, world.blobs, 60).grant(ANNA, media.media_id)
    assert (grant.file_name, grant.mime_type, grant.media_id) == (name, "video/mp4", media.media_id)


@pytest.mark.parametrize(("seconds", "code"), [(60, None), (-1, "media_link_expired")])
def test_link_opens_its_file_until_it_expires(world: RunWorld, seconds: int, code: str | None) -> None:
    media = world.add_without_bytes()
    grant = MediaGrants(world.documents, world.blobs, seconds).grant(ANNA, media.media_id)
    (token,) = parse_qs(urlsplit(grant.url).query)["token"]
    if code is None:
        assert world.blobs.open_link(token) == (media.playback_key, grant.file_name)
        return
    with pytest.raises(NotPermitted) as refused:
        world.blobs.open_link(token)
    assert refused.value.code == code

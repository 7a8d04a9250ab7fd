"""Who may download an export, and what of it can be sent."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.adapters.local.secrets import FileSecrets
from shared.domain.errors import Conflict, NotFound, NotPermitted
from shared.domain.exports.export import Export
from shared.services.exports.downloads import Downloads, download_path
from tests.unit.services.exports.export_world import ExportWorld
from tests.unit.services.storage import ANNA, BERT


@pytest.fixture
def world(tmp_path: Path) -> ExportWorld:
    return ExportWorld(tmp_path)


@pytest.fixture
def export(world: ExportWorld) -> Export:
    created = world.create(world.run(world.film()))
    world.do_work()
    return world.read(created)


def downloads(world: ExportWorld, base_url: str = "https://videos.example", life: int = 900) -> Downloads:
    return Downloads(
        world.documents,
        world.blobs,
        lambda: FileSecrets(world.settings.data_folder / "download-secrets"),
        base_url=base_url,
        link_life=timedelta(seconds=life),
    )


def token_of(link: str | None) -> str:
    assert link is not None
    return parse_qs(urlsplit(link).query)["token"][0]


def test_ids_are_quoted_in_paths() -> None:
    assert download_path("exp_1/ä") == "/api/v2/exports/exp_1%2F%C3%A4/download"


def test_link_opens_one_export_and_nothing_else(world: ExportWorld, export: Export) -> None:
    served = downloads(world)
    token = token_of(served.link(export))
    holder = served.holder(token, export.export_id)
    assert holder.tenant_id == ANNA.tenant_id
    assert b"".join(served.open(holder, export.export_id).content)
    with pytest.raises(NotPermitted):
        served.holder(token, "exp_other")
    with pytest.raises(NotPermitted):
        downloads(world).holder(token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), export.export_id)


def test_link_expires(world: ExportWorld, export: Export) -> None:
    token = token_of(downloads(world, life=-1).link(export))
    with pytest.raises(NotPermitted):
        downloads(world).holder(token, export.export_id)


def test_there_is_no_link_over_plain_http_or_before_the_end(world: ExportWorld, export: Export) -> None:
    assert downloads(world, "http://videos.example").link(export) is None
    waiting = world.create(world.run(world.film()))
    assert downloads(world).link(waiting) is None
    with pytest.raises(Conflict) as refused:
        downloads(world).open(ANNA, waiting.export_id)
    assert refused.value.code == "export_not_completed"


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://videos.example", "https://videos.example"),
        ("HTTPS://Videos.example:8443", "https://Videos.example:8443"),
        ("https://videos.example:443", "https://videos.example:443"),
        ("https://[::1]", "https://[::1]"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://videos.example/prefix", None),
        ("https://videos.example?a=b", None),
        ("https://anna@videos.example", None),
        ("https://videos.example:", None),
        ("https://videos.example:0", None),
        ("https://", None),
    ],
)
def test_links_are_made_that_the_clients_accept(
    world: ExportWorld, export: Export, base_url: str, origin: str | None
) -> None:
    link = downloads(world, base_url).link(export)
    if origin is None:
        assert link is None
    else:
        assert link is not None
        assert link.startswith(f"{origin}/api/v2/exports/{export.export_id}/download?token=v1.")


def test_export_of_another_tenant_is_not_found(world: ExportWorld, export: Export) -> None:
    with pytest.raises(NotFound):
        downloads(world).open(BERT, export.export_id)


def test_file_that_the_process_cannot_send_is_refused(world: ExportWorld, export: Export) -> None:
    size = export.file_size_bytes or 0
    assert downloads(world).open(ANNA, export.export_id, max_bytes=size).export.export_id == export.export_id
    with pytest.raises(Conflict) as refused:
        downloads(world).open(ANNA, export.export_id, max_bytes=size - 1)
    assert refused.value.code == "export_too_large_for_function"

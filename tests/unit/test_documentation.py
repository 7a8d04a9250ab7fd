"""Nothing that a user can set or call goes without a line in the reference."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.cli.__main__ import application
from shared.cli.documentation import Route, routes, routes_page, settings_page
from shared.domain.access import Scope
from shared.settings import Settings
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def every_route() -> list[Route]:
    return routes()


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_described(name: str) -> None:
    (row,) = (line for line in settings_page().splitlines() if line.startswith(f"| `{name}` |"))
    _, _, variable, kind, default, _, description, _ = (cell.strip() for cell in row.split("|"))
    assert variable == f"`VIDEOVECTOR_SERVER_{name.upper()}`"
    assert kind
    assert default
    assert description.endswith(".")


def test_defaults_and_limits_are_said_as_they_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_PORT", "1")
    page = settings_page()
    assert "| whole number | `8000` | at least 0, at most 65535 |" in page
    assert "| `21474836480` (20 GiB) | more than 0 |" in page


def test_what_is_said_to_be_secure_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)((?:::\w+)*)`", (DOCS / "security.md").read_text())
    assert len(named) > 40
    for path, inside in named:
        source = (DOCS.parent / path).read_text()
        for name in filter(None, inside.split("::")):
            assert re.search(rf"^ *(?:def|class) {name}\b", source, re.MULTILINE), f"{path}::{name}"


def test_every_route_says_what_it_does(every_route: list[Route]) -> None:
    assert len(every_route) > 50
    assert not [route for route in every_route if len(route.summary) < 5]
    assert not [route for route in every_route if "Args:" in route.summary or "\n" in route.summary]


def test_only_health_and_signed_links_need_no_key(every_route: list[Route]) -> None:
    open_to_all = {route.path for route in every_route if route.scope is None}
    assert open_to_all == {"/health", "/media/{file_name}", "/upload-parts"}


def test_what_changes_or_deletes_is_not_for_readers(every_route: list[Route]) -> None:
    scopes = {(route.method, route.path.removeprefix("/api/v2")): route.scope for route in every_route}
    assert scopes["POST", "/indexes"] == Scope.WRITE
    assert scopes["POST", "/workflow/search"] == Scope.SEARCH
    deletions = {path: scope for (method, path), scope in scopes.items() if method == "DELETE"}
    assert deletions.pop("/uploads/{upload_id}") == Scope.WRITE, "an upload that was begun is called off"
    assert set(deletions.values()) == {Scope.ADMIN}


def test_every_route_has_its_row(every_route: list[Route]) -> None:
    lines = routes_page().splitlines()
    for route in every_route:
        row = f"| `{route.method}` | `{route.path}` | {route.scope or 'none'} | "
        assert len([line for line in lines if line.startswith(row)]) == 1, row


def test_check_names_each_page_that_is_old(tmp_path: Path) -> None:
    run = CliRunner()
    arguments = ["documentation", "--folder", str(tmp_path)]
    assert run.invoke(application, arguments).exit_code == 0
    assert run.invoke(application, [*arguments, "--check"]).exit_code == 0

    page = tmp_path / "settings.md"
    page.write_text(page.read_text().replace("8000", "9000"))
    outcome = run.invoke(application, [*arguments, "--check"])
    assert outcome.exit_code == 1
    assert f"{page} is out of date" in outcome.stderr
    assert "routes.md" not in outcome.stderr
    assert "9000" in page.read_text()


def test_the_pages_of_this_project_are_current() -> None:
    assert CliRunner().invoke(application, ["documentation", "--folder", str(DOCS), "--check"]).exit_code == 0


def test_settings_that_the_guide_names_exist() -> None:
    limits = (DOCS / "guide.md").read_text().partition("## Limits")[2].partition("## Errors")[0]
    named = {
        name for row in limits.splitlines() for name in re.findall(r"`([a-z_]+)`", row.split("|")[-2:][0])
    }
    assert len(named) > 10
    assert named <= set(Settings.model_fields)


def test_links_between_pages_lead_somewhere() -> None:
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([^):#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.slow
def test_every_command_of_the_guide_works(tmp_path: Path) -> None:
    """In order, in one shell, with the names that earlier blocks set."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (DOCS / "guide.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8
    server = ServerProcess(tmp_path)
    server.start()
    try:
        outcome = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
            cwd=DOCS.parent,
            env={
                **os.environ,
                "VIDEO_VECTOR_BASE_URL": server.base_url,
                "VIDEO_VECTOR_API_KEY": server.api_key(),
                "DATA": str(server.data_folder),
            },
            capture_output=True,
            text=True,
            timeout=HANG_TIMEOUT,
            check=False,
        )
    finally:
        server.kill()
    assert outcome.returncode == 0, f"{outcome.stdout[-2000:]}\n{outcome.stderr[-2000:]}"
    assert "visible_text[]" in outcome.stdout

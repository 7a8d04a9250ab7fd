"""Tests that the documentation covers every setting and route, and that its links and commands work."""

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

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
PAGES = [
    *sorted(DOCS.glob("*.md")),
    *sorted(DOCS.glob("adr/*.md")),
    REPOSITORY / "README.md",
    REPOSITORY / "NOTICE",
    REPOSITORY / "functions" / "pipeline" / "README.md",
]

GENERATED = {f"{name}.md" for name in ("settings", "routes", "events", "errors", "limits", "commands")}
GENERATED.add("export-document.schema.json")

_EXAMPLE_PATHS = re.compile(r"\blabels?\b|test_labels")
"""Files of the example resource in docs/new-resource.md."""


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


def test_settings_page_states_defaults_and_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_PORT", "1")
    page = settings_page()
    assert "| whole number | `8000` | at least 0, at most 65535 |" in page
    assert "| `21474836480` (20 GiB) | more than 0 |" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page_has_no_unresolved_merge(page: Path) -> None:
    assert not re.search(r"^(<{7} |={7}$|>{7} )", page.read_text(), re.MULTILINE)


def test_index_of_documentation_lists_every_page() -> None:
    listed = re.findall(r"^\| \[.*?\]\((.*?)\) \|", (DOCS / "README.md").read_text(), re.MULTILINE)
    others = {"README.md", "pictures", "site"}
    assert sorted(listed) == sorted({path.name for path in DOCS.iterdir()} - others)


def test_security_page_names_existing_tests() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)((?:::\w+)*)`", (DOCS / "security.md").read_text())
    assert len(named) > 40
    for path, inside in named:
        source = (DOCS.parent / path).read_text()
        for name in filter(None, inside.split("::")):
            assert re.search(rf"^ *(?:def|class) {name}\b", source, re.MULTILINE), f"{path}::{name}"


def test_every_route_has_summary(every_route: list[Route]) -> None:
    assert len(every_route) > 50
    assert not [route for route in every_route if len(route.summary) < 5]
    assert not [route for route in every_route if "Args:" in route.summary or "\n" in route.summary]


def test_only_health_and_links_with_credentials_need_no_key(every_route: list[Route]) -> None:
    open_to_all = {route.path for route in every_route if route.scope is None}
    assert open_to_all == {
        "/health",
        "/media/{file_name}",
        "/upload-parts",
        "/api/v2/console/sign-in",
        "/api/v2/webhooks/events",
    }


def test_writing_and_deleting_routes_need_higher_scopes(every_route: list[Route]) -> None:
    scopes = {(route.method, route.path.removeprefix("/api/v2")): route.scope for route in every_route}
    assert scopes["POST", "/indexes"] == Scope.WRITE
    assert scopes["POST", "/workflow/search"] == Scope.SEARCH
    deletions = {path: scope for (method, path), scope in scopes.items() if method == "DELETE"}
    assert deletions.pop("/uploads/{upload_id}") == Scope.WRITE, "an upload that was begun is called off"
    assert deletions.pop("/console/session") == Scope.SEARCH, "anybody signs out"
    assert deletions.pop("/markers/{marker_id}") == Scope.WRITE, "a note is removed by those who write notes"
    assert set(deletions.values()) == {Scope.ADMIN}


def test_every_route_has_one_row(every_route: list[Route]) -> None:
    lines = routes_page().splitlines()
    for route in every_route:
        row = f"| `{route.method}` | `{route.path}` | {route.scope or 'none'} | "
        assert len([line for line in lines if line.startswith(row)]) == 1, row


def test_check_names_outdated_pages(tmp_path: Path) -> None:
    run = CliRunner()
    arguments = ["documentation", "--folder", str(tmp_path)]
    assert run.invoke(application, arguments).exit_code == 0
    assert {page.name for page in tmp_path.iterdir()} == GENERATED
    assert run.invoke(application, [*arguments, "--check"]).exit_code == 0

    page = tmp_path / "settings.md"
    page.write_text(page.read_text().replace("8000", "9000"))
    outcome = run.invoke(application, [*arguments, "--check"])
    assert outcome.exit_code == 1
    assert f"{page} is out of date" in outcome.stderr
    assert "routes.md" not in outcome.stderr
    assert "9000" in page.read_text()


def test_every_warning_of_media_is_described() -> None:
    sources = (path.read_text() for path in (REPOSITORY / "shared" / "media").rglob("*.py"))
    stated = re.compile(r'(?:MediaWarning\(\s*code=|_unused\(.*, )"(\w+)"')
    codes = {code for source in sources for code in stated.findall(source)}
    assert {"time_restarted", "other_audio_streams", "pages_not_shown"} <= codes
    page = (DOCS / "media.md").read_text()
    assert not [code for code in codes if f"`{code}`" not in page]


def test_pages_of_project_are_current() -> None:
    assert CliRunner().invoke(application, ["documentation", "--folder", str(DOCS), "--check"]).exit_code == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_between_pages_resolve(page: Path) -> None:
    for target, heading in re.findall(r"\]\(([^):#]*)#?([^):]*)\)", page.read_text()):
        if target.startswith("pictures/console/"):
            continue  # tests/browser makes them, and the site leaves out what nobody has made yet
        linked = page.parent / target if target else page
        assert linked.exists(), f"links to {target}"
        assert not heading or heading in _anchors(linked), f"links to {target}#{heading}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_paths_in_pages_exist(page: Path) -> None:
    named = re.findall(
        r"(?<![\w/.-])((?:shared|functions|infra|layers|tests|docs)/[\w/.-]*\w)", page.read_text()
    )
    missing = [path for path in named if not (REPOSITORY / path).exists()]
    assert [path for path in missing if not _EXAMPLE_PATHS.search(path)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_modules_that_pages_run_exist(page: Path) -> None:
    named = re.findall(r"python -m ((?:shared|functions|infra|layers|tests)[\w.]*\w)", page.read_text())
    files = {module: REPOSITORY / module.replace(".", "/") for module in named}
    assert [
        module
        for module, file in files.items()
        if not file.with_suffix(".py").exists() and not (file / "__main__.py").exists()
    ] == []


def _anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.slow
def test_commands_of_guide_work(tmp_path: Path) -> None:
    """Run all blocks in order in one shell, so later blocks see the variables of earlier ones."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (DOCS / "guide.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8
    server = ServerProcess(tmp_path, VIDEOVECTOR_SERVER_DEFAULT_INDEX="true")
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

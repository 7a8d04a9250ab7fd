"""Builds of the console and the documentation: packages, compressed twins, stale types of the API."""

import gzip
import json
from pathlib import Path

import pytest

from infra import web
from infra.node import use_packaged_node
from infra.web import REPOSITORY, Project, StepFailed

BUILD = (
    "const { mkdirSync, writeFileSync } = require('node:fs'); mkdirSync('dist', { recursive: true });"
    "writeFileSync('dist/main.js', 'export const name = 1;'.repeat(200)); writeFileSync('dist/tiny.js', '1');"
)


def _project(folder: Path, **packages: str) -> Project:
    package = {"name": "built", "version": "1.0.0", "scripts": {"build": "node build.cjs"}}
    locked = {
        f"node_modules/{name}": {"version": "1.0.0", "resolved": address}
        for name, address in packages.items()
    }
    needed = dict.fromkeys(packages, "1.0.0")
    (folder / "package.json").write_text(json.dumps({**package, "dependencies": needed}))
    lock = {"lockfileVersion": 3, "packages": {"": {**package, "dependencies": needed}, **locked}}
    (folder / "package-lock.json").write_text(json.dumps({**package, **lock}))
    (folder / "build.cjs").write_text(BUILD)
    return Project(folder, use_packaged_node())


def test_build_writes_compressed_twins(tmp_path: Path) -> None:
    _project(tmp_path).build()
    main = (tmp_path / "dist" / "main.js").read_bytes()
    assert gzip.decompress((tmp_path / "dist" / "main.js.gz").read_bytes()) == main
    assert (tmp_path / "dist" / "main.js.br").stat().st_size < len(main) / 10
    assert sorted(path.name for path in (tmp_path / "dist").iterdir()) == [
        "main.js",
        "main.js.br",
        "main.js.gz",
        "tiny.js",
    ]


def test_missing_registry_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    project = _project(tmp_path, absent="http://127.0.0.1:9/absent-1.0.0.tgz")
    with pytest.raises(StepFailed, match="npm does not reach its registry"):
        project.install()


def test_failing_build_shows_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _project(tmp_path)
    (tmp_path / "build.cjs").write_text("throw new Error('the source is broken')")
    monkeypatch.setattr(web, "CONSOLE", tmp_path)
    assert web.main(["console"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "building the console ... failed\n"
    assert "the source is broken" in shown.err


def test_unknown_task_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert (web.main([]), web.main(["consle"])) == (2, 2)
    assert "python -m infra.web console | docs" in capsys.readouterr().err


def test_repository_names_both_projects() -> None:
    assert {web.CONSOLE, web.DOCUMENTATION} == {REPOSITORY / "console", REPOSITORY / "docs" / "site"}
    assert (web.CONSOLE / "package-lock.json").is_file()
    assert (web.DOCUMENTATION / "package-lock.json").is_file()

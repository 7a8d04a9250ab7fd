"""Look-up of built files."""

from pathlib import Path

import pytest

from shared.http.site.files import BuiltFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.js").write_text("script")
    (tmp_path / "main.js.br").write_text("br")
    (tmp_path / "main.js.gz").write_text("gz")
    return tmp_path


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("gzip, deflate, br", "br"),
        ("gzip;q=0.5", "gzip"),
        ("br;q=0, GZIP", "gzip"),
        ("br; q=0.0", None),
        ("identity", None),
    ],
)
def test_best_accepted_coding_is_found(folder: Path, accepted: str, coding: str | None) -> None:
    found = BuiltFiles(folder).find("main.js", accepted)
    assert found is not None
    assert (found.encoding, found.has_twins) == (coding, True)
    assert found.content_type == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", ["", "../main.js", ".main.js", "a//main.js", "other.js", "main.js/x"])
def test_other_names_find_nothing(folder: Path, name: str) -> None:
    assert BuiltFiles(folder / "..").find("../main.js") is None
    assert BuiltFiles(folder).find(name) is None
    assert not BuiltFiles(folder).exists()

"""Lambda assets are rebuilt when their inputs or the build environment change."""

import pytest

from infra import assets
from infra.configuration import Configuration
from layers import build
from layers.lock_files import UvMissing


def test_assets_are_rebuilt_when_interpreter_becomes_available(monkeypatch: pytest.MonkeyPatch) -> None:
    def fingerprint(*, compiled: bool) -> str:
        monkeypatch.setattr(build, "can_compile", lambda: compiled)
        return assets._fingerprint([], Configuration())

    assert fingerprint(compiled=True) != fingerprint(compiled=False)
    assert fingerprint(compiled=True) == fingerprint(compiled=True)


def test_without_uv_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_interpreter", _without_uv)
    assert not build.can_compile()


def _without_uv(python: str) -> str | None:
    raise UvMissing(python)

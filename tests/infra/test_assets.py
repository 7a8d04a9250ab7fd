"""What functions are made of is built again when it would become something else."""

import pytest

from infra import assets
from infra.configuration import Configuration
from layers import build
from layers.locked import UvMissing


def test_who_brings_the_interpreter_later_gets_what_it_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    def fingerprint(*, compiled: bool) -> str:
        monkeypatch.setattr(build, "can_compile", lambda: compiled)
        return assets._fingerprint([], Configuration())

    assert fingerprint(compiled=True) != fingerprint(compiled=False)
    assert fingerprint(compiled=True) == fingerprint(compiled=True)


def test_without_uv_nothing_can_be_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_interpreter", _without_uv)
    assert not build.can_compile()


def _without_uv(python: str) -> str | None:
    raise UvMissing(python)

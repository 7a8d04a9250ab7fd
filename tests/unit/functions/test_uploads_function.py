"""Tests of the uploads function: only the event of a permanently refused import is dropped."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from shared.domain import blob_keys
from shared.domain.errors import DomainError, NotFound, RecordTooLarge, Unavailable, VersionConflict
from shared.domain.keys import Key

KEY = Key("jobs", "imp_1")


@pytest.fixture
def function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_DATA_FOLDER", str(tmp_path))
    return importlib.reload(importlib.import_module("functions.events.uploads.handler"))


def arrive(function: ModuleType, monkeypatch: pytest.MonkeyPatch, failure: DomainError) -> None:
    """Send the event of an uploaded file whose import fails with ``failure``."""

    def fail(*_: str) -> None:
        raise failure

    monkeypatch.setattr(function.runtime.imports.uploads, "import_joined_file", fail)
    function._import_uploaded_file(blob_keys.import_source("anna", "imp_1", "fil_1"))


def test_event_of_refused_import_is_not_retried(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(function, monkeypatch, NotFound("index", "idx_1"))


@pytest.mark.parametrize(
    "failure", [Unavailable("no store"), VersionConflict(KEY), RecordTooLarge(KEY, 500_000, 400_000)]
)
def test_event_of_import_that_cannot_be_stored_is_delivered_again(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch, failure: DomainError
) -> None:
    with pytest.raises(type(failure)):
        arrive(function, monkeypatch, failure)

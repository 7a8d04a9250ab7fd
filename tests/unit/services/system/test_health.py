"""Health of the parts."""

from pathlib import Path
from typing import NoReturn

from shared.domain.errors import Unavailable
from shared.services.system.health import Health
from tests.unit.services.storage import Storage


def test_failing_parts_have_sentences_that_are_kept_for_a_while(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "storage")
    asked: list[str] = []
    now = 0.0

    def fail() -> NoReturn:
        asked.append("search")
        raise Unavailable(f"{tmp_path} is locked")

    health = Health(lambda: storage.documents.records, lambda: storage.blobs, fail, fail, clock=lambda: now)
    found = health.report()
    assert (found["records"], found["blobs"]) == ("ok", "ok")
    assert found["search_index"] == "The search index does not answer."
    assert health.report() == found
    assert len(asked) == 2
    now = 15.0
    health.report()
    assert len(asked) == 4

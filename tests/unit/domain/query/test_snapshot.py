from typing import Any

import pytest

from shared.domain.query.snapshot import SearchedScope


@pytest.mark.parametrize(
    "stored",
    [
        {"type": "playground"},
        {"type": "videos", "video_ids": ["vid_1"]},
        {"type": "prompt_runs", "prompt_run_ids": ["run_1"]},
        {
            "type": "index",
            "index_id": "idx_1",
            "index_name": "films",
            "video_ids": [],
            "prompt_run_ids": ["run_1"],
        },
    ],
)
def test_stored_scope_round_trips_without_absent_fields(stored: dict[str, Any]) -> None:
    assert SearchedScope.model_validate(stored).model_dump(mode="json") == stored

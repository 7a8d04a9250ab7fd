"""The cost of a run, in MT: one MT is one minute of media extracted."""

from dataclasses import dataclass

import pytest

from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import RunOptions
from shared.services.runs.estimate import cost, estimate

BARE = RunOptions(enable_transcription=False, enable_image_embedding=False)
TRANSCRIBED = RunOptions(enable_image_embedding=False)
EMBEDDED = RunOptions(enable_transcription=False)
FULL = RunOptions()


@dataclass(frozen=True)
class Item:
    media_type: MediaType
    duration_seconds: float | None


@pytest.mark.parametrize(
    ("media_type", "seconds", "options", "expected"),
    [
        (MediaType.VIDEO, 60.0, BARE, 1.0),
        (MediaType.VIDEO, 60.0, TRANSCRIBED, 1.25),
        (MediaType.VIDEO, 60.0, EMBEDDED, 1.1),
        (MediaType.VIDEO, 60.0, FULL, 1.35),
        (MediaType.VIDEO, 30.0, FULL, 0.675),
        (MediaType.AUDIO, 60.0, FULL, 1.25),
        (MediaType.AUDIO, 60.0, EMBEDDED, 1.0),
        (MediaType.VIDEO, None, FULL, 0.0),
        (MediaType.IMAGE, None, FULL, 0.05),
        (MediaType.IMAGE, 60.0, BARE, 0.05),
    ],
)
def test_cost_depends_on_duration_and_operations(
    media_type: MediaType, seconds: float | None, options: RunOptions, expected: float
) -> None:
    assert cost(Item(media_type, seconds), options) == pytest.approx(expected)


def test_estimate_sums_and_rounds_media() -> None:
    media = [Item(MediaType.VIDEO, 0.77777), Item(MediaType.VIDEO, 60.0), Item(MediaType.IMAGE, None)]
    found = estimate(iter(media), FULL)
    assert found.estimated_mt == 1.4175
    assert found.total_seconds == 60.778
    assert found.item_count == 3
    assert found.counts == {MediaType.VIDEO: 2, MediaType.AUDIO: 0, MediaType.IMAGE: 1}
    assert found.sufficient_balance


def test_estimate_of_no_media_is_zero() -> None:
    found = estimate([], FULL)
    assert (found.estimated_mt, found.item_count, found.total_seconds) == (0, 0, 0)

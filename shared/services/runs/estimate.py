"""The cost of a run, in MT, the API's unit of account.

A self-hosted server charges nothing. The numbers are a stable measure of work: one MT is one minute of media
extracted. They are computed in the same way for an estimate, a pending run and a finished run. The balance is
a constant that no run exhausts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, assert_never

from shared.domain.media import MediaType
from shared.domain.runs.prompt_run import RunOptions

EXTRACTION_PER_MINUTE: Final = 1.0
TRANSCRIPTION_PER_MINUTE: Final = 0.25
IMAGE_EMBEDDING_PER_MINUTE: Final = 0.1
PER_IMAGE: Final = 0.05
BALANCE_MT: Final = 1_000_000_000.0


class Measured(Protocol):
    """A medium, or a medium's state in a run."""

    @property
    def media_type(self) -> MediaType: ...

    @property
    def duration_seconds(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Estimate:
    estimated_mt: float
    item_count: int
    total_seconds: float
    counts: Mapping[MediaType, int]
    sufficient_balance: bool = True
    current_balance_mt: float = BALANCE_MT


def cost(media: Measured, options: RunOptions) -> float:
    """Return the cost of one whole medium, in MT."""
    seconds = media.duration_seconds or 0.0
    match media.media_type:
        case MediaType.IMAGE:
            return PER_IMAGE
        case MediaType.AUDIO:
            return _rate(options, has_frames=False) * seconds / 60
        case MediaType.VIDEO:
            return _rate(options, has_frames=True) * seconds / 60
        case other:
            assert_never(other)


def _rate(options: RunOptions, *, has_frames: bool) -> float:
    """Return the cost of one minute, in MT."""
    rate = EXTRACTION_PER_MINUTE
    if options.enable_transcription:
        rate += TRANSCRIPTION_PER_MINUTE
    if options.enable_image_embedding and has_frames:
        rate += IMAGE_EMBEDDING_PER_MINUTE
    return rate


def estimate(media: Iterable[Measured], options: RunOptions) -> Estimate:
    """Estimate the cost of a run. The same media and options always cost the same."""
    items = list(media)
    total = round(sum(cost(item, options) for item in items), 4)
    seconds = round(sum(item.duration_seconds or 0.0 for item in items), 3)
    counts = {kind: sum(item.media_type is kind for item in items) for kind in MediaType}
    return Estimate(total, len(items), seconds, counts)

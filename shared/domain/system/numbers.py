"""Numbers about an archive and about a server: what exists, what waits, what is at work."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, Field


class MediaNumbers(BaseModel):
    """Media of an archive, their segments, and the bytes of their playable files.

    ``at_least``: there are more than were counted.
    """

    count: int = 0
    by_status: dict[str, int] = Field(default_factory=dict)
    segments: int = 0
    bytes: int = 0
    at_least: bool = False

    def plus(self, other: "MediaNumbers") -> "MediaNumbers":
        return MediaNumbers(
            count=self.count + other.count,
            by_status=_summed([self.by_status, other.by_status]),
            segments=self.segments + other.segments,
            bytes=self.bytes + other.bytes,
            at_least=self.at_least or other.at_least,
        )


class WorkNumbers(BaseModel):
    """Imports, runs or deliveries by status. ``waiting`` and ``at_work`` are the lengths of their queue.

    ``at_least``: only the newest were counted, and there are older ones.
    """

    by_status: dict[str, int] = Field(default_factory=dict)
    waiting: int = 0
    at_work: int = 0
    at_least: bool = False

    def plus(self, other: "WorkNumbers") -> "WorkNumbers":
        return WorkNumbers(
            by_status=_summed([self.by_status, other.by_status]),
            waiting=self.waiting + other.waiting,
            at_work=self.at_work + other.at_work,
            at_least=self.at_least or other.at_least,
        )


class ArchiveNumbers(BaseModel):
    """The numbers of one tenant, or the sums over several."""

    media: MediaNumbers = Field(default_factory=MediaNumbers)
    imports: WorkNumbers = Field(default_factory=WorkNumbers)
    runs: WorkNumbers = Field(default_factory=WorkNumbers)
    deliveries: WorkNumbers = Field(default_factory=WorkNumbers)

    def plus(self, other: "ArchiveNumbers") -> "ArchiveNumbers":
        return ArchiveNumbers(
            media=self.media.plus(other.media),
            imports=self.imports.plus(other.imports),
            runs=self.runs.plus(other.runs),
            deliveries=self.deliveries.plus(other.deliveries),
        )


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """Bytes of the disk that holds the data folder."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class ServerActivity:
    """What the threads of one server do.

    ``jobs`` maps a workflow and a state (``waiting``, ``deferred``, ``running``) to the number of its jobs.
    ``feed_lag`` maps a consumer to the number of events that it has not taken. ``due_work`` maps a kind of
    due work and an outcome (``succeeded``, ``failed``, ``error``) to the number of its runs since the start.
    """

    jobs: Mapping[tuple[str, str], int]
    feed_lag: Mapping[str, int]
    due_work: Mapping[tuple[str, str], int]


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))

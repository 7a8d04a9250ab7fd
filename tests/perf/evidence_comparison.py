"""Comparison of the evidence that two versions of the code have stored for the same medium."""

import difflib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

_SAME_TIME: Final = 1e-3


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """The JSON of the visual analysis and of the transcript. Either is None if there is none."""

    pictures: dict[str, Any] | None
    transcript: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Counts of what only one of two analyses has, and the least similarity of two embeddings.

    ``words`` is the share of words that differ, in 0..1.
    """

    shots: int
    frames: int
    tags: int
    text_lines: int
    words: float
    min_cosine: float
    max_confidence_change: float

    def as_counts(self) -> dict[str, float]:
        return asdict(self)

    @property
    def is_none(self) -> bool:
        """Whether both have found the same shots, frames, tags, lines of text and words."""
        return not (self.shots or self.frames or self.tags or self.text_lines or self.words)


def newest_evidence(data_folder: Path) -> StoredEvidence:
    """Read the evidence that was stored last below a server's data folder."""
    return StoredEvidence(_newest(data_folder, "pictures-*.json"), _newest(data_folder, "speech-*.json"))


def differences(one: StoredEvidence, other: StoredEvidence) -> Difference:
    """Compare two analyses of one medium."""
    frames, other_frames = _frames(one), _frames(other)
    both = sorted(frames.keys() & other_frames.keys())
    pairs = [(frames[time], other_frames[time]) for time in both]
    return Difference(
        shots=_only_in_one([_starts(one), _starts(other)]),
        frames=len(frames.keys() ^ other_frames.keys()),
        tags=sum(_only_in_one([_tags(a), _tags(b)]) for a, b in pairs),
        text_lines=sum(_only_in_one([_lines(a), _lines(b)]) for a, b in pairs),
        words=round(1 - difflib.SequenceMatcher(None, _words(one), _words(other), False).ratio(), 4),
        min_cosine=round(min((_cosine(a, b) for a, b in pairs), default=1.0), 4),
        max_confidence_change=round(max((_confidence_change(a, b) for a, b in pairs), default=0.0), 4),
    )


def _newest(folder: Path, pattern: str) -> dict[str, Any] | None:
    found = [path for path in folder.rglob(pattern) if "speech-spans" not in path.name]
    if not found:
        return None
    read: dict[str, Any] = json.loads(max(found, key=lambda path: path.stat().st_mtime).read_bytes())
    return read


def _frames(evidence: StoredEvidence) -> dict[int, dict[str, Any]]:
    """Return the frames by time, in milliseconds."""
    frames = evidence.pictures["frames"] if evidence.pictures else []
    return {round(frame["timestamp"] / _SAME_TIME): frame for frame in frames}


def _starts(evidence: StoredEvidence) -> list[int]:
    shots = evidence.pictures["shots"] if evidence.pictures else []
    return [round(shot["start"] / _SAME_TIME) for shot in shots]


def _tags(frame: dict[str, Any]) -> list[tuple[str, str]]:
    return [(tag["kind"], tag["label"]) for tag in frame["tags"]]


def _lines(frame: dict[str, Any]) -> list[str]:
    return [line["text"] for line in frame["text_lines"]]


def _words(evidence: StoredEvidence) -> list[str]:
    utterances = evidence.transcript["utterances"] if evidence.transcript else []
    return [word["text"] for utterance in utterances for word in utterance["words"]]


def _only_in_one(lists: Sequence[Sequence[Any]]) -> int:
    one, other = (Counter(each) for each in lists)
    return ((one - other) + (other - one)).total()


def _confidence_change(frame: dict[str, Any], other: dict[str, Any]) -> float:
    before = {(tag["kind"], tag["label"]): tag["confidence"] for tag in frame["tags"]}
    after = {(tag["kind"], tag["label"]): tag["confidence"] for tag in other["tags"]}
    return max((abs(before[tag] - after[tag]) for tag in before.keys() & after.keys()), default=0.0)


def _cosine(frame: dict[str, Any], other: dict[str, Any]) -> float:
    a, b = frame["embedding"], other["embedding"]
    if a is None or b is None:
        return 1.0 if a is b else 0.0
    return float(sum(x * y for x, y in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b)))

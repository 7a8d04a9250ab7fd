"""Ranked search results and their ids, independent of the wire format."""

from dataclasses import dataclass
from typing import NamedTuple

from shared.domain.evidence import Frozen
from shared.domain.ids import parse_segment_id


class ResultIdentity(NamedTuple):
    """The parts of a result id. ``segment_id`` is "" for a media-wide result."""

    media_id: str
    segment_id: str
    run_id: str


def segment_result_id(segment_id: str, run_id: str) -> str:
    """Return the id of the result of a segment in a run."""
    return f"segment:{segment_id}:{run_id}"


def video_result_id(media_id: str, run_id: str) -> str:
    """Return the id of the media-wide result of a medium in a run."""
    return f"video:{media_id}:{run_id}"


def parse_result_id(result_id: str) -> ResultIdentity | None:
    """Parse the id of a segment result or of a media-wide result. Return None for any other text."""
    kind, _, rest = result_id.partition(":")
    subject, _, run_id = rest.partition(":")
    if kind == "video" and run_id:
        return ResultIdentity(subject, "", run_id)
    located = parse_segment_id(subject)
    if kind != "segment" or located is None or not run_id:
        return None
    return ResultIdentity(located[0], subject, run_id)


@dataclass(frozen=True, slots=True)
class MatchedPassage:
    """A passage that matches the query.

    ``score`` is its own ``shared.domain.query.fusion.text_score``, in 0..1. A search has hundreds of them, so
    this is no model that validates its fields.
    """

    field_path: str
    instance_path: str
    text: str
    score: float


class RankedResult(Frozen):
    """A result of a search, with its scores.

    ``score`` orders the results; the other scores and ranks explain it. Ranks start at 1. ``match_type``
    is both, text_only or image_only.
    """

    result_id: str
    score: float
    similarity: float | None = None
    text_score: float | None = None
    image_score: float | None = None
    text_rank: int | None = None
    image_rank: int | None = None
    match_type: str = "text_only"
    matches: tuple[MatchedPassage, ...] = ()
    picture_key: str | None = None
    picture_timestamp: float | None = None
    picture_score: float | None = None

"""Ranked results, before they are dressed for the wire."""

from typing import NamedTuple

from shared.domain.evidence import Frozen
from shared.domain.ids import parse_segment_id


class ResultIdentity(NamedTuple):
    """``segment_id`` is "" for a media-wide result."""

    media_id: str
    segment_id: str
    run_id: str


def segment_result_id(segment_id: str, run_id: str) -> str:
    return f"segment:{segment_id}:{run_id}"


def video_result_id(media_id: str, run_id: str) -> str:
    return f"video:{media_id}:{run_id}"


def parse_result_id(result_id: str) -> ResultIdentity | None:
    """The inverse of the two above; None for anything else."""
    kind, _, rest = result_id.partition(":")
    subject, _, run_id = rest.partition(":")
    if kind == "video" and run_id:
        return ResultIdentity(subject, "", run_id)
    located = parse_segment_id(subject)
    if kind != "segment" or located is None or not run_id:
        return None
    return ResultIdentity(located[0], subject, run_id)


class MatchedPassage(Frozen):
    """``score`` in 0..1."""

    field_path: str
    instance_path: str
    text: str
    score: float


class RankedResult(Frozen):
    """``score`` orders the list; the others say where it comes from. Ranks start at 1.

    ``match_type`` is both, text_only or image_only.
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

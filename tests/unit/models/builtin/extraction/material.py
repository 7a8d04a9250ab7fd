"""Findings and fields for the tests of the built-in extractor's parts."""

from typing import Any

from shared.models.builtin.extraction.fields import Field, field_of
from shared.models.builtin.extraction.findings import Findings, Row, findings_of
from shared.ports.models import ExtractionRequest
from tests.unit.models.evidence import TagSpec, evidence


def findings(
    *results: dict[str, Any],
    lines: tuple[str, ...] = (),
    tags: tuple[TagSpec, ...] = (),
    speech: str = "",
    media_type: str = "video",
) -> Findings:
    """Return the findings of a segment from 10 s to 15.5 s with one frame at 11 s."""
    seen = evidence(lines=lines, tags=tags, speech=speech, media_type=media_type)
    return findings_of(ExtractionRequest("", {}, seen, segment_results=results))


def field(name: str, description: str = "", instructions: str = "") -> Field:
    return field_of(name, "", {"description": description}, instructions)


def row(text: str, kind: str = "line", *, confidence: float = 1.0, count: int = 1) -> Row:
    return Row(text, kind, 1.0, 2.0, confidence, count)

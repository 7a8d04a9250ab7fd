"""Evidence as rows of text with times and confidence, the form that the built-in extractor uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.domain.evidence import FrameEvidence, SegmentEvidence
from shared.models.builtin.extraction.words import folded, stems_of
from shared.ports.models import ExtractionRequest

MIN_LINE_CONFIDENCE: Final = 0.5
"""Lines below this confidence are too often false detections."""

MIN_TAG_CONFIDENCE: Final = 0.2
"""Tags below this confidence are guesses."""

MAX_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One finding.

    ``kind`` is object, scene, line, speech or note. ``count`` is the number of instances visible at the same
    time. Times are in seconds from the medium's start.
    """

    text: str
    kind: str
    start: float
    end: float
    confidence: float = 1.0
    count: int = 1
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of a segment.

    ``tags`` are ordered by confidence, highest first; lines and speech by first appearance. ``results`` are
    the segment results that a media-wide result aggregates, in order of time.
    """

    start: float
    end: float
    media_type: str
    title: str
    language: str | None
    speech: tuple[Row, ...]
    lines: tuple[Row, ...]
    tags: tuple[Row, ...]
    notes: tuple[Row, ...] = ()
    results: tuple[dict[str, Any], ...] = ()
    has_images: bool = False

    @property
    def texts(self) -> tuple[Row, ...]:
        return self.lines + self.speech + self.notes

    @property
    def spoken_text(self) -> str:
        return " ".join(row.text for row in self.speech)

    def stems(self) -> set[str]:
        """Return the stems of all tags, lines, speech and notes."""
        return {stem for row in (*self.texts, *self.tags) for stem in stems_of(row.text)}


def findings_of(request: ExtractionRequest) -> Findings:
    evidence = request.evidence
    return Findings(
        start=evidence.start,
        end=evidence.end,
        media_type=evidence.media_type,
        title=evidence.title,
        language=evidence.language,
        speech=tuple(_speech(evidence))[:MAX_ROWS],
        lines=tuple(_lines(evidence.frames))[:MAX_ROWS],
        tags=tuple(_tags(evidence.frames))[:MAX_ROWS],
        notes=tuple(_notes(request.segment_results, evidence))[:MAX_ROWS],
        results=tuple(request.segment_results),
        has_images=bool(evidence.frames),
    )


def findings_of_row(row: Row, whole: Findings) -> Findings:
    """Return the findings that concern one row only."""
    return Findings(
        start=row.start,
        end=row.end,
        media_type=whole.media_type,
        title="",
        language=whole.language if row.kind == "speech" else None,
        speech=(row,) if row.kind == "speech" else (),
        lines=(row,) if row.kind == "line" else (),
        tags=(row,) if row.kind in ("object", "scene") else (),
        has_images=row.kind != "speech",
    )


def _speech(evidence: SegmentEvidence) -> Iterator[Row]:
    """Yield the speech inside the segment, with the transcript's wording."""
    rows = []
    for utterance in evidence.utterances:
        words = [w for w in utterance.words if evidence.start <= (w.start + w.end) / 2 < evidence.end]
        if words:
            text = " ".join(word.text.strip() for word in words)
            confidence = sum(word.confidence for word in words) / len(words)
            rows.append(Row(text, "speech", words[0].start, words[-1].end, confidence))
        elif not utterance.words and evidence.start <= (utterance.start + utterance.end) / 2 < evidence.end:
            rows.append(Row(utterance.text.strip(), "speech", utterance.start, utterance.end))
    if not rows and evidence.transcript.strip():
        rows = [Row(evidence.transcript.strip(), "speech", evidence.start, evidence.end)]
    yield from (row for row in rows if row.text)


def _lines(frames: Sequence[FrameEvidence]) -> Iterator[Row]:
    """Return each line once, even if several frames show it."""
    best: dict[str, Row] = {}
    for frame in frames:
        for line in frame.text_lines:
            key = folded(line.text)
            if line.confidence < MIN_LINE_CONFIDENCE or not key:
                continue
            known = best.get(key)
            start = known.start if known else frame.timestamp
            text = line.text.strip()
            if known and known.confidence >= line.confidence:
                best[key] = _extended_to(known, frame.timestamp)
            else:
                best[key] = Row(text, "line", start, frame.timestamp, line.confidence, box=line.box)
    return iter(best.values())


def _tags(frames: Sequence[FrameEvidence]) -> Iterator[Row]:
    best: dict[str, Row] = {}
    for frame in frames:
        confident = [tag for tag in frame.tags if tag.confidence >= MIN_TAG_CONFIDENCE and tag.label.strip()]
        for tag in confident:
            key = folded(tag.label)
            count = sum(folded(other.label) == key and other.kind == tag.kind for other in confident)
            known = best.get(key, Row(tag.label.strip(), tag.kind, frame.timestamp, frame.timestamp, 0.0))
            best[key] = Row(
                known.text,
                "object" if "object" in (known.kind, tag.kind) else known.kind,
                known.start,
                frame.timestamp,
                max(known.confidence, tag.confidence),
                max(known.count, count),
            )
    return iter(sorted(best.values(), key=lambda row: (-row.confidence, row.text)))


def _extended_to(row: Row, end: float) -> Row:
    return Row(row.text, row.kind, row.start, end, row.confidence, row.count, row.box)


def _notes(results: Sequence[dict[str, Any]], evidence: SegmentEvidence) -> Iterator[Row]:
    texts = (text for result in results for text in _strings(result))
    for text in dict.fromkeys(text.strip() for text in texts):
        if text:
            yield Row(text, "note", evidence.start, evidence.end)


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)

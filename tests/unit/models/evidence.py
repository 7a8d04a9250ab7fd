"""Evidence in the form of the pipeline, for the extractors' tests."""

from typing import Any

from shared.domain.evidence import FrameEvidence, SegmentEvidence, Tag, TextLine, Utterance, Word

TagSpec = tuple[str, float, str]


def spoken(text: str, start: float) -> Utterance:
    words = [
        Word(text=word, start=start + 0.25 * i, end=start + 0.25 * i + 0.2, confidence=0.9)
        for i, word in enumerate(text.split())
    ]
    return Utterance(text=text, start=start, end=words[-1].end, words=tuple(words))


def evidence(
    *,
    lines: tuple[str, ...] = (),
    tags: tuple[TagSpec, ...] = (),
    speech: str = "",
    media_type: str = "video",
    start: float = 10.0,
    end: float = 15.5,
) -> SegmentEvidence:
    frame = FrameEvidence(
        timestamp=start + 1,
        shot=0,
        picture="frame.jpg",
        text_lines=tuple(TextLine(text=text, confidence=0.95, box=(0, 0, 1, 0.1)) for text in lines),
        tags=tuple(Tag(label=label, confidence=sure, kind=kind) for label, sure, kind in tags),
    )
    return SegmentEvidence(
        start=start,
        end=end,
        media_type=media_type,
        title="Sample reel",
        transcript=speech,
        language="en" if speech else None,
        utterances=(spoken(speech, start),) if speech else (),
        frames=(frame,),
    )


def schema_of(*, optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


STRING: dict[str, Any] = {"type": "string"}
STRINGS: dict[str, Any] = {"type": "array", "items": STRING}
NUMBER: dict[str, Any] = {"type": ["number", "null"]}
INTEGER: dict[str, Any] = {"type": "integer"}
BOOLEAN: dict[str, Any] = {"type": "boolean"}

FLIGHT = evidence(lines=("FLIGHT TK417", "BOARDING AT GATE B12"))
RAIN = evidence(lines=("MONTHLY RAINFALL", "Lisbon 84 mm", "Oslo 52 mm"))
CAFE = evidence(
    tags=(
        ("espresso", 0.8, "scene"),
        ("cup", 0.7, "object"),
        ("cup", 0.6, "object"),
        ("person", 0.9, "object"),
    ),
    speech="welcome to Blue Harbor Coffee my name is Anna Berg and this lovely cup costs three dollars",
)
NO_EVIDENCE = evidence()

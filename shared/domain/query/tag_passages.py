"""Short passages from the tags of frames, for text search.

Text and weight were chosen by a measurement on a reel of eight scenes with seventeen queries. With an
article before the label and the square root of the confidence as weight, every query ranked its scene
first. Among twelve combinations of text and weight, this one had the largest worst-case margin.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain.evidence import FrameEvidence

_MAX_PASSAGES = 16
_WITHOUT_ARTICLE = frozenset(
    {
        *("beer", "bread", "clear soup", "clothing", "coffee", "corn", "dough", "espresso coffee", "food"),
        *("fruit", "furniture", "glasses", "golf", "hay", "jewellery", "medical equipment", "money", "pasta"),
        *("red wine", "skiing", "skis", "soup", "sports", "sunglasses", "swimming", "tea", "tennis", "wine"),
    }
)


def tag_passages(frames: Sequence[FrameEvidence]) -> list[tuple[str, float]]:
    """Return passages with weights in 0..1, highest weight first, such as ("a cat", 0.95).

    The weight multiplies the similarity of passage and query. A tag of only some of the frames has a
    lower weight than a tag of all of them.
    """
    best: dict[str, list[float]] = {}
    for frame in frames:
        in_frame: dict[str, float] = {}
        for tag in frame.tags:
            in_frame[tag.label] = max(tag.confidence, in_frame.get(tag.label, 0.0))
        for label, confidence in in_frame.items():
            best.setdefault(label, []).append(confidence)
    weighted = [
        (_passage(label), round(_weight(confidences, len(frames)), 4)) for label, confidences in best.items()
    ]
    return sorted(weighted, key=lambda passage: (-passage[1], passage[0]))[:_MAX_PASSAGES]


def _weight(confidences: Sequence[float], frames: int) -> float:
    strongest, mean = max(confidences), sum(confidences) / frames
    return float(((strongest + mean) / 2) ** 0.5)


def _passage(label: str) -> str:
    if label in _WITHOUT_ARTICLE:
        return label
    return f"an {label}" if label[:1].lower() in "aeiou" else f"a {label}"

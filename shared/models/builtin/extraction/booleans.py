"""Boolean values. True needs evidence; False needs evidence that was searched and does not match."""

from typing import Final

from shared.models.builtin.extraction.fields import Field
from shared.models.builtin.extraction.findings import Findings
from shared.models.builtin.extraction.lexicon import CATEGORIES
from shared.models.builtin.extraction.words import word_set

_SPEECH: Final = word_set("speech spoken speaking speak talk talking voice dialogue dialog narration")
_TEXT: Final = word_set("text caption subtitle writing written ocr title")
_MEDIA_TYPES: Final = {
    "video": "video",
    "audio": "audio",
    "image": "image",
    "picture": "image",
    "photo": "image",
}


def boolean_answer(field: Field, findings: Findings) -> bool | None:
    """Return None if the evidence does not decide the field."""
    words = set(field.words)
    if words & _SPEECH:
        if findings.speech:
            return True
        return False if findings.media_type == "image" else None
    if words & _TEXT:
        return bool(findings.lines) if findings.has_images or findings.lines else None
    if field.words[:1] == ("is",) and len(field.words) == 2 and field.words[1] in _MEDIA_TYPES:
        return _MEDIA_TYPES[field.words[1]] == findings.media_type
    return True if _has_evidence(field.topics, findings.stems()) else None


def _has_evidence(topic_words: frozenset[str], evidence: set[str]) -> bool:
    return bool(topic_words) and all(
        ({word} | CATEGORIES.get(word, frozenset())) & evidence for word in topic_words
    )

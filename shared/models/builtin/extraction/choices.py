"""Choice of an enum member by shared words, by sentiment, or by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from shared.models.builtin.extraction.fields import Field, Role
from shared.models.builtin.extraction.findings import Findings
from shared.models.builtin.extraction.lexicon import CATEGORIES, NEGATIONS, NEUTRAL_MEMBERS, SENTIMENT
from shared.models.builtin.extraction.words import folded, name_stems, stems_of, topics

if TYPE_CHECKING:
    from shared.ports.models import TextEmbedder

MEANING_THRESHOLD: Final = 0.4
MEANING_MARGIN: Final = 0.1
"""Minimum cosine similarity of the best member with the evidence, and its minimum lead over the second.

Measured with MiniLM on 63 questions: with these values three answers, all correct; with 0.35 and no margin
seven, two of them wrong.
"""


def neutral_member(members: Sequence[Any]) -> Any | None:
    """Return the member that means "nothing is known", or None."""
    by_name = {folded(member): member for member in members if isinstance(member, str)}
    by_phrase = {name.replace("_", " ").replace("-", " "): member for name, member in by_name.items()}
    return next((by_phrase[name] for name in NEUTRAL_MEMBERS if name in by_phrase), None)


def choose(
    field: Field, members: Sequence[Any], findings: Findings, embedder: TextEmbedder | None
) -> Any | None:
    """Return the best supported member, or None if the evidence supports none."""
    texts = [member for member in members if isinstance(member, str)]
    if field.role is Role.LANGUAGE and findings.language:
        return next((m for m in texts if folded(m)[:2] == findings.language[:2]), None)
    if field.role is Role.MEDIA_TYPE or {"media", "medium"} & set(field.words):
        return next((m for m in texts if folded(m) == findings.media_type), None)
    if {folded(m) for m in texts} >= {"positive", "negative"}:
        return _sentiment(texts, findings)
    return _by_words(texts, findings) or (_by_meaning(field, texts, findings, embedder) if embedder else None)


def _sentiment(members: Sequence[str], findings: Findings) -> str | None:
    """Count the words of ``SENTIMENT``. A negation among the two words before inverts a word."""
    scores = dict.fromkeys(SENTIMENT, 0)
    has_words = False
    for row in findings.texts:
        words = stems_of(row.text)
        has_words = has_words or bool(words)
        for i, word in enumerate(words):
            for name, known in SENTIMENT.items():
                if word in known:
                    is_negated = bool(NEGATIONS & set(words[max(0, i - 2) : i]))
                    scores[_opposite(name) if is_negated else name] += 1
    by_name = {folded(member): member for member in members}
    positive, negative = scores["positive"], scores["negative"]
    if (
        positive
        and negative
        and "mixed" in by_name
        and 2 * min(positive, negative) >= max(positive, negative)
    ):
        return by_name["mixed"]
    if positive != negative:
        return by_name["positive" if positive > negative else "negative"]
    return by_name.get("neutral") if has_words else None


def _opposite(name: str) -> str:
    return "negative" if name == "positive" else "positive"


def _by_words(members: Sequence[str], findings: Findings) -> str | None:
    """Score members by shared words.

    A tag counts by its confidence and any other word as 1, divided by the number of the member's words.
    """
    weights: dict[str, float] = {}
    for row in (*findings.tags, *findings.texts):
        for word in set(stems_of(row.text)):
            weights[word] = weights.get(word, 0.0) + (
                row.confidence if row.kind in ("object", "scene") else 1.0
            )
    scored: list[tuple[float, int]] = []
    for i, member in enumerate(members):
        topic_words = topics(name_stems(member) or stems_of(member))
        if not topic_words or member == neutral_member([member]):
            continue
        related = [topic_words, *(CATEGORIES[word] for word in topic_words if word in CATEGORIES)]
        score = sum(weights.get(word, 0.0) for word in topic_words) / len(topic_words)
        score += sum(weights.get(word, 0.0) for group in related[1:] for word in group - topic_words) / 2
        if score > 0:
            scored.append((-score, i))
    return members[min(scored)[1]] if scored else None


def _by_meaning(
    field: Field, members: Sequence[str], findings: Findings, embedder: TextEmbedder
) -> str | None:
    evidence_texts = [row.text for row in (*findings.tags[:5], *findings.texts[:10])]
    candidates = [member for member in members if member != neutral_member([member])]
    if not evidence_texts or not candidates:
        return None
    questions = [f"{' '.join(field.words)}: {member.replace('_', ' ')}" for member in candidates]
    vectors = embedder.embed([*questions, *evidence_texts])
    scores = (vectors[: len(candidates)] @ vectors[len(candidates) :].T).max(axis=1)
    ranked = sorted(((float(score), -i) for i, score in enumerate(scores)), reverse=True)
    margin = ranked[0][0] - (ranked[1][0] if len(ranked) > 1 else 0.0)
    return (
        candidates[-ranked[0][1]] if ranked[0][0] >= MEANING_THRESHOLD and margin >= MEANING_MARGIN else None
    )

"""Saved searches: what a tenant wants to hear of in new segments."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from shared.domain.evidence import Frozen


class SavedSearchStatus(StrEnum):
    """Only an enabled search is checked against the segments of finished runs."""

    ENABLED = "enabled"
    PAUSED = "paused"


class PauseReason(StrEnum):
    """Why the server paused a search. A client may pause one too, which has no reason."""

    EMBEDDING_MODEL_CHANGED = "embedding_model_changed"
    """The floor was set for scores of another model, which cannot be compared."""
    INDEXES_DELETED = "indexes_deleted"
    """The last index of the scope was deleted."""


class ScoredSpace(StrEnum):
    """The spaces in which a segment has a score against the words of a query, each alone and not fused.

    ``text``: the best passage, in the space of the text embedder (``similarity_score`` of a search).
    ``picture``: the best frame, in the space of the picture embedder (``image_score`` of a search).
    ``words``: the words of the query that the segment contains.
    """

    TEXT = "text"
    PICTURE = "picture"
    WORDS = "words"


class ScoreScale(StrEnum):
    """What a score measures. A score keeps the name of its scale, so that a later calibration can convert it.

    ``cosine``: the cosine of two vectors of one model, scaled by the weight of the passage.
    ``bm25_share``: the share of the query's words that were found, each by its frequency in the passage and
    its rarity among the segments that are searched, which are those of the run. A segment with each word once
    has about 0.5.
    """

    COSINE = "cosine"
    BM25_SHARE = "bm25_share"


def scale_of(space: ScoredSpace) -> ScoreScale:
    """Return the scale of the scores that the server computes in a space today."""
    return ScoreScale.BM25_SHARE if space is ScoredSpace.WORDS else ScoreScale.COSINE


class Floor(Frozen):
    """The lowest score that a client asks for. ``min_score`` is in 0..1."""

    space: ScoredSpace
    min_score: float


class Threshold(Floor):
    """A floor with the name of its scale.

    ``model`` is the name of the embedding space, such as ``all-minilm-l6-v2@1/384``; None for words, which no
    model embeds. A score of another model is not comparable.
    """

    scale: ScoreScale
    model: str | None = None


class SavedSearch(BaseModel):
    """A saved search. It covers ``index_ids``, or the playground if ``playground`` is true.

    A segment matches if its score against ``query`` reaches the threshold and all ``conditions`` hold. At
    least one of the two is set. ``conditions`` are as a client sends them.
    """

    saved_search_id: str
    tenant_id: str
    user_id: str
    name: str
    index_ids: list[str] = Field(default_factory=list)
    playground: bool = False
    query: str | None = None
    conditions: list[dict[str, Any]] | None = None
    threshold: Threshold | None = None
    status: SavedSearchStatus = SavedSearchStatus.ENABLED
    pause_reason: PauseReason | None = None
    last_matched_at: str | None = None
    created_at: str
    updated_at: str

    @property
    def is_enabled(self) -> bool:
        return self.status is SavedSearchStatus.ENABLED

    def paused(self, reason: PauseReason, moment: str) -> "SavedSearch":
        """Return the search as the server pauses it."""
        changes = {"status": SavedSearchStatus.PAUSED, "pause_reason": reason, "updated_at": moment}
        return self.model_copy(update=changes)

"""The embedding models whose scores a threshold limits."""

from shared.domain.alerts.saved_search import Floor, ScoredSpace, Threshold, scale_of
from shared.domain.errors import Conflict, InvalidRequest
from shared.domain.query.embedding import EmbeddedWords


class EmbeddingModelChanged(Conflict):
    """A threshold was set for the scores of another embedding model than the server uses now."""

    code = "embedding_model_changed"


def model_of(space: ScoredSpace, embedded: EmbeddedWords) -> str | None:
    """Return the name of the embedding space in which a query is scored; None for words.

    Raises: LookupError: the model of pictures cannot embed text.
    """
    match space:
        case ScoredSpace.WORDS:
            return None
        case ScoredSpace.TEXT:
            return embedded.text.space.name
        case ScoredSpace.PICTURE:
            if embedded.pictures is None:
                raise LookupError("the model of pictures cannot embed text")
            return embedded.pictures.space.name


def threshold_of(floor: Floor, embedded: EmbeddedWords) -> Threshold:
    """Return a floor with the scale and the model that score a query now.

    Raises: InvalidRequest: pictures have no scores against words with this server's models.
    """
    try:
        model = model_of(floor.space, embedded)
    except LookupError as error:
        rule = "must be text or words: this server's model of pictures cannot embed text"
        raise InvalidRequest("threshold.space", rule) from error
    return Threshold(space=floor.space, min_score=floor.min_score, scale=scale_of(floor.space), model=model)


def require_same_model(threshold: Threshold, embedded: EmbeddedWords) -> None:
    """Raises: EmbeddingModelChanged: scores of the query cannot be compared with the threshold."""
    try:
        model = model_of(threshold.space, embedded)
    except LookupError:
        model = None
    if model != threshold.model or threshold.scale is not scale_of(threshold.space):
        raise EmbeddingModelChanged(
            "The threshold was set for scores of another embedding model. Set a threshold again.",
            details={"threshold_model": threshold.model, "model": model},
        )

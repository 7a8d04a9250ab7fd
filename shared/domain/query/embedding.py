"""Embedded queries, and the messages of the function that embeds them.

A vector comes with its embedding space, because only vectors of the same space can be compared.
"""

from shared.domain.evidence import EmbeddingSpace, Frozen


class EmbeddedQuery(Frozen):
    """A query vector of unit length. It is a tuple, so code that only forwards it does not need NumPy."""

    space: EmbeddingSpace
    vector: tuple[float, ...]


class EmbeddedWords(Frozen):
    """A text query in the spaces of texts and of pictures.

    ``pictures`` is None if it was not requested or if the picture space cannot embed text.
    """

    text: EmbeddedQuery
    pictures: EmbeddedQuery | None = None


class WordsQuery(Frozen):
    """A request to embed text. ``in_pictures`` requests a vector of the picture space too."""

    words: str
    in_pictures: bool = False


class PictureQuery(Frozen):
    """A request to embed a picture in base64. ``field`` is the field of the API request that held it."""

    picture: str
    field: str


class QueryRefused(Frozen):
    """A query that breaks a rule, with the fields of ``shared.domain.errors.InvalidRequest``."""

    field: str
    rule: str


class EmbeddingAnswer(Frozen):
    """The answer of the function that embeds queries. Exactly one field is set."""

    words: EmbeddedWords | None = None
    picture: EmbeddedQuery | None = None
    refused: QueryRefused | None = None

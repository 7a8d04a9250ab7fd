"""A query as vectors, each with the space in which alone it can be compared."""

from shared.domain.evidence import EmbeddingSpace, Frozen


class EmbeddedQuery(Frozen):
    """``vector`` has unit length. Plain numbers: who only passes them on needs no NumPy."""

    space: EmbeddingSpace
    vector: tuple[float, ...]


class EmbeddedWords(Frozen):
    """``pictures`` None: the space of the pictures has no place for words, or was not asked for."""

    text: EmbeddedQuery
    pictures: EmbeddedQuery | None = None


class WordsQuery(Frozen):
    """What the function that embeds queries is asked; or a ``PictureQuery``."""

    words: str
    in_pictures: bool = False


class PictureQuery(Frozen):
    """``picture`` is base64; ``field`` is where a request had it."""

    picture: str
    field: str


class QueryRefused(Frozen):
    """What was asked breaks a rule, as ``shared.domain.errors.InvalidRequest`` says it."""

    field: str
    rule: str


class EmbeddingAnswer(Frozen):
    """Exactly one is given."""

    words: EmbeddedWords | None = None
    picture: EmbeddedQuery | None = None
    refused: QueryRefused | None = None

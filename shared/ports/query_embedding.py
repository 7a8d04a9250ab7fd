"""What a search asks of models: its query as vectors.

Both implementations (models in this process, a function of their own on AWS) pass
``tests/contract/test_query_embedding.py``.
"""

from typing import Protocol

from shared.domain.query.embedding import EmbeddedQuery, EmbeddedWords


class QueryEmbedder(Protocol):
    def words(self, words: str, *, in_pictures: bool) -> EmbeddedWords:
        """``in_pictures``: also in the space of the pictures, where that has a place for words.

        Raises: Unavailable.
        """
        ...

    def picture(self, picture: str, *, field: str) -> EmbeddedQuery:
        """``picture`` is base64, with or without a data-URL head; ``field`` is where it came from.

        Raises: InvalidRequest: no picture, or too large a one; names ``field``. Unavailable.
        """
        ...

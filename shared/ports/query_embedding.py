"""Embedding of search queries.

Both implementations (models in this process, a separate Lambda function on AWS) pass
``tests/contract/test_query_embedding.py``.
"""

from typing import Protocol

from shared.domain.query.embedding import EmbeddedQuery, EmbeddedWords


class QueryEmbedder(Protocol):
    def words(self, words: str, *, in_pictures: bool) -> EmbeddedWords:
        """Embed words; with ``in_pictures`` also in the picture space, if its model supports text.

        Raises: Unavailable.
        """
        ...

    def picture(self, picture: str, *, field: str) -> EmbeddedQuery:
        """Embed a picture in base64, with or without a data-URL prefix.

        Raises: InvalidRequest: ``picture`` is no picture or too large; names ``field``. Unavailable.
        """
        ...

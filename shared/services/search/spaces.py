"""The embedding spaces of the search index, stored in a record.

Workers know the spaces from their models. Functions that search or delete read the record instead, because
loading the models only to learn their dimensions would take seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.evidence import EmbeddingSpace
from shared.services.records.documents import Documents, put

if TYPE_CHECKING:
    from shared.ports.models import ModelPack


class Spaces(BaseModel):
    """The embedding spaces of text and of pictures."""

    text: EmbeddingSpace
    picture: EmbeddingSpace


def spaces_of(models: ModelPack) -> Spaces:
    """Return the spaces of a model pack. The models load at first use."""
    return Spaces(text=models.text_embedder.space, picture=models.image_embedder.space)


class SearchSpaces:
    """The record of the search index's embedding spaces."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def known(self) -> Spaces | None:
        """Read the stored spaces; None before the first import."""
        return self._documents.get(Spaces, keys.search_spaces())

    def keep(self, spaces: Spaces) -> None:
        """Store the spaces in which the archive is indexed from now on."""
        if self.known() != spaces:
            self._documents.write(put(keys.search_spaces(), spaces))

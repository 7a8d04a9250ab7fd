"""Which embedding spaces the archive is indexed in.

Workers have the models and know; functions that search or delete read it here, since loading every
model only to learn its dimension would take them seconds.
"""

from __future__ import annotations

from pydantic import BaseModel

from shared.domain import keys
from shared.domain.evidence import EmbeddingSpace
from shared.services.records.documents import Documents, put


class Spaces(BaseModel):
    text: EmbeddingSpace
    picture: EmbeddingSpace


class SearchSpaces:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def known(self) -> Spaces | None:
        """None before the first import."""
        return self._documents.get(Spaces, keys.search_spaces())

    def keep(self, spaces: Spaces) -> None:
        """From now on the archive is indexed in ``spaces``."""
        if self.known() != spaces:
            self._documents.write(put(keys.search_spaces(), spaces))

"""A search index whose spaces another process records."""

from pathlib import Path

import numpy as np
import pytest

from shared.adapters.aws.search.known_spaces import KnownSpacesIndex
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import Counts, Level, SearchDocument, SearchFilter, TextPassage, TextQuery
from shared.services.search.spaces import SearchSpaces, Spaces
from tests.unit.services.storage import Storage

SPACE = EmbeddingSpace(model="test", version="1", dimension=4)
VECTOR = np.array([1, 0, 0, 0], np.float32)
SCOPE = SearchFilter("anna")


def test_searches_are_empty_until_spaces_are_recorded(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    spaces = SearchSpaces(storage.documents)

    def build(known: Spaces) -> EmbeddedSearchIndex:
        return EmbeddedSearchIndex(tmp_path / "elsewhere", known.text, known.picture)

    index = KnownSpacesIndex(spaces.known, build)
    query = TextQuery(VECTOR, "red", limit=5)
    assert index.search_text(query, SCOPE) == []
    assert index.search_picture(VECTOR, SCOPE, 5) == []
    assert index.match([], SCOPE, after=None, limit=5).total == 0
    assert (index.delete(SCOPE), index.counts()) == (0, Counts())
    document = SearchDocument(
        result_id="r",
        tenant_id="anna",
        index_id="",
        run_id="run_1",
        media_id="vid_1",
        segment_id="seg_1",
        level=Level.SEGMENT,
        start=0.0,
        executed_at="2026",
        passages=[TextPassage("a", "a", "red", VECTOR)],
    )
    with pytest.raises(ValueError, match="no embedding spaces"):
        index.put([document])
    spaces.keep(Spaces(text=SPACE, picture=SPACE))
    spaces.keep(Spaces(text=SPACE, picture=SPACE))
    index.put([document])
    assert [hit.result_id for hit in index.search_text(query, SCOPE)] == ["r"]
    assert index.delete(SCOPE) == 1

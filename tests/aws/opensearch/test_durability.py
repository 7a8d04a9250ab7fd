"""Documents survive a server that is killed after a put, also before its index is flushed or merged."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search.index import OpenSearchIndex
from shared.ports.search_index import PicturePassage, SearchDocument, SearchFilter, TextQuery
from tests.aws.opensearch.assembly import class_path
from tests.aws.opensearch.server import server_process
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, direction, document, passage
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
BOAT = direction(1)


@contextmanager
def opened(url: str) -> Iterator[OpenSearchIndex]:
    with closing(OpenSearch(url, timeout=HANG_TIMEOUT, max_retries=0)) as client:
        yield OpenSearchIndex(
            client, index_prefix="durable", text_space=TEXT_SPACE, picture_space=PICTURE_SPACE
        )


def boat(name: str) -> SearchDocument:
    frames = [PicturePassage(1.0, f"{name}.jpg", BOAT)]
    return document(name, media=name, passages=[passage(f"boat {name}", BOAT)], pictures=frames)


def found(index: OpenSearchIndex) -> dict[str, str]:
    hits = index.search_text(TextQuery(BOAT, "boat"), TENANT)
    assert {hit.result_id for hit in index.search_picture(BOAT, TENANT, 10)} == {
        hit.result_id for hit in hits
    }
    return {hit.result_id: hit.matches[0].text for hit in hits}


def test_killed_server_keeps_written_documents(tmp_path: Path) -> None:
    classes = class_path()
    with server_process(classes, tmp_path) as (url, server), opened(url) as index:
        index.put([boat("merged"), boat("gone")])
        index.identity.finish(index.aliases.live)
        index.identity.start_merge(index.aliases.live)
        index.put([boat("later")])
        index.delete(SearchFilter("tenant", media_ids=frozenset({"gone"})))
        server.kill()

    with server_process(classes, tmp_path) as (url, _), opened(url) as index:
        assert found(index) == {"merged": "boat merged", "later": "boat later"}
        index.put([boat("new")])
        assert set(found(index)) == {"merged", "later", "new"}

"""Due records: the writes of due work, and the search for work that is due."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice, takewhile

from shared.domain import keys
from shared.domain.clock import isoformat
from shared.domain.due import SHARDS, Due
from shared.ports.records import Delete, Put
from shared.services.records.documents import Documents, put


def due_write(due: Due) -> Put:
    """Build the write that makes work due."""
    return put(due.key, due)


def due_delete(due: Due) -> Delete:
    """Build the write that ends work, or moves it together with a ``due_write``."""
    return Delete(due.key)


def due_until(
    documents: Documents, moment: datetime, *, limit_per_shard: int | None = None, page_size: int = 500
) -> Iterator[Due]:
    """Walk over the work that is due at ``moment``: of each shard the earliest first, at most
    ``limit_per_shard``."""
    latest = isoformat(moment)
    for shard in range(SHARDS):
        found = documents.each(Due, keys.due(shard), limit=page_size)
        yield from islice(takewhile(lambda due: due.due_at <= latest, found), limit_per_shard)

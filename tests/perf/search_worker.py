"""A process that searches a stored index with one release, for ``bench_search_releases``.

It runs with the sources of that release, so it imports nothing of this package. It reads one JSON object a
line, [text, percent], and writes one: milliseconds, processor milliseconds, and the hits as
[result id, score by meaning].
"""

import importlib
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LIMIT = 100
MEDIA = 1000


def _attribute(name: str, *modules: str) -> Any:
    """Return an attribute of the first module that this release has."""
    for module in modules:
        try:
            return getattr(importlib.import_module(module), name)
        except ModuleNotFoundError:
            continue
    raise ModuleNotFoundError(", ".join(modules))


def main() -> None:
    open_index = _attribute(
        "EmbeddedSearchIndex", "shared.adapters.local.search.index", "shared.adapters.local.search_index"
    )
    open_embedder = _attribute(
        "MiniLmTextEmbedder", "shared.models.embedding.text_embedder", "shared.models.text_embedder"
    )
    weights = _attribute("Weights", "shared.models.weights.locations", "shared.models.weights")
    query = _attribute("TextQuery", "shared.ports.search_index")
    search_filter = _attribute("SearchFilter", "shared.ports.search_index")

    with tempfile.TemporaryDirectory() as cache:
        embedder = open_embedder(weights(Path(cache)))
        embedder.embed(["warm"])
        begin, begin_cpu = time.perf_counter(), time.process_time()
        index = open_index(Path(sys.argv[1]), embedder.space, embedder.space)
        opened = {"seconds": time.perf_counter() - begin, "cpu_seconds": time.process_time() - begin_cpu}
        sys.stdout.write(f"{json.dumps(opened)}\n")
        sys.stdout.flush()
        for line in sys.stdin:
            text, percent = json.loads(line)
            media = frozenset(f"media-{i}" for i in range(round(MEDIA * percent / 100)))
            scope = search_filter(
                "bench", index_ids=frozenset({"index"}), media_ids=None if percent == 100 else media
            )
            begin, begin_cpu = time.perf_counter(), time.process_time()
            vector = embedder.embed([text])[0]
            embedded = time.perf_counter()
            hits = index.search_text(query(vector, text, limit=LIMIT), scope)
            answer = {
                "ms": (time.perf_counter() - begin) * 1000,
                "embedding_ms": (embedded - begin) * 1000,
                "cpu_ms": (time.process_time() - begin_cpu) * 1000,
                "hits": [[hit.result_id, hit.dense_score] for hit in hits],
                "resident_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
            sys.stdout.write(f"{json.dumps(answer)}\n")
            sys.stdout.flush()
        index.close()


if __name__ == "__main__":
    main()

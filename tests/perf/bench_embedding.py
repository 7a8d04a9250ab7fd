"""The cost of a query's vector, in this process and in the query-embedding function.

python -m tests.perf.bench_embedding
"""

import base64
import io
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import skimage.data
from PIL import Image

from layers.build import build_layer
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights
from tests.aws.query_embedding_start import Embedded, embedded

QUERIES: Final = 50
STARTS: Final = 5


def measure() -> dict[str, Any]:
    """Measure ``query_ms`` in this process, and the processor time of the function's start and warm calls."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packages = build_layer("models", folder, here=True)
        content = io.BytesIO()
        Image.fromarray(skimage.data.chelsea()).save(content, "PNG")  # type: ignore[no-untyped-call]
        (folder / "picture").write_text(base64.b64encode(content.getvalue()).decode())
        found = [embedded(packages, folder, "a cat on a sofa") for _ in range(STARTS)]
        return {
            "query_ms": _query_milliseconds(folder / "weights"),
            "function_start_s": round(min(each.start_seconds for each in found), 3),
            "function_words_ms": _best_milliseconds(found, 1),
            "function_picture_ms": _best_milliseconds(found, 3),
            "function_megabytes": round(max(each.megabytes for each in found)),
        }


def _query_milliseconds(cache: Path) -> float:
    """Return the median over queries that are all new to the embedder."""
    embedder = MiniLmTextEmbedder(Weights(cache))
    embedder.embed(["ready"])
    taken = []
    for number in range(QUERIES):
        started = time.perf_counter()
        embedder.embed([f"somebody explains item {number} of the plan"])
        taken.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(taken), 2)


def _best_milliseconds(found: list[Embedded], call: int) -> float:
    return round(min(each.calls[call].seconds for each in found) * 1000, 1)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")

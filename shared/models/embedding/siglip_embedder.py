"""Joint image and text embeddings with SigLIP 2 (ONNX image and text towers), on the CPU by default."""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.domain.evidence import EmbeddingSpace
from shared.domain.lazy import lazy
from shared.models.onnx_session import OpenSession, cpu_session, processor_threads
from shared.models.weights.locations import Weights, fingerprint
from shared.models.weights.sources import SIGLIP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import RgbImage, Vectors

_TEXT_TOKENS = 64
"""Fixed input length of the text tower, which was trained on texts padded to this length."""
_BATCH_ROWS = 8
_EMBEDDING_OUTPUTS = ("image_embeds", "text_embeds", "pooler_output")
"""Names that exporters give the pooled embedding; the first one present is used."""


@dataclass(frozen=True, slots=True)
class _Preprocessing:
    """Preprocessing of the image tower, read from ``preprocessor_config.json``."""

    height: int
    width: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def apply(self, image: RgbImage) -> NDArray[np.float32]:
        import cv2
        import numpy as np

        is_smaller = image.shape[0] > self.height and image.shape[1] > self.width
        method = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
        resized = cv2.resize(image, (self.width, self.height), interpolation=method)
        scaled = resized.astype(np.float32) / 255.0
        normalised = (scaled - np.asarray(self.mean)) / np.asarray(self.std)
        return np.asarray(normalised.transpose(2, 0, 1), np.float32)


@dataclass(frozen=True, slots=True)
class _Loaded:
    vision: Any
    text: Any
    tokenizer: Any
    preprocessing: _Preprocessing
    version: str
    dimension: int


class SiglipEmbedder:
    """Implements ``shared.ports.models.ImageEmbedder`` with a text side."""

    def __init__(
        self, weights: Weights, *, threads: int | None = None, open_session: OpenSession = cpu_session
    ) -> None:
        self._weights = weights
        self._threads = threads
        self._open_session = open_session

    @lazy
    def _loaded(self) -> _Loaded:
        files = self._weights.require(SIGLIP)
        return _load(files, self._threads or processor_threads(), self._open_session)

    @property
    def space(self) -> EmbeddingSpace:
        loaded = self._loaded
        return EmbeddingSpace(model="siglip2", version=loaded.version, dimension=loaded.dimension)

    def embed(self, images: Sequence[RgbImage]) -> Vectors:
        import numpy as np

        loaded = self._loaded
        rows = [loaded.preprocessing.apply(image) for image in images]
        return _run_tower(loaded.vision, rows, loaded.dimension, np.float32)

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        loaded = self._loaded
        # The model was trained on lower-case text, and its tokenizer does not lower the case.
        encoded = loaded.tokenizer.encode_batch([text.lower() for text in texts])
        return _run_tower(loaded.text, [e.ids for e in encoded], loaded.dimension, np.int64)


def _run_tower(session: Any, rows: Sequence[Any], dimension: int, dtype: type[np.generic]) -> Vectors:
    """Run a tower with one input and return rows of unit length."""
    import numpy as np

    vectors = np.empty((len(rows), dimension), np.float32)
    input_name, output_name = session.get_inputs()[0].name, _embedding_output(session).name
    for first in range(0, len(rows), _BATCH_ROWS):
        batch = np.asarray(rows[first : first + _BATCH_ROWS], dtype)
        raw = session.run([output_name], {input_name: batch})[0]
        vectors[first : first + len(batch)] = raw / np.linalg.norm(raw, axis=1, keepdims=True).clip(1e-12)
    return vectors


def _embedding_output(session: Any) -> Any:
    outputs = {output.name: output for output in session.get_outputs()}
    known = next((outputs[name] for name in _EMBEDDING_OUTPUTS if name in outputs), None)
    return known or next(o for o in outputs.values() if len(o.shape) == 2)


def _load(files: Mapping[str, Path], threads: int, open_session: OpenSession) -> _Loaded:
    vision = open_session(files["vision_model.onnx"], threads)
    digest = fingerprint(files["vision_model.onnx"])[:6] + fingerprint(files["text_model.onnx"])[:6]
    return _Loaded(
        vision=vision,
        text=open_session(files["text_model.onnx"], threads),
        tokenizer=_tokenizer(files["tokenizer.json"]),
        preprocessing=_preprocessing(files["preprocessor_config.json"]),
        version=digest,
        dimension=int(_embedding_output(vision).shape[-1]),
    )


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(_TEXT_TOKENS)
    tokenizer.enable_padding(length=_TEXT_TOKENS, pad_id=tokenizer.token_to_id("<pad>") or 0)
    return tokenizer


def _preprocessing(path: Path) -> _Preprocessing:
    config = json.loads(path.read_text("utf-8"))
    size = config.get("size", {})
    return _Preprocessing(
        height=int(size.get("height", 224)),
        width=int(size.get("width", 224)),
        mean=tuple(config.get("image_mean", (0.5, 0.5, 0.5))),
        std=tuple(config.get("image_std", (0.5, 0.5, 0.5))),
    )

"""Tests of the joint space of images and text, with minimal towers that both compute mean colours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.models.embedding.preferred_embedder import PreferredImageEmbedder
from shared.models.embedding.siglip_embedder import SiglipEmbedder
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.weights.locations import Weights
from tests.unit.models.tiny_onnx import image_tower, text_tower

_WORDS = {"<pad>": (0, 0, 0), "red": (1, -1, -1), "green": (-1, 1, -1), "blue": (-1, -1, 1), "?": (0, 0, 0)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    siglip = tmp_path / "siglip2"
    siglip.mkdir()
    (siglip / "vision_model.onnx").write_bytes(image_tower(side=32))
    (siglip / "text_model.onnx").write_bytes(text_tower(np.array(list(_WORDS.values()), np.float32), 64))
    words = Tokenizer(models.WordLevel({word: row for row, word in enumerate(_WORDS)}, unk_token="?"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.normalizer = normalizers.NFC()
    words.save(str(siglip / "tokenizer.json"))
    config = {"size": {"height": 32, "width": 32}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (siglip / "preprocessor_config.json").write_text(json.dumps(config))
    return tmp_path


def _plain(*colour: int) -> NDArray[np.uint8]:
    return np.full((90, 160, 3), colour, np.uint8)


def test_text_and_image_of_one_colour_match(folder: Path, tmp_path: Path) -> None:
    embedder = SiglipEmbedder(Weights(tmp_path / "cache", folder))
    images = embedder.embed([_plain(250, 5, 5), _plain(5, 250, 5), _plain(5, 5, 250)] * 5)
    words = embedder.embed_text(["Red", "a GREEN thing", "blue " * 200])
    assert (words @ images.T).argmax(axis=1).tolist() == [0, 1, 2]
    assert float((words @ images[:3].T).diagonal().min()) > 0.999
    np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1.0, atol=1e-5)


def test_size_dimension_and_version_come_from_files(folder: Path, tmp_path: Path) -> None:
    space = SiglipEmbedder(Weights(tmp_path / "cache", folder)).space
    assert (space.model, space.dimension) == ("siglip2", 3)
    changed = np.array(list(_WORDS.values()), np.float32) * 2
    (folder / "siglip2" / "text_model.onnx").unlink()
    moved = folder.parent / f"{folder.name}-other"
    folder.rename(moved)
    (moved / "siglip2" / "text_model.onnx").write_bytes(text_tower(changed, 64))
    other = SiglipEmbedder(Weights(tmp_path / "cache", moved)).space
    assert other.dimension == 3
    assert other.version != space.version


def test_siglip_weights_in_model_folder_are_preferred(folder: Path, tmp_path: Path) -> None:
    weights = Weights(tmp_path / "cache", folder)
    chosen = PreferredImageEmbedder(weights, ImageClassifier(weights))
    assert chosen.space.model == "siglip2"
    assert chosen.embed_text(["red"]) is not None

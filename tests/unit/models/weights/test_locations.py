"""Tests of the lookup of weights and its order."""

from __future__ import annotations

import hashlib
import multiprocessing
from pathlib import Path

import pytest

from shared.domain.errors import Unavailable
from shared.models.weights.locations import HubRepository, PackagedFile, Weights, WeightSource
from shared.models.weights.sources import WHISPER

_LABELS = PackagedFile((("shared.models", "data/coco-labels.txt"),))
_JOINED_DIGEST = hashlib.sha256(
    (Path(__file__).parents[4] / "shared/models/data/coco-labels.txt").read_bytes() * 2
).hexdigest()


def _joined_source(sha256: str) -> WeightSource:
    part = ("shared.models", "data/coco-labels.txt")
    whole = PackagedFile((part, part), sha256=sha256)
    return WeightSource(
        "pair", ("whole.txt", "labels.txt"), {"whole.txt": whole, "labels.txt": _LABELS}, joined=True
    )


def test_configured_folder_precedes_package(tmp_path: Path) -> None:
    source = WeightSource("labels", ("labels.txt",), {"labels.txt": _LABELS})
    packaged = Weights(tmp_path / "cache", tmp_path / "models").require(source)["labels.txt"]
    assert packaged.name == "coco-labels.txt"
    (tmp_path / "models" / "labels").mkdir(parents=True)
    (tmp_path / "models" / "labels" / "labels.txt").write_text("mine")
    assert (
        Weights(tmp_path / "cache", tmp_path / "models").require(source)["labels.txt"].read_text() == "mine"
    )


def test_incomplete_folder_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "pair").mkdir()
    (tmp_path / "pair" / "whole.txt").write_text("half")
    found = Weights(tmp_path / "cache", tmp_path).require(_joined_source(_JOINED_DIGEST))
    assert found["whole.txt"].read_text() != "half"


def test_parts_are_joined_once_into_one_folder(tmp_path: Path) -> None:
    found = Weights(tmp_path).require(_joined_source(_JOINED_DIGEST))
    assert hashlib.sha256(found["whole.txt"].read_bytes()).hexdigest() == _JOINED_DIGEST
    assert found["whole.txt"].parent == found["labels.txt"].parent
    written = found["whole.txt"].stat().st_mtime_ns
    assert (
        Weights(tmp_path).require(_joined_source(_JOINED_DIGEST))["whole.txt"].stat().st_mtime_ns == written
    )


def test_wrong_digest_is_refused_and_leaves_no_files(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        Weights(tmp_path).require(_joined_source("0" * 64))
    assert refused.value.code == "model_weights_damaged"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_concurrent_joins_give_same_files(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(_join_in_process, [tmp_path] * 8)
    assert set(found) == {_JOINED_DIGEST}
    assert len(list(tmp_path.iterdir())) == 1


def _join_in_process(cache: Path) -> str:
    return hashlib.sha256(
        Weights(cache).require(_joined_source(_JOINED_DIGEST))["whole.txt"].read_bytes()
    ).hexdigest()


def test_missing_weights_name_remedy_and_skip_disallowed_hub(tmp_path: Path) -> None:
    source = WeightSource(
        "absent", ("model.onnx",), hub=HubRepository("nobody/nothing", {"model.onnx": "model.onnx"})
    )
    weights = Weights(tmp_path, tmp_path / "models")
    assert weights.find(source) is None
    with pytest.raises(Unavailable, match=r"model\.onnx into .*models/absent"):
        weights.require(source)


@pytest.mark.slow
def test_joined_whisper_model_has_published_size(weights: Weights) -> None:
    whole = weights.require(WHISPER)["model.bin"]
    assert whole.stat().st_size == 145_217_532
    assert (whole.parent / "vocabulary.txt").is_file()

"""Real media and real models, each loaded once per session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.models.weights.locations import Weights

MEDIA = Path(__file__).parents[2] / "media"


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return Weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="session")
def truth() -> list[dict[str, Any]]:
    """Return the scenes of the sample reel."""
    scenes: list[dict[str, Any]] = json.loads((MEDIA / "sample-reel.json").read_text("utf-8"))["scenes"]
    return scenes


@pytest.fixture(scope="session")
def reel_audio() -> NDArray[np.float32]:
    import av

    pieces: list[NDArray[np.float32]] = []
    with av.open(str(MEDIA / "sample-reel.mp4")) as container:
        resampler = av.AudioResampler("flt", "mono", 16_000)
        for frame in container.decode(audio=0):
            pieces.extend(piece.to_ndarray()[0].astype(np.float32) for piece in resampler.resample(frame))
    return np.concatenate(pieces)


@pytest.fixture(scope="session")
def reel_frames(truth: list[dict[str, Any]]) -> list[NDArray[np.uint8]]:
    """Return the middle frame of each scene, RGB."""
    import av

    wanted = [(scene["start"] + scene["end"]) / 2 for scene in truth]
    frames: list[NDArray[np.uint8]] = []
    with av.open(str(MEDIA / "sample-reel.mp4")) as container:
        for frame in container.decode(video=0):
            if len(frames) < len(wanted) and float(frame.time or 0.0) >= wanted[len(frames)]:
                frames.append(frame.to_ndarray(format="rgb24").astype(np.uint8))
    return frames

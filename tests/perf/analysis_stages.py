"""The cost of each stage of the analysis of a medium, measured alone and in sequence."""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from shared.media.decode.container import open_container, packets, video_stream
from shared.media.decode.frames import decode_video
from shared.media.decode.speech_audio import samples
from shared.media.derive.key_frames import KeyFrame
from shared.media.derive.visual_pass import run_visual_pass
from shared.media.inspect.probe import probe
from shared.models.cpu_pack import cpu_models
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.vision.object_detector import ObjectDetector
from shared.models.weights.locations import Weights
from shared.settings import Settings

_MIN_SCORE: Final = 0.5

Stages = dict[str, dict[str, float]]


def stages(medium: Path, weights_cache: Path) -> Stages:
    """Return for each stage the processor seconds, and the switches between threads, a minute of video.

    The models are loaded before they are measured.
    """
    properties = probe(medium)
    minutes = (properties.duration_seconds or 0.0) / 60
    frames: list[KeyFrame] = []
    pack = cpu_models(Settings(), weights_cache)
    weights = Weights(weights_cache, None, hub=False)
    classifier, detector = ImageClassifier(weights), ObjectDetector(weights)
    chunks = list(samples(medium))
    found: Stages = {
        "decode all frames": _cost(lambda: _decode(medium), minutes),
        "decode, scale, find shots and key frames": _cost(
            lambda: run_visual_pass(medium, properties, frames.append), minutes
        ),
    }
    images = [frame.image for frame in frames]
    classifier.features(images[0])
    detector.detect(images[0], _MIN_SCORE)
    pack.reader.read(images[0])
    pack.transcriber.transcribe(iter(chunks[:1]))
    return found | {
        "classify and embed": _cost(
            lambda: [(classifier.probabilities(image), classifier.features(image)) for image in images],
            minutes,
        ),
        "detect objects": _cost(lambda: [detector.detect(image, _MIN_SCORE) for image in images], minutes),
        "read text": _cost(lambda: [pack.reader.read(image) for image in images], minutes),
        "transcribe": _cost(lambda: pack.transcriber.transcribe(iter(chunks)), minutes),
    }


def _decode(medium: Path) -> None:
    with open_container(medium) as container:
        stream = video_stream(container)
        assert stream is not None
        stream.thread_type = "AUTO"
        for _ in decode_video(stream, packets(container, stream)):
            continue


def _cost(work: Callable[[], Any], minutes: float) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    switches = after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw
    return {"processor": round(processor / minutes, 2), "switches": round(switches / minutes)}

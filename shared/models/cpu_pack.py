"""The CPU model pack for a laptop. Its weights come with installed packages, so nothing is downloaded.

Importing this module is cheap. Each model loads at first use, once per process, from any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shared.models.embedding.preferred_embedder import PreferredImageEmbedder
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.speech.detector import SileroSpeechDetector
from shared.models.speech.transcriber import WhisperTranscriber
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.vision.object_detector import ObjectDetector
from shared.models.vision.ocr_reader import PaddleOcrReader
from shared.models.vision.tagger import ImageTagger
from shared.models.weights.locations import Weights
from shared.ports.models import Extractor, ModelPack, PromptWriter
from shared.settings import Settings


def cpu_models(
    settings: Settings,
    weights_cache: Path,
    *,
    extractors: Mapping[str, Extractor] | None = None,
    prompt_writer: PromptWriter | None = None,
) -> ModelPack:
    """Build the pack of models that run on the CPU.

    ``weights_cache`` is a folder for joined or fetched weights; several processes may share it.

    Images are embedded by SigLIP 2, in one space with text, if its weights are available: in
    ``model_folder/siglip2``, or from the hub when ``model_hub`` allows it. Otherwise the packaged image
    classifier embeds images; it cannot embed text.
    """
    weights = Weights(weights_cache, settings.model_folder, hub=settings.model_hub)
    speech_detector = SileroSpeechDetector(weights)
    classifier = ImageClassifier(weights)
    return ModelPack(
        transcriber=WhisperTranscriber(weights, speech_detector),
        speech_detector=speech_detector,
        text_embedder=MiniLmTextEmbedder(weights),
        image_embedder=PreferredImageEmbedder(weights, classifier),
        reader=PaddleOcrReader(),
        tagger=ImageTagger(classifier, ObjectDetector(weights)),
        extractors=dict(extractors or {}),
        prompt_writer=prompt_writer,
    )

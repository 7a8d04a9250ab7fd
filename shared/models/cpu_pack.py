"""The models of a laptop: they run on the CPU and come with the packages, so nothing is downloaded.

Importing this module is cheap. Every model loads at first use, once a process, whichever thread asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shared.models.embedding.preferred_embedder import PreferredPictureEmbedder
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.speech.detector import SileroSpeechDetector
from shared.models.speech.transcriber import WhisperTranscriber
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.vision.object_detector import ObjectDetector
from shared.models.vision.reader import PaddleReader
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
    """``weights_cache`` is a folder for what is joined or fetched; processes may share it.

    Pictures are embedded by SigLIP 2, together with words, where its weights are at hand (in
    ``model_folder/siglip2``, or from the hub when ``model_hub`` allows it), else by the packaged
    image classifier, which has no place for words.
    """
    weights = Weights(weights_cache, settings.model_folder, hub=settings.model_hub)
    speech_detector = SileroSpeechDetector(weights)
    classifier = ImageClassifier(weights)
    return ModelPack(
        transcriber=WhisperTranscriber(weights, speech_detector),
        speech_detector=speech_detector,
        text_embedder=MiniLmTextEmbedder(weights),
        picture_embedder=PreferredPictureEmbedder(weights, classifier),
        reader=PaddleReader(),
        tagger=ImageTagger(classifier, ObjectDetector(weights)),
        extractors=dict(extractors or {}),
        prompt_writer=prompt_writer,
    )

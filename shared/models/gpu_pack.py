"""The model pack of a GPU worker: Whisper large-v3-turbo and SigLIP 2.

The language model is an extractor and is built by ``shared.models.catalogue``: an external endpoint
(``llm_base_url``), or vLLM on this GPU (``vllm_model``). Importing this module is cheap. Text embedding, OCR
and tagging run on the CPU as in the CPU pack, because a function without a GPU embeds queries into the same
text space.
"""

from __future__ import annotations

from pathlib import Path

from shared.models.embedding.siglip_embedder import SiglipEmbedder
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.onnx_session import cuda_session
from shared.models.speech.cuda_transcriber import CudaTranscriber
from shared.models.speech.detector import SileroSpeechDetector
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.vision.object_detector import ObjectDetector
from shared.models.vision.ocr_reader import PaddleOcrReader
from shared.models.vision.tagger import ImageTagger
from shared.models.weights.remote import RemoteWeights
from shared.ports.models import ModelPack
from shared.settings import Settings


def gpu_models(settings: Settings, weights_cache: Path) -> ModelPack:
    """Build the pack of a GPU worker.

    Weights are looked up in ``weights_location``, ``model_folder``, the installed packages and the hub, in
    this order. Each model loads at first use and raises Unavailable then if its weights are missing.
    """
    weights = RemoteWeights(
        weights_cache, settings.model_folder, settings.weights_location, hub=settings.model_hub
    )
    speech_detector = SileroSpeechDetector(weights)
    return ModelPack(
        transcriber=CudaTranscriber(weights, speech_detector),
        speech_detector=speech_detector,
        text_embedder=MiniLmTextEmbedder(weights),
        image_embedder=SiglipEmbedder(weights, open_session=cuda_session),
        reader=PaddleOcrReader(),
        tagger=ImageTagger(ImageClassifier(weights), ObjectDetector(weights)),
    )

